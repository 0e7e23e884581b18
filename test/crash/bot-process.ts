/** The bot as a process: started, killed, and another one put in its place as a supervisor would. */

import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BotSettings, FromBot, ToBot } from './bot.ts';
import type { Committed } from './kill-at-commit.ts';
import type { KeepCompiled } from './load-program.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** One commit of the bot, and the instant at which it was made. */
export interface Commit {
  readonly events: readonly Committed[];
  readonly at: number;
}

export interface BotProcess {
  /** Resolves when the bot takes requests. @throws Error when it keeps ending by itself. */
  up(): Promise<void>;
  kill(): void;
  /** How often it has died so far. */
  deaths(): number;
  readonly commits: readonly Commit[];
  /** What it said about itself when it ended other than by a kill, and what it wrote on stderr. */
  readonly complaints: readonly string[];
  advance(ms: number): void;
  stop(): Promise<void>;
}

export interface Bots {
  /** The settings are asked for at each start; only the first process is told where to die. */
  start(settings: (deaths: number) => BotSettings): BotProcess;
  close(): void;
}

const START_LIMIT_MS = 30_000;
/** A bot that has so much to complain about does not come up by waiting. */
const GIVE_UP = 20;

/**
 * Bots of one program. A process that has loaded everything stands by, so that nobody waits for a start; it knows nothing
 * of its journal or the world before it is told to begin.
 */
export function createBots(program: { readonly load: string; readonly bot: string }): Bots {
  let spare = standBy();

  function standBy(): ChildProcess {
    const child = fork(program.load, [program.bot], {
      cwd: ROOT,
      execArgv: [],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    // Nobody waits for one that was never needed.
    child.unref();
    child.channel?.unref();
    return child;
  }

  function take(): ChildProcess {
    const child = spare;
    child.ref();
    child.channel?.ref();
    spare = standBy();
    return child;
  }

  return {
    start: (settings) => run(take, settings, program.bot),
    close: () => {
      spare.kill('SIGKILL');
    },
  };
}

function run(
  take: () => ChildProcess,
  settings: (deaths: number) => BotSettings,
  program: string,
): BotProcess {
  const commits: Commit[] = [];
  const complaints: string[] = [];
  let deaths = 0;
  let stopping = false;
  let child: ChildProcess;
  let isReady = false;
  let isKilled = false;

  function send(message: ToBot | KeepCompiled): void {
    if (child.connected) child.send(message);
  }

  function begin(): void {
    child = take();
    child.stderr?.on('data', (text: Buffer) => complaints.push(text.toString()));
    isReady = false;
    isKilled = false;
    child.on('message', (message: FromBot) => {
      if ('ready' in message) {
        isReady = !isKilled;
      } else if ('committed' in message) {
        commits.push({ events: message.committed, at: message.at });
      } else if ('complaint' in message) complaints.push(message.complaint);
    });
    child.on('exit', (code) => {
      isReady = false;
      if (stopping) return;
      deaths += 1;
      if (code !== null) complaints.push(`It ended by itself with code ${code}.`);
      begin();
    });
    send({ begin: settings(deaths) });
  }
  begin();

  return {
    commits,
    complaints,
    deaths: () => deaths,
    async up() {
      const end = Date.now() + START_LIMIT_MS;
      while (!isReady) {
        if (Date.now() > end || complaints.length > GIVE_UP)
          throw new Error(`The bot did not start: ${complaints.join('\n')}`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    kill: () => {
      // Nobody finds it up from here on, though it takes a moment to be gone.
      isReady = false;
      isKilled = true;
      child.kill('SIGKILL');
    },
    advance: (ms) => send({ advance: ms }),
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      if (!existsSync(`${program}.compiled`)) {
        const kept = new Promise<void>((done) => {
          child.on('message', (message: FromBot) => ('kept' in message ? done() : undefined));
          child.once('exit', done);
        });
        send({ keepCompiled: true });
        await kept;
      }
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await ended;
    },
  };
}
