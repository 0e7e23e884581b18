/** The bot as a process: started, killed, and another one put in its place as a supervisor would. */

import { type ChildProcess, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BotSettings, FromBot, ToBot } from './bot.ts';
import type { Pace } from './fast-clock.ts';
import type { Committed } from './kill-at-commit.ts';
import type { KeepCompiled } from './load-program.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** One commit of the bot, and the instant at which it was made. */
export interface Commit {
  readonly events: readonly Committed[];
  readonly at: number;
}

/** One command that the bot ran, and the instant at which it started. */
export interface Ran {
  readonly command: string;
  readonly at: number;
}

export interface BotProcess {
  /** Resolves when the bot takes requests. @throws Error when it keeps ending by itself. */
  up(): Promise<void>;
  kill(): void;
  /** How often it has died so far. */
  deaths(): number;
  readonly commits: readonly Commit[];
  readonly ran: readonly Ran[];
  /** What it said about itself when it ended other than by a kill, and what it wrote on stderr. */
  readonly complaints: readonly string[];
  advance(ms: number): void;
  stop(): Promise<void>;
}

export interface Bots {
  /** The settings are asked for at each start; only the first process is told where to die. `isUp` hears how its clock goes. */
  start(settings: (deaths: number) => BotSettings, isUp: (pace: Pace) => void): BotProcess;
  close(): void;
}

const START_LIMIT_MS = 30_000;
/** A bot that has so much to complain about does not come up by waiting. */
const GIVE_UP = 20;

/** Real milliseconds that a bot has to stop by itself, before it is killed instead. */
const STOP_LIMIT_MS = 3_000;

/**
 * Bots of one program. A process that has loaded everything stands by, so that nobody waits for a start; it knows nothing
 * of its journal or the world before it is told to begin. Where one has stopped after a story, it begins the next one and is
 * killed there: most of what a start costs is what a process has to load and compile. What takes over is always new.
 */
export function createBots(program: { readonly load: string; readonly bot: string }): Bots {
  let spare = standBy();
  let rested: ChildProcess | undefined;

  function standBy(): ChildProcess {
    const child = fork(program.load, [program.bot], {
      cwd: ROOT,
      execArgv: [],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    // A message to one that has died this very instant; its exit tells.
    child.on('error', () => undefined);
    letBe(child);
    return child;
  }

  /** Nobody waits for one that is not needed. */
  function letBe(child: ChildProcess): void {
    child.unref();
    child.channel?.unref();
  }

  function take(deaths: number): ChildProcess {
    let child = deaths === 0 ? rested : undefined;
    if (child) rested = undefined;
    else {
      child = spare;
      spare = standBy();
    }
    child.ref();
    child.channel?.ref();
    return child;
  }

  function give(child: ChildProcess): void {
    rested?.kill('SIGKILL');
    rested = child;
    child.once('exit', () => {
      if (rested === child) rested = undefined;
    });
    letBe(child);
  }

  return {
    start: (settings, isUp) => run({ take, give }, settings, isUp, program.bot),
    close: () => {
      spare.kill('SIGKILL');
      rested?.kill('SIGKILL');
    },
  };
}

interface Pool {
  /** A process that has loaded; a new one where another has died. */
  take(deaths: number): ChildProcess;
  /** Has it for the next story. */
  give(child: ChildProcess): void;
}

function run(
  pool: Pool,
  settings: (deaths: number) => BotSettings,
  isUp: (pace: Pace) => void,
  program: string,
): BotProcess {
  const commits: Commit[] = [];
  const ran: Ran[] = [];
  const complaints: string[] = [];
  let deaths = 0;
  let stopping = false;
  let child: ChildProcess;
  let isReady = false;
  let isKilled = false;

  function send(message: ToBot | KeepCompiled): void {
    if (child.connected) child.send(message);
  }

  function complain(words: string): void {
    if (!stopping) complaints.push(words);
  }

  /** Resolves when the process says so, or is gone, or the time is over; true when it has said so. */
  function hears(what: 'kept' | 'ended', limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), limitMs);
      const settle = (said: boolean): void => {
        clearTimeout(timer);
        resolve(said);
      };
      child.on('message', (message: FromBot) => (what in message ? settle(true) : undefined));
      child.once('exit', () => settle(false));
    });
  }

  function begin(): void {
    child = pool.take(deaths);
    isReady = false;
    isKilled = false;
    child.stderr?.on('data', (text: Buffer) => complain(text.toString()));
    child.on('message', (message: FromBot) => {
      if ('ready' in message) {
        if (isKilled) return;
        isReady = true;
        isUp(message.pace);
      } else if ('committed' in message) {
        commits.push({ events: message.committed, at: message.at });
      } else if ('ran' in message) ran.push({ command: message.ran, at: message.at });
      else if ('complaint' in message) complain(message.complaint);
    });
    child.on('exit', (code) => {
      isReady = false;
      if (stopping) return;
      deaths += 1;
      if (code !== null) complain(`It ended by itself with code ${code}.`);
      begin();
    });
    send({ begin: settings(deaths) });
  }
  begin();

  return {
    commits,
    ran,
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
        const kept = hears('kept', START_LIMIT_MS);
        send({ keepCompiled: true });
        await kept;
      }
      if (isReady) {
        const stopped = hears('ended', STOP_LIMIT_MS);
        send({ end: true });
        if (await stopped) {
          // Its errors are still listened to: it may be killed, and written to in the same instant, in the next story.
          child.removeAllListeners('message').removeAllListeners('exit');
          child.stderr?.removeAllListeners('data');
          child.stderr?.resume();
          pool.give(child);
          return;
        }
      }
      const ended = new Promise((done) => child.once('exit', done));
      child.kill('SIGKILL');
      await ended;
    },
  };
}
