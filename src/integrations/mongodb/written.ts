/** Documents that were written after a moment: counted, and exported. */

import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BSON, type Document, type Filter, ObjectId } from 'mongodb';
import { OutsideError } from '../../errors.ts';
import type { As, Exported, Table } from '../database/system.ts';
import { TOO_LONG } from './failures.ts';
import { READ_LIMIT_MS, type Server, withClient } from './server.ts';

/**
 * A date of the team's own after the moment, or an id that was made after it. Ids are made by the application's clocks, in seconds;
 * the second of the moment itself is taken in.
 */
function writtenAfter(timestampColumns: readonly string[], since: string): Filter<Document> {
  const moment = new Date(since);
  const id = ObjectId.createFromTime(Math.floor(moment.getTime() / 1000));
  return {
    $or: [...timestampColumns.map((name) => ({ [name]: { $gt: moment } })), { _id: { $gt: id } }],
  };
}

/** Counts exactly, every document; undefined when that takes too long. */
export async function countDocuments(
  server: Server,
  database: string,
  tables: readonly Table[],
  { since, as }: { readonly since?: string; readonly as: As },
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number> | undefined> {
  const filter = since === undefined ? {} : writtenAfter(server.settings.timestampColumns, since);
  const look = { attempted: 'count documents', asked: 'read' } as const;
  try {
    return await withClient(
      server,
      as,
      look,
      async (client) => {
        const counts = new Map<string, number>();
        for (const { name, relation } of tables) {
          const options = { maxTimeMS: READ_LIMIT_MS - 2_000 };
          counts.set(
            name,
            await client.db(database).collection(relation).countDocuments(filter, options),
          );
        }
        return counts;
      },
      signal,
    );
  } catch (error) {
    if (error instanceof OutsideError && error.detail.code === TOO_LONG) return undefined;
    throw error;
  }
}

/** One document a line, as canonical Extended JSON, which mongoimport takes. */
export async function exportDocuments(
  server: Server,
  { database, table, since, to, limitMs }: Exported,
  signal: AbortSignal,
): Promise<void> {
  const filter = writtenAfter(server.settings.timestampColumns, since);
  const look = { attempted: `export ${table.name}`, asked: 'read' } as const;
  await withClient(
    server,
    'reader',
    look,
    async (client) => {
      const found = client
        .db(database)
        .collection(table.relation)
        .find(filter, { maxTimeMS: limitMs, promoteValues: false });
      await pipeline(
        Readable.from(found),
        async function* (documents: AsyncIterable<Document>) {
          for await (const each of documents)
            yield `${BSON.EJSON.stringify(each, { relaxed: false })}\n`;
        },
        createWriteStream(to, { flags: 'wx', mode: 0o600 }),
      );
    },
    signal,
  );
}
