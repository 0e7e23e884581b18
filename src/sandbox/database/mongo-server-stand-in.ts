/**
 * A stand-in for a MongoDB server. It is NOT MongoDB, which cannot be installed where these tests run: it speaks the documented wire
 * protocol (OP_MSG, and OP_QUERY for the first greeting), keeps documents in memory, and answers the commands that MongoDB's driver,
 * mongodump and mongorestore send for what Backstop does, each as its reference page describes. Every other command is refused.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { BSON, type Document } from 'mongodb';

export interface Kept {
  readonly uuid: BSON.UUID;
  readonly type: 'collection' | 'view';
  readonly options: Document;
  readonly indexes: Document[];
  readonly documents: Document[];
}

export interface MongoStandIn {
  readonly port: number;
  /** By database and collection, to look at and to write. */
  readonly databases: Map<string, Map<string, Kept>>;
  /** Creates the collection where it is missing. */
  collection(database: string, name: string): Kept;
  /** Adds a view. */
  view(database: string, name: string, on: string): void;
  /** The names of all commands so far. */
  readonly commands: string[];
  /** Answers the next command of this name with an error of this code, or never; `counting` is an aggregate that counts. */
  fail(command: string, how: { code: number; codeName: string; errmsg: string } | 'silence'): void;
  /** Whether it says that it is the router of a sharded cluster. */
  sharded: boolean;
  /** What users may do everywhere, once they have logged in, as they are told; nobody is held to it. */
  actions: readonly string[];
  /** What a user may do everywhere, and is held to: by the privilege actions that MongoDB's manual names for each command. */
  readonly granted: Map<string, readonly string[]>;
  /** The actions that each user's commands have needed so far. */
  readonly needed: Map<string, Set<string>>;
  close(): Promise<void>;
}

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

/** @param logins who may come in, by the mechanism PLAIN; everybody where there are none. */
export async function openMongo(
  ...logins: readonly { readonly user: string; readonly password: string }[]
): Promise<MongoStandIn> {
  const databases: MongoStandIn['databases'] = new Map();
  const failures = new Map<string, Parameters<MongoStandIn['fail']>[1]>();
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    const session = { user: undefined as string | undefined };
    let held = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      held = Buffer.concat([held, chunk]);
      while (held.length >= 4 && held.length >= held.readInt32LE(0)) {
        const message = held.subarray(0, held.readInt32LE(0));
        held = held.subarray(message.length);
        const answer = answerTo(message, session);
        if (answer) socket.write(answer);
      }
    });
  });

  function answerTo(message: Buffer, session: { user: string | undefined }): Buffer | undefined {
    const request = message.readInt32LE(4);
    if (message.readInt32LE(12) === OP_QUERY) {
      const start = message.indexOf(0, 20) + 1 + 8;
      const query = BSON.deserialize(message.subarray(start, start + message.readInt32LE(start)));
      const body = BSON.serialize(perform('hello', query, 'admin', session));
      const head = Buffer.alloc(20);
      head.writeInt32LE(1, 16);
      return framed(OP_REPLY, request, Buffer.concat([head, body]));
    }
    const command = commandOf(message);
    const [name = ''] = Object.keys(command);
    commands.push(name);
    const kind = isCount(command) ? 'counting' : name;
    const failure = failures.get(kind);
    failures.delete(kind);
    if (failure === 'silence') return undefined;
    const reply = failure
      ? { ok: 0, ...failure }
      : perform(name, command, String(command['$db']), session);
    return framed(
      OP_MSG,
      request,
      Buffer.concat([Buffer.from([0, 0, 0, 0, 0]), BSON.serialize(reply)]),
    );
  }

  function keep(database: string, name: string, options: Document = {}): Kept {
    const collections = databases.get(database) ?? new Map<string, Kept>();
    databases.set(database, collections);
    const { viewOn, ...rest } = options;
    const kept: Kept = collections.get(name) ?? {
      uuid: new BSON.UUID(randomUUID()),
      type: viewOn === undefined ? 'collection' : 'view',
      options: viewOn === undefined ? rest : options,
      indexes: [{ v: new BSON.Int32(2), key: { _id: new BSON.Int32(1) }, name: '_id_' }],
      documents: [],
    };
    collections.set(name, kept);
    return kept;
  }

  function perform(
    name: string,
    command: Document,
    database: string,
    session: { user: string | undefined },
  ): Document {
    const on = String(command[name]);
    const kept = databases.get(database)?.get(on);
    const batch = (documents: readonly Document[]) => ({
      ok: 1,
      cursor: { id: BSON.Long.ZERO, ns: `${database}.${on}`, firstBatch: documents },
    });
    const open = [
      'hello',
      'isMaster',
      'ismaster',
      'saslStart',
      'buildInfo',
      'buildinfo',
      'ping',
      'endSessions',
    ];
    if (logins.length > 0 && session.user === undefined && !open.includes(name))
      return {
        ok: 0,
        code: 13,
        codeName: 'Unauthorized',
        errmsg: `command ${name} requires authentication`,
      };
    const lacks = actionsFor(name, command).filter((action) => !mayDo(session.user, action));
    if (lacks.length > 0) {
      const errmsg = `not authorized on ${database} to execute command ${name}: ${lacks.join(', ')}`;
      return { ok: 0, code: 13, codeName: 'Unauthorized', errmsg };
    }
    switch (name) {
      case 'hello':
      case 'isMaster':
      case 'ismaster':
        return {
          ok: 1,
          helloOk: true,
          isWritablePrimary: true,
          ismaster: true,
          ...(standIn.sharded ? { msg: 'isdbgrid' } : {}),
          maxBsonObjectSize: 16_777_216,
          maxMessageSizeBytes: 48_000_000,
          maxWriteBatchSize: 100_000,
          localTime: new Date(),
          logicalSessionTimeoutMinutes: 30,
          connectionId: 1,
          minWireVersion: 0,
          maxWireVersion: 21,
          readOnly: false,
        };
      case 'saslStart': {
        const payload = command['payload'] as BSON.Binary | Buffer;
        const text = Buffer.from(
          'buffer' in payload && !Buffer.isBuffer(payload) ? payload.buffer : (payload as Buffer),
        );
        const [, user, password] = text.toString('utf8').split('\0');
        if (!logins.some((login) => user === login.user && password === login.password))
          return {
            ok: 0,
            code: 18,
            codeName: 'AuthenticationFailed',
            errmsg: 'Authentication failed.',
          };
        session.user = user;
        return { ok: 1, conversationId: 1, done: true, payload: new BSON.Binary(Buffer.alloc(0)) };
      }
      case 'buildInfo':
      case 'buildinfo':
        return { ok: 1, version: '7.0.14', versionArray: [7, 0, 14, 0] };
      case 'ping':
      case 'endSessions':
      case 'killCursors':
        return { ok: 1 };
      case 'connectionStatus':
        return {
          ok: 1,
          authInfo: {
            authenticatedUsers:
              session.user === undefined ? [] : [{ user: session.user, db: '$external' }],
            authenticatedUserRoles: [],
            authenticatedUserPrivileges: [
              {
                resource: { db: '', collection: '' },
                actions: [...(standIn.granted.get(session.user ?? '') ?? standIn.actions)],
              },
            ],
          },
        };
      case 'serverStatus':
        return { ok: 1, storageEngine: { name: 'wiredTiger' } };
      case 'getParameter':
        return { ok: 1 };
      case 'dbStats':
        return { ok: 1, db: database, dataSize: sizeOf(databases.get(database)) };
      case 'listDatabases':
        return { ok: 1, databases: [...databases.keys()].map((each) => ({ name: each })) };
      case 'listCollections':
        return batch(
          [...(databases.get(database) ?? [])]
            .filter(([each]) => matches({ name: each }, command['filter'] ?? {}))
            .map(([each, { type, options, uuid }]) => ({
              name: each,
              type,
              options,
              info: { readOnly: type === 'view', ...(type === 'view' ? {} : { uuid }) },
              ...(type === 'view' ? {} : { idIndex: { v: 2, key: { _id: 1 }, name: '_id_' } }),
            })),
        );
      case 'listIndexes':
        return kept
          ? batch(kept.indexes)
          : { ok: 0, code: 26, codeName: 'NamespaceNotFound', errmsg: 'ns does not exist' };
      case 'count':
        return {
          ok: 1,
          n: (kept?.documents ?? []).filter((one) => matches(one, command['query'] ?? {})).length,
        };
      case 'find':
        return batch(
          (kept?.documents ?? []).filter((one) => matches(one, command['filter'] ?? {})),
        );
      case 'aggregate':
        return batch(aggregated(kept?.documents ?? [], command['pipeline'] as Document[]));
      case 'create':
        keep(database, on, optionsOf(command));
        return { ok: 1 };
      case 'createIndexes':
        keep(database, on).indexes.push(...(command['indexes'] as Document[]));
        return { ok: 1, numIndexesBefore: 1, numIndexesAfter: 2 };
      case 'insert':
        return inserted(keep(database, on), command['documents'] as Document[]);
      case 'update': {
        const { documents } = keep(database, on);
        const [change] = command['updates'] as [Document];
        documents.splice(0, documents.length, {
          _id: documents[0]?.['_id'] ?? newId(),
          ...change['u'],
        });
        return { ok: 1, n: 1, nModified: 1 };
      }
      case 'dropDatabase':
        databases.delete(database);
        return { ok: 1, dropped: database };
      default:
        return {
          ok: 0,
          code: 59,
          codeName: 'CommandNotFound',
          errmsg: `no such command: '${name}'`,
        };
    }
  }

  function mayDo(user: string | undefined, action: string): boolean {
    const granted = user === undefined ? undefined : standIn.granted.get(user);
    if (user === undefined || !granted) return true;
    standIn.needed.set(user, (standIn.needed.get(user) ?? new Set()).add(action));
    return granted.includes(action);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const standIn: MongoStandIn = {
    port: typeof address === 'object' && address ? address.port : 0,
    databases,
    commands,
    sharded: false,
    actions: [],
    granted: new Map(),
    needed: new Map(),
    collection: (database, name) => keep(database, name),
    view: (database, name, on) => void keep(database, name, { viewOn: on, pipeline: [] }),
    fail: (command, how) => void failures.set(command, how),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}

/** MongoDB's manual, "Privilege Actions"; what needs none, or is of the cluster, is not in it. */
const ACTIONS: Readonly<Record<string, string>> = {
  find: 'find',
  aggregate: 'find',
  count: 'find',
  listCollections: 'listCollections',
  listIndexes: 'listIndexes',
  dbStats: 'dbStats',
  create: 'createCollection',
  createIndexes: 'createIndex',
  insert: 'insert',
  update: 'update',
  dropDatabase: 'dropDatabase',
};

function actionsFor(name: string, command: Document): readonly string[] {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  const updates = (command['updates'] ?? []) as readonly Document[];
  const inserts = updates.some(({ upsert }) => upsert) ? ['insert'] : [];
  return action === undefined ? [] : [action, ...inserts];
}

function framed(kind: number, request: number, body: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeInt32LE(16 + body.length, 0);
  head.writeInt32LE(randomBytes(3).readUIntLE(0, 3), 4);
  head.writeInt32LE(request, 8);
  head.writeInt32LE(kind, 12);
  return Buffer.concat([head, body]);
}

/** Its body, with the documents that came beside it. Values keep their types, so that a backup holds what was written. */
function commandOf(message: Buffer): Document {
  const asIs = { promoteValues: false } as const;
  let command: Document = {};
  for (let at = 20; at < message.length; ) {
    const kind = message[at];
    const size = message.readInt32LE(at + 1);
    const section = message.subarray(at + 1, at + 1 + size);
    at += 1 + size;
    if (kind === 0) {
      command = { ...BSON.deserialize(section, asIs), ...command };
      continue;
    }
    const end = section.indexOf(0, 4);
    const documents: Document[] = [];
    for (let from = end + 1; from < section.length; from += section.readInt32LE(from))
      documents.push(
        BSON.deserialize(section.subarray(from, from + section.readInt32LE(from)), asIs),
      );
    command[section.subarray(4, end).toString()] = documents;
  }
  const { $db, ...rest } = command;
  return { ...rest, $db };
}

function isCount({ pipeline }: Document): boolean {
  return Array.isArray(pipeline) && pipeline.some((stage: Document) => stage['$group']);
}

function newId(): BSON.ObjectId {
  return new BSON.ObjectId();
}

function sizeOf(collections: ReadonlyMap<string, Kept> | undefined): number {
  const all = [...(collections?.values() ?? [])].flatMap(({ documents }) => documents);
  return all.reduce((sum, one) => sum + BSON.calculateObjectSize(one), 0);
}

function optionsOf({
  create: _name,
  $db: _db,
  lsid: _session,
  writeConcern: _concern,
  idIndex: _id,
  ...options
}: Document) {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !name.startsWith('$')));
}

function inserted({ documents, options }: Kept, more: readonly Document[]): Document {
  const required = (options['validator']?.['$jsonSchema']?.['required'] ?? []) as string[];
  const writeErrors: Document[] = [];
  for (const [index, one] of more.entries()) {
    if (required.some((field) => !(field in one))) {
      writeErrors.push({ index, code: 121, errmsg: 'Document failed validation' });
      break;
    }
    documents.push(one);
  }
  return {
    ok: 1,
    n: more.length - writeErrors.length,
    ...(writeErrors.length > 0 && { writeErrors }),
  };
}

function aggregated(documents: readonly Document[], pipeline: readonly Document[]): Document[] {
  return pipeline.reduce<Document[]>(
    (found, stage) => {
      if (stage['$match']) return found.filter((one) => matches(one, stage['$match']));
      if (stage['$sample']) return found.slice(0, Number(stage['$sample'].size));
      if (stage['$group']) return found.length === 0 ? [] : [{ _id: 1, n: found.length }];
      throw new Error(`The stand-in does not know ${JSON.stringify(stage)}.`);
    },
    [...documents],
  );
}

/** The few words of the query language that Backstop and the tools use. */
function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([name, wanted]) => {
    if (name === '$or') return (wanted as Document[]).some((each) => matches(document, each));
    if (name === '$and') return (wanted as Document[]).every((each) => matches(document, each));
    const value: unknown = document[name];
    if (typeof wanted === 'object' && wanted !== null && '$gt' in wanted)
      return isGreater(value, wanted.$gt);
    if (typeof wanted === 'object' && wanted !== null && '$not' in wanted)
      return !new RegExp(String(wanted.$not.pattern ?? wanted.$not.source)).test(String(value));
    return String(value) === String(wanted);
  });
}

/** Only values of one type are compared, as MongoDB does. */
function isGreater(value: unknown, than: unknown): boolean {
  if (value instanceof Date && than instanceof Date) return value.getTime() > than.getTime();
  if (value instanceof BSON.ObjectId && than instanceof BSON.ObjectId)
    return value.toHexString() > than.toHexString();
  return false;
}
