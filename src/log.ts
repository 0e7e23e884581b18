/** The log: one line an event, on stderr, without secrets. */

import { OutsideError } from './errors.ts';

export type Level = 'debug' | 'info' | 'warn' | 'error';

export const LEVELS: readonly Level[] = ['debug', 'info', 'warn', 'error'];

export interface Log {
  /** The least severe level that is written. */
  readonly level: Level;
  debug(words: string): void;
  info(words: string): void;
  warn(words: string): void;
  error(words: string): void;
}

export interface LogOptions {
  /** The least severe level that is written. */
  readonly level: Level;
  readonly redact: (text: string) => string;
  readonly write: (line: string) => void;
}

/** A log whose every line went through `redact`. */
export function createLog({ level, redact, write }: LogOptions): Log {
  const least = LEVELS.indexOf(level);
  const at =
    (own: Level) =>
    (words: string): void => {
      if (LEVELS.indexOf(own) < least) return;
      const oneLine = redact(words).replaceAll(/\r?\n/g, '\n    ');
      write(`${new Date().toISOString()} ${own.padEnd(5)} ${oneLine}\n`);
    };
  return { level, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** What happened, with its causes, for a log line. */
export function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${inWords(error.cause)}`;
  const parts = error instanceof AggregateError ? error.errors.map((e) => `\n- ${inWords(e)}`) : [];
  return `${error.stack ?? error.message}${parts.join('')}${cause}`;
}

/**
 * Logs what failed. An outside system that may answer the next time is a warning, as Backstop itself tries again or asks a
 * person; one that will not is an error, told in its own words. Anything else is told with its stack.
 */
export function logFailure(log: Log, error: unknown): void {
  if (!(error instanceof OutsideError)) log.error(inWords(error));
  else if (error.retryable) log.warn(error.message);
  else log.error(error.message);
}
