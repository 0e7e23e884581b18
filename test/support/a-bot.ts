/** The real bot in this process, at work in the sandbox's workspace and cloud. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'vitest';
import { type Backstop, startApp } from '../../src/app.ts';
import { KINDS } from '../../src/cli/context.ts';
import { parseConfig } from '../../src/config/load.ts';
import { messageOf } from '../../src/errors.ts';
import type { Incident } from '../../src/incident.ts';
import type { Entry, Verification } from '../../src/journal/journal.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLog } from '../../src/log.ts';
import { createRedactor } from '../../src/redact.ts';
import { createStage, type Stage, type StageSettings } from '../../src/sandbox/stage.ts';

export type Mode = 'socket' | 'http';

export interface BotOptions {
  readonly mode?: Mode;
  /** Changes the text of `backstop.yaml`. */
  readonly config?: (text: string) => string;
  /** How the story's set-up differs from the usual one. */
  readonly settings?: StageSettings | undefined;
  /** What to do in the workspace before the bot starts. */
  readonly before?: (stage: Stage) => void;
  /** False to start it later, with `start`. */
  readonly started?: boolean;
}

export interface Bot {
  readonly stage: Stage;
  readonly journalFile: string;
  /** The lines of the log, `warn` and `error` only. */
  readonly logged: readonly string[];
  /** What the bot called fatal. */
  readonly fatal: readonly unknown[];
  /** `http://127.0.0.1:PORT`, where the bot listens or listened last. */
  readonly address: string;
  /** The newest incident. @throws Error when there is none. */
  incident(): Incident;
  incidents(): readonly Incident[];
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Another process would do as it does now: a new bot on the same journal. */
  restart(): Promise<void>;
  /** Story time goes no faster than ours meanwhile, so that nothing comes due by the way. */
  unhurried<T>(work: () => Promise<T>): Promise<T>;
  /** A second bot on the same journal, which should not start. */
  startAnother(): Promise<Backstop>;
  /** What is in the journal, of incidents only. */
  recorded(): readonly Entry[];
  /** What is in one stream of the journal. */
  entriesOf(stream: string): readonly Entry[];
  /** True when Slack was brought up to date with all that is in the journal. */
  isShown(): boolean;
  verify(): Verification;
}

export const MANIFEST = readFileSync(resolve(import.meta.dirname, '../../manifest.yml'), 'utf8');

/** Three in the morning; story time goes ten times as fast as ours. */
const START = Date.UTC(2026, 10, 21, 3, 7);
const TICK_MS = 20;
const HURRY_MS = 180;

/** Starts the bot; everything is closed when the test has ended. */
export async function aBot(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  options: BotOptions = {},
): Promise<Bot> {
  const { mode = 'socket' } = options;
  // A real database tells the real time.
  const start = options.settings?.database ? Date.now() : START;
  const stage = await createStage(MANIFEST, start, options.settings);
  const folder = mkdtempSync(join(tmpdir(), 'backstop-e2e-'));
  const journalFile = join(folder, 'journal.db');
  const logged: string[] = [];
  const fatal: unknown[] = [];
  let hurries = true;
  const ticking = setInterval(() => {
    if (hurries) stage.clock.advance(HURRY_MS);
  }, TICK_MS);
  let running: Backstop | undefined;
  let port = 0;
  options.before?.(stage);

  const text = stage.config.replace('mode: socket', `mode: ${mode}`);
  const parsed = parseConfig(options.config?.(text) ?? text, {
    file: 'the sandbox',
    env: stage.env,
    readFile: (name) => readFileSync(name, 'utf8'),
    kinds: KINDS,
  });
  const config = { ...parsed, journal: { file: journalFile } };
  const redact = createRedactor(config.secrets);
  const log = createLog({ level: 'warn', redact, write: (line) => logged.push(line) });

  function launch(): Promise<Backstop> {
    const { clock } = stage;
    return startApp({ config, log, redact, clock, onFatal: (error) => fatal.push(error) });
  }

  async function begin(): Promise<void> {
    running = await launch();
    port = running.port;
    if (mode === 'socket') return;
    await stage.workspace.deliverOverHttp(`http://127.0.0.1:${port}/slack/events`);
  }

  async function stop(): Promise<void> {
    const bot = running;
    running = undefined;
    await bot?.stop();
  }

  function read<T>(work: (journal: ReturnType<typeof openSqliteJournal>) => T): T {
    const journal = openSqliteJournal({ file: journalFile, now: Date.now, readOnly: true });
    try {
      return work(journal);
    } finally {
      void journal.close();
    }
  }

  function incidents(): readonly Incident[] {
    if (!running) throw new Error('The bot is not running; read its journal instead.');
    return running.loop.incidents();
  }

  onTestFinished(async () => {
    stage.workspace.faults.clear();
    await stop();
    clearInterval(ticking);
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  });
  if (options.started !== false) await begin();

  return {
    stage,
    journalFile,
    logged,
    fatal,
    get address() {
      return `http://127.0.0.1:${port}`;
    },
    incident() {
      const [newest] = incidents();
      if (!newest) throw new Error('No incident was declared.');
      return newest;
    },
    incidents,
    start: begin,
    stop,
    async restart() {
      await stop();
      await begin();
    },
    async unhurried(work) {
      hurries = false;
      try {
        return await work();
      } finally {
        hurries = true;
      }
    },
    startAnother: launch,
    recorded: () =>
      read((journal) =>
        [...journal.after(0)].filter(({ stream }) => stream.startsWith('incident/')),
      ),
    entriesOf: (stream) => read((journal) => journal.entriesOf(stream)),
    isShown: () => read((journal) => isShown([...journal.after(0)])),
    verify: () => read((journal) => journal.verify()),
  };
}

function isShown(entries: readonly Entry[]): boolean {
  const newest = new Map<string, number>();
  const shown = new Map<string, number>();
  for (const { stream, version, type, data } of entries) {
    const [kind, id = ''] = stream.split('/');
    if (kind === 'incident') newest.set(id, version);
    if (type === 'incident.shown') shown.set(id, (data as { readonly version: number }).version);
  }
  return [...newest].every(([id, version]) => (shown.get(id) ?? 0) >= version);
}

/** What the health check says; `down` when nobody answers. */
export async function health(bot: Bot): Promise<number | string> {
  try {
    return (await fetch(`${bot.address}/healthz`)).status;
  } catch (error) {
    return `down: ${messageOf(error)}`;
  }
}
