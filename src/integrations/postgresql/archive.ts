/** Backup files: what their header says, and whether they can be read to their end. */

import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import { redact } from '../redact.ts';
import { isDone, readingFile, runTool, type Server } from './server.ts';

interface Header {
  readonly database: string;
  /** Epoch milliseconds, when pg_dump began: what was written afterwards may be missing. */
  readonly createdAt: number;
  /** Such as `15.18`. */
  readonly serverVersion: string;
}

export type Readability =
  | { readonly state: 'whole'; readonly header: Header }
  | { readonly state: 'broken'; readonly reason: string }
  /** It is being read; ask again. */
  | { readonly state: 'reading' };

export interface Archives {
  /**
   * Reads the whole file, once for each state of the file, and remembers the answer while the process lives. Waits at
   * most `patienceMs`; the reading goes on behind it.
   */
  check(file: string, patienceMs: number, signal: AbortSignal): Promise<Readability>;
}

const HEADER_LIMIT_MS = 15_000;
const HEADER_BYTES = 4_096;

export function createArchives(server: Server, limitMs: number): Archives {
  const known = new Map<string, Promise<Readability>>();
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: several at once would only wear the disk out. */
  function inTurn(read: () => Promise<Readability>): Promise<Readability> {
    const turn = last.then(read, read);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function read(file: string): Promise<Readability> {
    // The reading is nobody's in particular, and ends at its own limit.
    const signal = new AbortController().signal;
    const header = await readHeader(server, file, signal);
    if (typeof header === 'string') return { state: 'broken', reason: header };
    const { args, input } = readingFile(server, file);
    const argv = [server.tool('pg_restore'), '--file=/dev/null', ...args] as const;
    const ended = await runTool(server.reading, { argv, limitMs, ...(input && { input }) }, signal);
    if (isDone(ended)) return { state: 'whole', header };
    return { state: 'broken', reason: `It cannot be read to its end: ${words(ended.said)}` };
  }

  return {
    async check(file, patienceMs, signal) {
      signal.throwIfAborted();
      const key = await identityOf(file);
      if (key === undefined) return { state: 'broken', reason: 'It is not there.' };
      const reading = known.get(key) ?? inTurn(() => read(file));
      known.set(key, reading);
      // A failure of ours, such as a tool that is not there, says nothing about the file: it is tried again.
      const outcome = reading.catch((error: unknown): Readability => {
        known.delete(key);
        return { state: 'broken', reason: `It could not be read: ${messageOf(error)}` };
      });
      const patience = new AbortController();
      const waited = sleep(patienceMs, { state: 'reading' } as const, {
        signal: AbortSignal.any([signal, patience.signal]),
      });
      try {
        return await Promise.race([outcome, waited]);
      } finally {
        waited.catch(() => undefined);
        patience.abort();
      }
    },
  };
}

/** Which file it is in which state: a file that was written to, or replaced, is another one. */
async function identityOf(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found && `${file} ${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
}

/** The header, or in words why there is none. */
async function readHeader(
  server: Server,
  file: string,
  signal: AbortSignal,
): Promise<Header | string> {
  const { args, input } = readingFile(server, file);
  const argv = [server.tool('pg_restore'), '--list', ...args] as const;
  const errand = {
    argv,
    limitMs: HEADER_LIMIT_MS,
    answerBytes: HEADER_BYTES,
    ...(input && { input }),
  };
  const ended = await runTool(server.reading, errand, signal);
  if (!isDone(ended)) return `It is no backup that pg_restore reads: ${words(ended.said)}`;
  const find = (pattern: RegExp) => pattern.exec(ended.answer)?.[1];
  const created = find(/^; Archive created at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC$/m);
  const database = find(/^; +dbname: (.*)$/m);
  const version = find(/^; +Dumped from database version: (\S+)/m);
  const format = find(/^; +Format: (\S+)$/m);
  const createdAt = Date.parse(`${created?.replace(' ', 'T')}Z`);
  if (database === undefined || version === undefined || Number.isNaN(createdAt)) {
    return 'Its header does not say which database it is of, or when it was taken.';
  }
  if (format !== 'CUSTOM') return `It has format ${format}; only pg_dump's custom format is taken.`;
  return { database, createdAt, serverVersion: version };
}

function words(said: string): string {
  return redact(said, []) || 'the tool gives no reason.';
}
