/** `backstop sandbox` without a story: the sandbox in the browser, until it is ended from the terminal. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Refusal } from '../errors.ts';
import { packagePath } from '../package-path.ts';
import type { BotInput, RunningBot } from '../sandbox/bot.ts';
import { type BrowserSandbox, openSandbox } from '../sandbox/browser/server.ts';
import { startAsProcess } from './bot-process.ts';
import { EXIT } from './exit-codes.ts';

export interface BrowserSettings {
  /** The name or address it is served under; this machine alone unless given. */
  readonly host?: string;
  /** As typed. */
  readonly port?: string;
}

type StartInProcess = (input: BotInput, db: string) => Promise<RunningBot>;

const NOT_HERE =
  'The sandbox does not open with NODE_ENV=production: its Slack, its cloud and its people are invented. The bot is started with: backstop start';

/** Where it is found unless somebody else is there already. */
const USUAL_PORT = 4_040;

/**
 * Serves the sandbox and prints its address. Resolves with the exit code when the process is asked to end.
 * @param storyStart what the clock of a story shows first, epoch milliseconds.
 * @throws Refusal in production, when the page was not built or the port is none.
 */
export async function browse(
  settings: BrowserSettings,
  startInProcess: StartInProcess,
  storyStart: number,
): Promise<number> {
  // oxlint-disable-next-line node/no-process-env -- the usual word for where customers are
  if (process.env['NODE_ENV'] === 'production') throw new Refusal('not-possible', NOT_HERE);
  const page = packagePath('dist/sandbox/page');
  if (!existsSync(join(page, 'main.js'))) {
    throw new Refusal('not-found', 'The page of the sandbox is not built. Run: npm run build');
  }
  const scratch = mkdtempSync(join(tmpdir(), 'backstop-'));
  try {
    const open = (port: number): Promise<BrowserSandbox> =>
      openSandbox({
        page,
        port,
        ...(settings.host === undefined ? {} : { host: settings.host }),
        manifest: readFileSync(packagePath('manifest.yml'), 'utf8'),
        storyStart,
        startBot: (input, { journal, ownProcess }) => {
          const db = join(scratch, journal);
          return ownProcess ? startAsProcess(input, db, scratch) : startInProcess(input, db);
        },
      });
    const sandbox = await openSomewhere(open, settings.port);
    process.stdout.write(
      `Backstop's sandbox is open: a Slack with four people, a shop whose newest release is broken.\n\n  ${sandbox.url}\n\nCtrl+C ends it.\n`,
    );
    await askedToEnd();
    await sandbox.close();
    return EXIT.ok;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** On the port that was asked for, or else on the usual one, or any other when that is taken. */
async function openSomewhere(
  open: (port: number) => Promise<BrowserSandbox>,
  asked: string | undefined,
): Promise<BrowserSandbox> {
  if (asked !== undefined) {
    const port = Number(asked);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new Refusal('invalid-input', `${asked} is no port. Name one from 0 to 65535.`);
    }
    return open(port);
  }
  try {
    return await open(USUAL_PORT);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return open(0);
  }
}

function askedToEnd(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}
