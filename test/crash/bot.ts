/**
 * Backstop in a process of its own, as `backstop start` runs it, with a fast clock and a test that may kill it. It loads,
 * and waits to be told what it is for: a spare process takes over where another was killed. One that lived to the end of
 * its story stops, and can begin another.
 */

import { readFileSync } from 'node:fs';
import { type Backstop, startApp } from '../../src/app.ts';
import { KINDS } from '../../src/cli/context.ts';
import { parseConfig } from '../../src/config/load.ts';
import { createLog, inWords } from '../../src/log.ts';
import { createRedactor } from '../../src/redact.ts';
import { type ClockSettings, createFastClock, type Pace } from './fast-clock.ts';
import { armCommand, type CommandPoint, watchCommands } from './kill-at-command.ts';
import { armCommit, type CommitPoint, type Committed, watchCommits } from './kill-at-commit.ts';

export interface BotSettings {
  /** The text of a `backstop.yaml`, and what its references to the environment find. */
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
  readonly journal: string;
  /** How the clock goes while the bot starts, and its speed from then on. */
  readonly clock: ClockSettings;
  readonly speed: number;
  readonly killAt:
    | ({ readonly kind: 'commit' } & CommitPoint)
    | ({ readonly kind: 'command' } & CommandPoint)
    | undefined;
}

export type ToBot =
  | { readonly begin: BotSettings }
  | { readonly advance: number }
  | { readonly end: true };

export type FromBot =
  | { readonly loaded: true }
  | { readonly ready: true; readonly pace: Pace }
  | { readonly committed: readonly Committed[]; readonly at: number }
  | { readonly ran: string; readonly at: number }
  | { readonly kept: true }
  | { readonly ended: true }
  | { readonly complaint: string };

function tell(message: FromBot): void {
  process.send?.(message);
}

function fatal(error: unknown): void {
  tell({ complaint: inWords(error) });
  process.exitCode = 70;
  setImmediate(() => process.exit());
}

let advance = (_ms: number): void => undefined;
let running: Backstop | undefined;

function begin({ config: text, env, journal, clock: at, speed, killAt }: BotSettings): void {
  armCommit(killAt?.kind === 'commit' ? killAt : undefined);
  armCommand(killAt?.kind === 'command' ? killAt : undefined);
  const clock = createFastClock(at);
  advance = (ms) => clock.advance(ms);
  const readFile = (name: string): string => readFileSync(name, 'utf8');
  const parsed = parseConfig(text, { file: 'the crash test', env, readFile, kinds: KINDS });
  const redact = createRedactor(parsed.secrets);
  const log = createLog({ level: 'error', redact, write: (line) => process.stderr.write(line) });
  const config = { ...parsed, journal: { file: journal } };
  startApp({ config, log, redact, clock, onFatal: fatal }).then((backstop) => {
    running = backstop;
    tell({ ready: true, pace: clock.goAt(speed) });
  }, fatal);
}

async function end(): Promise<void> {
  await running?.stop();
  running = undefined;
  tell({ ended: true });
}

process.on('unhandledRejection', fatal);
process.on('uncaughtException', fatal);
process.on('disconnect', () => process.exit());
process.on('message', (message: ToBot) => {
  if ('begin' in message) begin(message.begin);
  else if ('advance' in message) advance(message.advance);
  else if ('end' in message) end().catch(fatal);
});
watchCommits((committed, at) => tell({ committed, at }));
watchCommands((ran, at) => tell({ ran, at }));
tell({ loaded: true });
