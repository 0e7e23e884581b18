/** Fills a database beside the live one from a dump. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openDump } from '../database/open-dump.ts';
import type { Restore } from '../database/system.ts';
import { findDatabases, markAs } from './databases.ts';
import { failed } from './failures.ts';
import { beginningOf, piecesOf } from './lines.ts';
import { CLIENT, execute, ident, isDone, runTool, type Server } from './server.ts';

const MINUTE_MS = 60_000;
const BATCH_BYTES = 128 * 1024;

/**
 * The events of a database that is not live are kept in this file and not on the server, which would carry them out.
 */
export function eventsFile({ settings }: Server, database: string): string {
  return join(settings.backups, `.${database}.events.sql`);
}

export async function fill(
  server: Server,
  { point, path, beside, hasLeftover, limitMs }: Restore,
  signal: AbortSignal,
): Promise<void> {
  const [live] = await findDatabases(server, [server.settings.database], signal);
  const make = [
    ...(hasLeftover ? [`DROP DATABASE ${ident(beside)};`] : []),
    `CREATE DATABASE ${ident(beside)} ${live?.charset ?? ''};`,
    markAs(beside, point, false),
  ];
  await execute(server, 'make a database beside the live one', make.join('\n'), signal, MINUTE_MS);
  const events: Buffer[] = [];
  const text = await openDump(path);
  const source = (stdin: NodeJS.WritableStream) =>
    pipeline(() => withoutEvents(text, events), stdin);
  const args = [...CLIENT, `--database=${beside}`];
  const call = { tool: 'client', args, name: beside, limitMs, source } as const;
  const ended = await runTool(server, 'restorer', call, signal);
  if (!isDone(ended))
    throw failed(ended, { server, attempted: `restore ${point}`, asked: 'change' });
  await writeFile(eventsFile(server, beside), Buffer.concat(events), { mode: 0o600 });
  await execute(server, 'mark it whole', markAs(beside, point, true), signal);
}

/** The dump without the section of events, which goes into `events`. */
async function* withoutEvents(dump: Readable, events: Buffer[]): AsyncGenerator<Buffer> {
  let isEvents = false;
  let batch: Buffer[] = [];
  let size = 0;
  for await (const piece of piecesOf(dump)) {
    if (piece.startsLine) isEvents = goesOn(isEvents, beginningOf(piece));
    if (isEvents) {
      events.push(Buffer.from(piece.bytes));
      continue;
    }
    batch.push(piece.bytes);
    size += piece.bytes.length;
    if (size < BATCH_BYTES) continue;
    yield Buffer.concat(batch);
    batch = [];
    size = 0;
  }
  yield Buffer.concat(batch);
}

function goesOn(isEvents: boolean, line: string): boolean {
  if (!isEvents) return line.startsWith('-- Dumping events for database ');
  return !/^(-- (Dumping routines|Final view|Temporary|Current|Table structure|Sequence structure|Dump completed)|\/\*!40103 SET TIME_ZONE=@OLD_TIME_ZONE)/.test(
    line,
  );
}
