import { startApp } from '../app.ts';
import { createLog, inWords, type Level } from '../log.ts';
import { createRedactor } from '../redact.ts';
import { configFrom, type GlobalOptions } from './context.ts';
import { EXIT } from './exit-codes.ts';

/** Runs the bot until it is told to stop. Resolves with the exit code. */
export async function start(
  options: GlobalOptions & { readonly logLevel: Level },
): Promise<number> {
  const config = configFrom(options);
  const redact = createRedactor(config.secrets);
  const log = createLog({
    level: options.logLevel,
    redact,
    write: (line) => process.stderr.write(line),
  });
  for (const warning of config.warnings) log.warn(warning);

  return new Promise((resolve, reject) => {
    const starting = new AbortController();
    let ending = false;
    const end = (code: number, words: string): void => {
      if (ending) return;
      ending = true;
      log.info(words);
      starting.abort();
      running
        // It may not have got as far as starting; then there is nothing to stop.
        .then(
          (bot) => bot.stop(),
          () => undefined,
        )
        .then(() => resolve(code))
        .catch((error: unknown) => {
          log.error(inWords(error));
          resolve(EXIT.internal);
        });
    };
    // Whoever supervises the process starts it again; everything is in the journal.
    const fatal = (error: unknown): void => {
      log.error(`Backstop cannot go on: ${inWords(error)}`);
      end(EXIT.internal, 'Stopping.');
    };
    // Nobody reads the log any more; there is nobody to tell, and no reason to stop.
    process.stderr.on('error', () => undefined);
    process.once('SIGTERM', () => end(EXIT.ok, 'Stopping: SIGTERM.'));
    process.once('SIGINT', () => end(EXIT.ok, 'Stopping: SIGINT.'));
    process.on('unhandledRejection', fatal);
    process.on('uncaughtException', fatal);
    const running = startApp({ config, log, redact, signal: starting.signal, onFatal: fatal });
    running.catch((error: unknown) => {
      if (!ending) reject(error);
    });
  });
}
