/** Backstop in a process of its own, as `backstop start` runs it, with a fast clock and a test that may kill it. */

import './kill-at-commit.ts';
import { readFileSync } from 'node:fs';
import { startApp } from '../../src/app.ts';
import { KINDS } from '../../src/cli/context.ts';
import { parseConfig } from '../../src/config/load.ts';
import { createLog, inWords } from '../../src/log.ts';
import { createRedactor } from '../../src/redact.ts';
import { type ClockSettings, createFastClock } from './fast-clock.ts';

/** What the bot is told by its environment. */
export interface BotSettings {
  /** The text of a `backstop.yaml`. */
  readonly config: string;
  readonly journal: string;
  readonly clock: ClockSettings;
}

export type FromBot =
  | { readonly ready: true }
  | { readonly committing: readonly string[] }
  | { readonly complaint: string };

const settings = JSON.parse(process.env['BOT_SETTINGS'] ?? '') as BotSettings;
const clock = createFastClock(settings.clock);
const readFile = (name: string): string => readFileSync(name, 'utf8');
const parsed = parseConfig(settings.config, {
  file: 'the crash test',
  env: process.env,
  readFile,
  kinds: KINDS,
});
const redact = createRedactor(parsed.secrets);
const log = createLog({ level: 'error', redact, write: (line) => process.stderr.write(line) });

function tell(message: FromBot): void {
  process.send?.(message);
}

function fatal(error: unknown): void {
  tell({ complaint: inWords(error) });
  process.exitCode = 70;
  setImmediate(() => process.exit());
}

process.on('unhandledRejection', fatal);
process.on('uncaughtException', fatal);
process.on('message', ({ advance }: { readonly advance: number }) => clock.advance(advance));

const config = { ...parsed, journal: { file: settings.journal } };
startApp({ config, log, redact, clock, onFatal: fatal }).then(() => tell({ ready: true }), fatal);
