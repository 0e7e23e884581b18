/** A backup in pg_dump's custom format: what its header says, and whether it can be read to its end. */

import type { Readability } from '../database/readings.ts';
import { redact } from '../redact.ts';
import { isDone, readingFile, runTool, type Server } from './server.ts';

type Header = Extract<Readability, { state: 'whole' }>['header'];

const HEADER_LIMIT_MS = 15_000;
const HEADER_BYTES = 4_096;

/** Reads the whole file: `pg_restore --list` passes one that was cut off. */
export async function readArchive(
  server: Server,
  file: string,
  limitMs: number,
): Promise<Readability> {
  // The reading is nobody's in particular, and ends at its own limit.
  const signal = new AbortController().signal;
  const header = await readHeader(server, file, signal);
  if (typeof header === 'string') return { state: 'broken', reason: header };
  const { args, input } = readingFile(server, file);
  const argv = [server.tool('pg_restore'), '--file=/dev/null', ...args] as const;
  const ended = await runTool(server.reading, { argv, limitMs, ...(input && { input }) }, signal);
  // A wrapper around the tool may lose its exit code, but not its words.
  if (isDone(ended) && !/^pg_restore: error:/m.test(ended.said)) return { state: 'whole', header };
  return { state: 'broken', reason: `It cannot be read to its end: ${words(ended.said)}` };
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
