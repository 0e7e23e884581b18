/**
 * Stand-ins for `mongodump`, `mongorestore` and `mongosh`. They are NOT MongoDB's tools: they know exactly the calls that Backstop makes
 * (of mongosh the one of a story's probe), refuse every other one, and behave as the tools' documentation and source say. What they write
 * is in the tools' own archive format. The tests of the integration pass with the real mongodump and mongorestore (mongo-tools 100.8.0) too.
 */

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { BSON, MongoClient } from 'mongodb';

const [directory, tool, ...args] = process.argv.slice(2);
const stamp = () => new Date().toISOString();
const say = (words) => process.stderr.write(`${stamp()}\t${words}\n`);
const stop = (words, code = 1) => {
  say(words);
  process.exit(code);
};

appendFileSync(
  `${directory}/calls`,
  `${JSON.stringify([tool, ...args.filter((each) => !each.startsWith('--config='))])}\n`,
);
if (args.length === 2 && args[1] === '--version') {
  process.stdout.write(`${tool} version: 100.8.0\ngit version: unknown\n`);
  process.exit(0);
}
for (const told of ['fails', 'is cut off', 'waits'])
  if (existsSync(`${directory}/${tool} ${told}`)) globalThis[told] = true;
if (globalThis.fails) stop('Failed: error connecting to db server: told to fail');

if (tool === 'mongosh') await count();

const config =
  args.find((each) => each.startsWith('--config='))?.slice(9) ??
  stop('error parsing command line options: no --config');
const uri =
  /^uri: (".*")\n$/.exec(readFileSync(config, 'utf8'))?.[1] ?? stop('error parsing config file');
const client = new MongoClient(JSON.parse(uri), { serverSelectionTimeoutMS: 3000 });
const shape = (patterns) => {
  if (args.length !== patterns.length + 1) stop(`unknown call: ${args.join(' ')}`);
  return patterns.map((pattern, index) => {
    const found = new RegExp(`^${pattern}$`).exec(args[index + 1]);
    return (
      found?.[1] ?? (found ? '' : stop(`unknown call: ${args[index + 1]} in ${args.join(' ')}`))
    );
  });
};

const DB = '[A-Za-z0-9_-]{1,63}';
const asIs = { promoteValues: false };
try {
  if (tool === 'mongodump') await dump();
  else await restore();
} catch (error) {
  stop(`Failed: ${error.message}`);
} finally {
  await client.close();
}

async function dump() {
  const [name, , , excluded] = shape([
    `--db=(${DB})`,
    '--archive',
    '--gzip',
    '--excludeCollection=(.*)',
  ]);
  const db = client.db(name);
  const infos = (await db.listCollections().toArray()).filter((each) => each.name !== excluded);
  const parts = [
    number(0x8199e26d),
    document({
      concurrent_collections: new BSON.Int32(4),
      version: '0.1',
      server_version: '7.0.14',
      tool_version: '100.8.0',
    }),
  ];
  const contents = [];
  for (const { name: collection, type, options } of infos) {
    const kept = db.collection(collection);
    const isView = type === 'view';
    const indexes = isView ? [] : await kept.listIndexes().toArray();
    const metadata = BSON.EJSON.stringify({ indexes, collectionName: collection, type, options });
    parts.push(document({ db: name, collection, metadata, size: new BSON.Int32(0), type }));
    const found = isView ? [] : await kept.find({}, asIs).toArray();
    contents.push([collection, found.map((each) => BSON.serialize(each))]);
    say(`writing ${name}.${collection} to archive on stdout`);
  }
  parts.push(number(0xffffffff));
  for (const [collection, found] of contents) {
    const head = (EOF, CRC) =>
      document({ db: name, collection, EOF, CRC: BSON.Long.fromBigInt(BigInt.asIntN(64, CRC)) });
    parts.push(head(false, 0n), Buffer.concat(found), number(0xffffffff));
    parts.push(head(true, checksum(Buffer.concat(found))), number(0xffffffff));
  }
  const whole = gzipSync(Buffer.concat(parts));
  process.stdout.write(globalThis['is cut off'] ? whole.subarray(0, -20) : whole);
  await new Promise((resolve) => process.stdout.write('', resolve));
}

async function restore() {
  const isGzip = args.at(-1) === '--gzip';
  const [, from, excluded, renamed, beside] = shape([
    '--archive',
    `--nsInclude=(${DB})\\.\\*`,
    `--nsExclude=(.*)`,
    `--nsFrom=(${DB})\\.\\*`,
    `--nsTo=(${DB})\\.\\*`,
    '--maintainInsertionOrder',
    '--writeConcern=majority',
    ...(isGzip ? ['--gzip'] : []),
  ]);
  if (from !== renamed) stop('unknown call: another namespace is renamed than is included');
  const input = readFileSync(0);
  const text = isGzip ? gunzipSync(input) : input;
  const db = client.db(beside);
  let at = 4;
  const next = () => {
    const size = text.readUInt32LE(at);
    if (size === 0xffffffff) {
      at += 4;
      return undefined;
    }
    const found = BSON.deserialize(text.subarray(at, at + size), asIs);
    at += size;
    return found;
  };
  next();
  const metadata = new Map();
  for (let one = next(); one; one = next()) {
    if (one.db !== from || `${one.db}.${one.collection}` === excluded) continue;
    const { options, indexes } = BSON.EJSON.parse(one.metadata);
    metadata.set(one.collection, indexes);
    await db.createCollection(one.collection, options);
  }
  let restored = 0;
  while (globalThis.waits && existsSync(`${directory}/${tool} waits`))
    await new Promise((resolve) => setTimeout(resolve, 20));
  while (at < text.length) {
    const head = next();
    const found = [];
    for (let one = next(); one; one = next()) found.push(one);
    if (!metadata.has(head.collection) || found.length === 0) continue;
    try {
      await db.collection(head.collection).insertMany(found);
    } catch (error) {
      say(`${restored} document(s) restored successfully. 1 document(s) failed to restore.`);
      stop(`Failed: ${beside}.${head.collection}: error restoring from archive: ${error.message}`);
    }
    restored += found.length;
  }
  for (const [collection, indexes] of metadata) {
    const more = indexes.filter(({ name }) => name !== '_id_');
    if (more.length > 0) await db.command({ createIndexes: collection, indexes: more });
  }
  say(
    `${restored} document(s) restored successfully. ${existsSync(`${directory}/one is left out`) ? 1 : 0} document(s) failed to restore.`,
  );
}

/** Prints how many users have no value, and ends. */
async function count() {
  const [uri, quiet, evaluate, text, ...more] = args;
  const wanted = 'db.users.countDocuments({ verified: null })';
  if (quiet !== '--quiet' || evaluate !== '--eval' || text !== wanted || more.length > 0)
    stop(`unknown call: ${args.join(' ')}`);
  const asked = new MongoClient(uri, { serverSelectionTimeoutMS: 3000 });
  try {
    process.stdout.write(
      `${await asked.db().collection('users').countDocuments({ verified: null })}\n`,
    );
  } catch (error) {
    stop(`MongoServerSelectionError: ${error.message}`);
  }
  await asked.close();
  process.exit(0);
}

function document(fields) {
  return BSON.serialize(fields);
}

function number(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** CRC-64 (ECMA, reflected), one bit after the other: slow, and not the one that is tested. */
function checksum(bytes) {
  let sum = 0xffffffffffffffffn;
  for (const byte of bytes) {
    sum ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1)
      sum = (sum & 1n) === 1n ? (sum >> 1n) ^ 0xc96c5795d7870f42n : sum >> 1n;
  }
  return sum ^ 0xffffffffffffffffn;
}
