/**
 * An archive of mongodump, compressed or not: what it says of itself, and whether it can be read to its end. The format is that of
 * `common/archive/spec.md` in mongodb/mongo-tools: a magic number, a header and what is to come; then blocks, each of a namespace,
 * its documents and a terminator; for each collection one last block with a checksum of all its documents.
 */

import type { Readable } from 'node:stream';
import { BSON } from 'mongodb';
import { z } from 'zod';
import { messageOf } from '../../errors.ts';
import { openDump } from '../database/open-dump.ts';
import type { Readability } from '../database/readings.ts';
import { type Checksum, createChecksum } from './checksum.ts';

const MAGIC = 0x8199e26d;
const TERMINATOR = 0xffffffff;
/** MongoDB's greatest document and what the tools allow on top. */
const MOST_BYTES = 16 * 1024 * 1024 + 16 * 1024;

const Header = z.object({ server_version: z.string(), tool_version: z.string() });
const Coming = z.object({
  db: z.string(),
  collection: z.string(),
  metadata: z.string().default(''),
  type: z.string().default(''),
});
const Namespace = z.object({
  db: z.string(),
  collection: z.string(),
  EOF: z.boolean(),
  CRC: z.bigint(),
});

interface Contents {
  readonly serverVersion: string;
  /** The databases in it; `admin` may stand for users and roles. */
  readonly databases: readonly string[];
  readonly hasOplog: boolean;
}

/** What an archive says at its beginning. @throws Error when it is none. */
export async function readContents(file: string): Promise<Contents> {
  const source = await openDump(file);
  try {
    return (await beginningOf(createReader(source))).contents;
  } finally {
    source.destroy();
  }
}

/**
 * Reads the whole file: every block ends, every collection that was announced ends with the checksum of its documents, and nothing
 * follows. One that was cut off, also between two blocks or of an uncompressed file, is not whole.
 * @param isOwn which database the backup has to be of.
 */
export async function readArchive(
  file: string,
  isOwn: (name: string) => boolean,
): Promise<Readability> {
  let contents: Contents;
  try {
    contents = await readAll(createReader(await openDump(file)));
  } catch (error) {
    return { state: 'broken', reason: `It cannot be read to its end: ${messageOf(error)}.` };
  }
  const { databases, serverVersion, hasOplog } = contents;
  const database = databases.find(isOwn) ?? databases.join(', ');
  const remark =
    'It was taken with --oplog, which is not replayed into another database: what was written while it was taken may be there in part.';
  return {
    state: 'whole',
    header: { database, createdAt: undefined, serverVersion, ...(hasOplog && { remark }) },
  };
}

async function readAll(reader: Reader): Promise<Contents> {
  const { contents, open, views } = await beginningOf(reader);
  for (;;) {
    const head = await reader.document();
    if (head === 'end') break;
    if (head === 'terminator') throw new Error('a block has no beginning');
    const { db, collection, EOF, CRC } = Namespace.parse(parsed(head));
    const name = `${db}.${collection}`;
    const checksum = open.get(name);
    if (!checksum) throw new Error(`${name} was not announced, or has ended before`);
    for (;;) {
      const document = await reader.document();
      if (document === 'end') throw new Error(`it ends within ${name}`);
      if (document === 'terminator') break;
      if (EOF) throw new Error(`${name} goes on after its end`);
      checksum.update(document);
    }
    if (!EOF) continue;
    if (checksum.value() !== CRC) throw new Error(`the checksum of ${name} is another`);
    open.delete(name);
  }
  const missing = [...open.keys()].find((name) => !views.has(name));
  if (missing !== undefined) throw new Error(`it ends before ${missing} does`);
  return contents;
}

async function beginningOf(reader: Reader) {
  if ((await reader.number()) !== MAGIC) throw new Error('it is no archive of mongodump');
  const first = await reader.document();
  if (typeof first === 'string') throw new Error('it has no header');
  const header = Header.parse(parsed(first));
  const open = new Map<string, Checksum>();
  /** A view has no documents, and an end only in some versions of the tool. */
  const views = new Set<string>();
  const databases = new Set<string>();
  let hasOplog = false;
  for (;;) {
    const next = await reader.document();
    if (next === 'end') throw new Error('it ends within its header');
    if (next === 'terminator') break;
    const { db, collection, metadata, type } = Coming.parse(parsed(next));
    if (db === '') hasOplog ||= collection === 'oplog';
    else databases.add(db);
    const name = type === 'timeseries' ? `system.buckets.${collection}` : collection;
    open.set(`${db}.${name}`, createChecksum());
    if (type === 'view' || /"viewOn"\s*:/.test(metadata)) views.add(`${db}.${name}`);
  }
  const contents = { serverVersion: header.server_version, databases: [...databases], hasOplog };
  return { contents, open, views };
}

function parsed(bytes: Buffer): unknown {
  return BSON.deserialize(bytes, { useBigInt64: true });
}

interface Reader {
  number(): Promise<number>;
  document(): Promise<Buffer | 'terminator' | 'end'>;
}

function createReader(source: Readable): Reader {
  const chunks = source[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  /** Undefined where the file ends right here. @throws when it ends within. */
  async function take(count: number): Promise<Buffer | undefined> {
    const parts = [held];
    let size = held.length;
    while (size < count) {
      const { done, value } = await chunks.next();
      if (done) {
        if (size === 0) return undefined;
        throw new Error('it is cut off');
      }
      parts.push(value);
      size += value.length;
    }
    const all = parts.length === 1 ? held : Buffer.concat(parts, size);
    held = all.subarray(count);
    return all.subarray(0, count);
  }
  return {
    async number() {
      const bytes = await take(4);
      if (!bytes) throw new Error('it is empty');
      return bytes.readUInt32LE(0);
    },
    async document() {
      const length = await take(4);
      if (!length) return 'end';
      const size = length.readUInt32LE(0);
      if (size === TERMINATOR) return 'terminator';
      if (size < 5 || size > MOST_BYTES) throw new Error('a document has no possible length');
      const rest = await take(size - 4);
      if (rest?.at(-1) !== 0) throw new Error('a document is cut off');
      return Buffer.concat([length, rest]);
    },
  };
}
