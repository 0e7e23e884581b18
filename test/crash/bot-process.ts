/** The bot as a process: built once, started, killed, and started again as a supervisor would. */

import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { BotSettings, FromBot } from './bot.ts';
import type { CommitPoint } from './kill-at-commit.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface BuiltBot {
  readonly program: string;
  remove(): void;
}

/** Bundles the bot into one file, which starts three times as fast as its many modules. */
export async function buildBot(): Promise<BuiltBot> {
  const folder = mkdtempSync(join(tmpdir(), 'backstop-bot-'));
  // What comes with the package is looked for beside the folder of the program.
  for (const name of ['node_modules', 'package.json', 'playbooks', 'manifest.yml']) {
    symlinkSync(join(ROOT, name), join(folder, name));
  }
  const program = join(folder, 'dist/crash/bot.mjs');
  const require = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;
  await build({
    entryPoints: [join(import.meta.dirname, 'bot.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['better-sqlite3'],
    banner: { js: require },
    logLevel: 'error',
  });
  return { program, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface BotProcess {
  /** Resolves when the bot takes requests. @throws Error when it keeps ending by itself. */
  up(): Promise<void>;
  kill(): void;
  /** How often it has died so far. */
  deaths(): number;
  /** The types of the events of each commit it began. */
  readonly commits: readonly (readonly string[])[];
  /** What it said about itself when it ended other than by a kill, and what it wrote on stderr. */
  readonly complaints: readonly string[];
  advance(ms: number): void;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 15_000;
/** A bot that has so much to complain about does not come up by waiting. */
const GIVE_UP = 20;

export function startBotProcess(
  { program }: BuiltBot,
  env: Readonly<Record<string, string>>,
  settings: () => BotSettings,
  killAt: CommitPoint | undefined,
): BotProcess {
  const commits: (readonly string[])[] = [];
  const complaints: string[] = [];
  let deaths = 0;
  let stopping = false;
  let child: ChildProcess;
  let isReady = false;

  function start(): void {
    const told = killAt && deaths === 0 ? { KILL_AT_COMMIT: JSON.stringify(killAt) } : {};
    child = fork(program, [], {
      env: { ...process.env, ...env, ...told, BOT_SETTINGS: JSON.stringify(settings()) },
      execArgv: [],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    child.stderr?.on('data', (text: Buffer) => complaints.push(text.toString()));
    isReady = false;
    child.on('message', (message: FromBot) => {
      if ('ready' in message) isReady = true;
      else if ('committing' in message) commits.push(message.committing);
      else complaints.push(message.complaint);
    });
    child.on('exit', (code) => {
      if (stopping) return;
      deaths += 1;
      if (code !== null) complaints.push(`It ended by itself with code ${code}.`);
      start();
    });
  }
  start();

  return {
    commits,
    complaints,
    deaths: () => deaths,
    async up() {
      const end = Date.now() + START_LIMIT_MS;
      while (!isReady || child.exitCode !== null || child.signalCode !== null) {
        if (Date.now() > end || complaints.length > GIVE_UP)
          throw new Error(`The bot did not start: ${complaints.join('\n')}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    kill: () => {
      child.kill('SIGKILL');
    },
    advance: (ms) => {
      if (child.connected) child.send({ advance: ms });
    },
    async stop() {
      stopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}
