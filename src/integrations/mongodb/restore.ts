/** Fills a database beside the live one from an archive. */

import type { MongoClient } from 'mongodb';
import { OutsideError } from '../../errors.ts';
import { isCompressed } from '../database/open-dump.ts';
import type { Restore } from '../database/system.ts';
import { readContents } from './archive.ts';
import { findDatabases, MARKER, markAs } from './databases.ts';
import { failedTool } from './failures.ts';
import { isDone, runTool, type Server, withClient } from './server.ts';
import { isOwnName } from './used.ts';

/** What mongorestore is given besides where to connect. Only one database of the archive, and only into the new name. */
export function restoreArgs(from: string, beside: string): readonly string[] {
  return [
    '--archive',
    `--nsInclude=${from}.*`,
    `--nsExclude=${from}.${MARKER}`,
    `--nsFrom=${from}.*`,
    `--nsTo=${beside}.*`,
    // The first document that does not fit ends it: else it would go on, and exit with 0.
    '--maintainInsertionOrder',
    '--writeConcern=majority',
  ];
}

export async function fill(
  server: Server,
  { point, path, beside, hasLeftover, limitMs }: Restore,
  signal: AbortSignal,
): Promise<void> {
  await refuseSharded(server, signal);
  const { databases } = await readContents(path);
  const from = databases.find((name) => isOwnName(server.settings.database, name));
  if (from === undefined) throw refused(server, `${point} is a backup of ${databases.join(', ')}.`);
  if (hasLeftover) await dropLeftover(server, beside, point, signal);
  await markAs(server, beside, { from: point, whole: false }, signal);
  const args = [...restoreArgs(from, beside), ...((await isCompressed(path)) ? ['--gzip'] : [])];
  const call = { tool: 'mongorestore', args, name: beside, limitMs, input: path } as const;
  const ended = await runTool(server, 'restorer', call, signal);
  const attempted = `restore ${point}`;
  if (!isDone(ended)) throw failedTool(ended, { server, attempted, asked: 'change' });
  // Its exit code does not tell of every document: its last line does.
  const failures = /(\d+) document\(s\) failed to restore/.exec(ended.said)?.[1];
  if (failures !== '0') throw failedTool(ended, { server, attempted, asked: 'change' });
  await markAs(server, beside, { from: point, whole: true }, signal);
}

/** Only what Backstop itself began to fill from the same backup. */
async function dropLeftover(
  server: Server,
  beside: string,
  point: string,
  signal: AbortSignal,
): Promise<void> {
  const [left] = await findDatabases(server, 'restorer', [beside], signal);
  if (!left) return;
  if (left.filled?.from !== point || left.filled.whole)
    throw refused(server, `${beside} is not an unfinished restore of ${point}.`);
  const change = { attempted: 'throw an unfinished restore away', asked: 'change' } as const;
  const drop = (client: MongoClient) => client.db(beside).dropDatabase();
  await withClient(server, 'restorer', change, drop, signal);
}

/** A restored collection would not be sharded, and all of it would be on one shard. @throws OutsideError */
export async function refuseSharded(server: Server, signal: AbortSignal): Promise<void> {
  if (await isSharded(server, signal)) throw refused(server, SHARDED);
}

export const SHARDED =
  'It is a sharded cluster: a restored database would not be sharded. Restore it by hand.';

export async function isSharded(server: Server, signal: AbortSignal): Promise<boolean> {
  const look = { attempted: 'look what server it is', asked: 'read' } as const;
  const hello = await withClient(
    server,
    'reader',
    look,
    (client) => client.db('admin').command({ hello: 1 }),
    signal,
  );
  return hello['msg'] === 'isdbgrid';
}

function refused(server: Server, answer: string): OutsideError {
  return new OutsideError({
    kind: 'rejected',
    system: 'MongoDB',
    attempted: 'restore beside the live database',
    on: server.settings.database,
    answer,
    next: 'Nothing was changed.',
  });
}
