import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startApp } from '../app.ts';
import { parseConfig } from '../config/load.ts';
import { messageOf, Refusal } from '../errors.ts';
import { documentsOf } from '../journal/exports/documents.ts';
import { openSqliteJournal } from '../journal/sqlite.ts';
import { createLog, inWords } from '../log.ts';
import { createLoop } from '../loop.ts';
import { packagePath } from '../package-path.ts';
import { createRedactor } from '../redact.ts';
import type { BotInput, RunningBot } from '../sandbox/bot.ts';
import { play } from '../sandbox/play.ts';
import { ALL_STORIES } from '../sandbox/stories/index.ts';
import { startAsProcess } from './bot-process.ts';
import { KINDS } from './context.ts';
import { EXIT } from './exit-codes.ts';
import type { BrowserSettings } from './sandbox-browser.ts';
import { table } from './table.ts';

export interface SandboxOptions extends BrowserSettings {
  /** The name of a story; the sandbox opens in the browser without one. */
  readonly play?: string;
  readonly list?: boolean;
  /** Where the journal is kept; a temporary file without it. */
  readonly db?: string;
  /** Where the exported timeline is written; a temporary folder without it. */
  readonly export?: string;
}

/** Three in the morning, when people reach for this. */
const STORY_START = Date.UTC(2026, 10, 21, 3, 7);

/**
 * Plays a story, lists the stories, or opens the sandbox in the browser. Resolves with the exit code: 0 only when the story
 * ended as it should.
 */
export async function sandbox(options: SandboxOptions): Promise<number> {
  if (options.list) {
    process.stdout.write(`${ALL_STORIES.map(({ name }) => name).join('\n')}\n`);
    return EXIT.ok;
  }
  if (options.play === undefined) {
    const { browse } = await import('./sandbox-browser.ts');
    return browse(options, startInProcess, STORY_START);
  }
  const story = ALL_STORIES.find(({ name }) => name === options.play);
  if (!story) {
    const words = `There is no story ${options.play}. There are:`;
    const rows = ALL_STORIES.map(({ name, about }) => [`  --play ${name}`, about]);
    process.stdout.write(`${words}\n${table(rows)}`);
    return EXIT.usage;
  }
  const missing = story.missing?.();
  if (missing !== undefined) {
    process.stdout.write(`skipped: ${story.name}: ${missing}\n`);
    return EXIT.ok;
  }
  if (options.db && existsSync(options.db)) {
    throw new Refusal(
      'invalid-input',
      `${options.db} exists already, and a story begins with an empty journal. Name a new file with --db.`,
    );
  }
  const scratch = mkdtempSync(join(tmpdir(), 'backstop-'));
  const db = resolve(options.db ?? join(scratch, 'journal.db'));
  const write = (text: string): void => {
    process.stdout.write(text);
  };
  try {
    write(`── ${story.name}: ${story.about}\n\n`);
    await play(story, {
      manifest: readFileSync(packagePath('manifest.yml'), 'utf8'),
      // A process of its own and a real database tell the real time.
      start: story.ownProcess || story.settings?.database ? Date.now() : STORY_START,
      startBot: (input) =>
        story.ownProcess ? startAsProcess(input, db, scratch) : startInProcess(input, db),
      write,
    });
    return report(db, resolve(options.export ?? scratch), story.ends, write);
  } catch (error) {
    process.stderr.write(`\n${messageOf(error)}\n`);
    return EXIT.failed;
  } finally {
    if (options.db && options.export) rmSync(scratch, { recursive: true, force: true });
  }
}

async function startInProcess(
  { config: text, env, clock }: BotInput,
  db: string,
): Promise<RunningBot> {
  const readFile = (name: string): string => readFileSync(name, 'utf8');
  const config = parseConfig(text, { file: 'the sandbox', env, readFile, kinds: KINDS });
  const redact = createRedactor(config.secrets);
  const log = createLog({ level: 'error', redact, write: (line) => process.stderr.write(line) });
  const onFatal = (error: unknown): void => {
    process.stderr.write(`${redact(inWords(error))}\n`);
  };
  return startApp({ config: { ...config, journal: { file: db } }, log, redact, clock, onFatal });
}

/** Exports the timeline and checks the journal, as the story has left it. */
function report(db: string, folder: string, ends: string, write: (text: string) => void): number {
  const journal = openSqliteJournal({ file: db, now: Date.now, readOnly: true });
  try {
    const [incident] = createLoop(journal, Date.now).incidents();
    if (!incident) throw new Error('The story ended without an incident.');
    mkdirSync(folder, { recursive: true });
    const documents = documentsOf(journal, incident, {
      formats: ['md', 'json', 'html'],
      zone: 'Europe/Berlin',
      serviceTitle: incident.service,
      now: incident.lastEventAt,
      redact: (text) => text,
      withEvents: true,
    });
    const paths = documents.map(({ name, text }) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    });
    const verification = journal.verify();
    write(`\n── Ended: ${ends}.\n`);
    write(
      verification.ok
        ? `   The journal verifies: ${verification.entries} entries, each chained to the one before.\n`
        : `   The journal does NOT verify: ${verification.detail}\n`,
    );
    write(`   Timeline: ${paths.join('\n             ')}\n`);
    return verification.ok ? EXIT.ok : EXIT.failed;
  } finally {
    void journal.close();
  }
}
