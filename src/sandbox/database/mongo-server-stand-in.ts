/**
 * A stand-in for a MongoDB server. It is NOT MongoDB, which cannot be installed where these tests run: it keeps documents in memory,
 * and answers the commands that MongoDB's driver, mongodump and mongorestore send for what Backstop does, each as its reference page
 * describes. Every other command is refused.
 */

import { randomUUID } from 'node:crypto';
import { BSON, type Document } from 'mongodb';
import { actionsFor } from './mongo-privileges-stand-in.ts';
import { aggregated, isCount, matches } from './mongo-query-stand-in.ts';
import { listenForCommands, type Session } from './mongo-wire-stand-in.ts';

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

/** @param logins who may come in, by the mechanism PLAIN; everybody where there are none. */
export async function openMongo(
  ...logins: readonly { readonly user: string; readonly password: string }[]
): Promise<MongoStandIn> {
  const databases: MongoStandIn['databases'] = new Map();
  const failures = new Map<string, Parameters<MongoStandIn['fail']>[1]>();
  const commands: string[] = [];
  const server = await listenForCommands((command, isGreeting, session) => {
    if (isGreeting) return perform('hello', command, 'admin', session);
    const [name = ''] = Object.keys(command);
    commands.push(name);
    const kind = isCount(command) ? 'counting' : name;
    const failure = failures.get(kind);
    failures.delete(kind);
    if (failure === 'silence') return undefined;
    return failure
      ? { ok: 0, ...failure }
      : perform(name, command, String(command['$db']), session);
  });

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

  function perform(name: string, command: Document, database: string, session: Session): Document {
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

  const standIn: MongoStandIn = {
    port: server.port,
    databases,
    commands,
    sharded: false,
    actions: [],
    granted: new Map(),
    needed: new Map(),
    collection: (database, name) => keep(database, name),
    view: (database, name, on) => void keep(database, name, { viewOn: on, pipeline: [] }),
    fail: (command, how) => void failures.set(command, how),
    close: () => server.close(),
  };
  return standIn;
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
