/** What databases and collections there are on the server. Reads only, but for the mark of a restored one. */

import {
  type Collection,
  type Db,
  type Document,
  type MongoClient,
  MongoServerError,
  UUID,
} from 'mongodb';
import { z } from 'zod';
import type { As, Database, Table, Tells } from '../database/system.ts';
import { tellsBy } from '../database/telling.ts';
import { TOO_LONG } from './failures.ts';
import { READ_LIMIT_MS, type Server, withClient } from './server.ts';

/** In a database beside the live one: what Backstop fills it from. It stays when that becomes live, and is in no backup of Backstop's. */
export const MARKER = 'backstop_restore';

const Marker = z.object({ from: z.string(), whole: z.boolean() });
const MAX_TIME_MS = READ_LIMIT_MS - 2_000;
const SAMPLED = 100;

interface Listed {
  readonly name: string;
  readonly type: string;
  readonly id: string | undefined;
  readonly options: Document;
}

/**
 * Those of the named databases that exist: MongoDB has one as soon as it has a collection. The server's ids of its collections are
 * its identity: a restore gives new ones.
 */
export async function findDatabases(
  server: Server,
  as: As,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly Database[]> {
  const look = { attempted: 'look for databases', asked: 'read' } as const;
  const found = await withClient(
    server,
    as,
    look,
    (client) => Promise.all(names.map((name) => findDatabase(client, name))),
    signal,
  );
  return found.filter((one) => one !== undefined);
}

async function findDatabase(client: MongoClient, name: string): Promise<Database | undefined> {
  const db = client.db(name);
  const collections = await listed(db);
  if (collections.length === 0) return undefined;
  const isMarked = collections.some((each) => each.name === MARKER);
  const [stats, marker] = await Promise.all([
    db.command({ dbStats: 1, maxTimeMS: MAX_TIME_MS }),
    isMarked ? db.collection(MARKER).findOne({}, { maxTimeMS: MAX_TIME_MS }) : null,
  ]);
  const filled = Marker.safeParse(marker).data;
  const bytes: unknown = stats['dataSize'];
  return {
    name,
    identity: collections.flatMap(({ name: each, id }) =>
      id === undefined || each === MARKER ? [] : [id],
    ),
    bytes: typeof bytes === 'number' ? bytes : null,
    ...(filled && { filled }),
  };
}

async function listed(db: Db): Promise<readonly Listed[]> {
  const all = await db.listCollections({}, { maxTimeMS: MAX_TIME_MS }).toArray();
  return all.map(({ name, type = 'collection', ...rest }) => {
    const info: Document = 'info' in rest && rest.info ? rest.info : {};
    const options: Document = 'options' in rest && rest.options ? rest.options : {};
    const uuid: unknown = info['uuid'];
    return { name, type, id: uuid instanceof UUID ? uuid.toHexString() : undefined, options };
  });
}

/** The collections of a database, without views and what the system keeps, with their indexes and options in place of columns. */
export async function readCollections(
  server: Server,
  database: string,
  as: As,
  signal: AbortSignal,
): Promise<readonly Table[]> {
  const { timestampColumns } = server.settings;
  const read = async (client: MongoClient): Promise<readonly Table[]> => {
    const db = client.db(database);
    const all = await listed(db);
    const own = all.filter(
      ({ name, type }) => type !== 'view' && name !== MARKER && !name.startsWith('system.'),
    );
    const tables = await Promise.all(
      own.map(async ({ name, options }): Promise<Table> => {
        const collection = db.collection(name);
        const [indexes, tells] = await Promise.all([
          collection.listIndexes({ maxTimeMS: MAX_TIME_MS }).toArray(),
          tellsOf(collection, timestampColumns),
        ]);
        const columns = [...indexes.map(indexOf), ...Object.entries(options).map(optionOf)];
        return { name, readable: true, columns, tells, relation: name };
      }),
    );
    return tables.sort((a, b) => (a.name < b.name ? -1 : 1));
  };
  const look = { attempted: 'read the collections', asked: 'read' } as const;
  return withClient(server, as, look, read, signal);
}

function indexOf({ name, key, v: _version, ns: _namespace, ...rest }: Document) {
  return { name: `index ${String(name)}`, type: JSON.stringify({ key, ...rest }) };
}

function optionOf([name, value]: [string, unknown]) {
  return { name: `option ${name}`, type: JSON.stringify(value) };
}

/** Judged by a sample: a document without such a date, or one whose id is no ObjectId, tells nothing. */
async function tellsOf(
  collection: Collection,
  timestampColumns: readonly string[],
): Promise<Tells> {
  const sample = await collection
    .aggregate<Document>([{ $sample: { size: SAMPLED } }], { maxTimeMS: MAX_TIME_MS })
    .toArray()
    .catch((error: unknown) => {
      if (error instanceof MongoServerError && String(error.code) === TOO_LONG) return undefined;
      throw error;
    });
  if (!sample) return 'nothing';
  const datesOf = (one: Document) => timestampColumns.filter((name) => one[name] instanceof Date);
  const told = sample.map((one) => tellsBy(datesOf(one)));
  if (told.every((each) => each === 'written')) return 'written';
  const isToldAdded = (one: Document, index: number) =>
    told[index] !== 'nothing' || isObjectId(one['_id']);
  return sample.every(isToldAdded) ? 'added' : 'nothing';
}

function isObjectId(id: unknown): boolean {
  return typeof id === 'object' && id !== null && '_bsontype' in id && id._bsontype === 'ObjectId';
}

/** Says of a database what it is filled from. */
export async function markAs(
  server: Server,
  name: string,
  mark: { readonly from: string; readonly whole: boolean },
  signal: AbortSignal,
): Promise<void> {
  const change = { attempted: 'mark the restored database', asked: 'change' } as const;
  const write = (client: MongoClient) =>
    client.db(name).collection(MARKER).replaceOne({}, mark, { upsert: true });
  await withClient(server, 'restorer', change, write, signal);
}
