/**
 * MongoDB through STAND-INS for its server and tools, which cannot be installed where these tests run: see
 * mongo-server-stand-in.ts and mongo-tools-stand-in.mjs of the sandbox. Only `recorded.archive.gz` was written by the real mongodump (100.8.0). MongoDB itself is not tested here.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { BSON, type Document } from 'mongodb';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Component } from '../../../src/component.ts';
import { readArchive } from '../../../src/integrations/mongodb/archive.ts';
import { createMongodb } from '../../../src/integrations/mongodb/index.ts';
import {
  type MongoStandIn,
  openMongo,
} from '../../../src/sandbox/database/mongo-server-stand-in.ts';
import { hanging, script } from '../command/places.ts';
import { type Fault, restoreContract } from '../database/contract.ts';
import { intend, operationOf, perform, pointsOf, sequenceOf, takeBackup } from '../restoring.ts';
import { createTools, REAL_TOOLS, type Tools } from './tools.ts';

const never = new AbortController().signal;
const DAY_MS = 24 * 3_600_000;
const EVERYTHING = ['createCollection', 'createIndex', 'dropDatabase', 'find', 'insert', 'update'];

let server: MongoStandIn;
let directory: string;
let backups: string;
let tools: Tools;
let component: Component;

beforeEach(async () => {
  server = await openMongo();
  directory = mkdtempSync(join(tmpdir(), 'backstop-mongo-'));
  backups = mkdtempSync(join(tmpdir(), 'backstop-backups-'));
  tools = createTools(directory);
  uses('shop');
  const yesterday = new Date(Date.now() - DAY_MS);
  const users = server.collection('shop', 'users');
  users.indexes.push({ v: new BSON.Int32(2), key: { email: new BSON.Int32(1) }, name: 'email_1' });
  for (let n = 1; n <= 10; n += 1)
    users.documents.push({
      _id: n,
      email: `u${n}@shop.example`,
      verified: true,
      updatedAt: yesterday,
    });
  server
    .collection('shop', 'orders')
    .documents.push({ _id: idAt(yesterday), total: new BSON.Int32(5) });
  server.collection('shop', 'countries').documents.push({ _id: 'DE' }, { _id: 'FR' });
  server.view('shop', 'verified', 'users');
  component = make();
});
afterEach(async () => {
  await server.close();
  for (const each of [directory, backups]) rmSync(each, { recursive: true, force: true });
});

/** What a team's own command keeps: here a file. */
const uses = (name: string) => writeFileSync(join(directory, 'used'), `${name}\n`);
const used = () => readFileSync(join(directory, 'used'), 'utf8').trim();
const idAt = (when: Date) => BSON.ObjectId.createFromTime(Math.floor(when.getTime() / 1000));
const documents = (database: string, name: string): readonly Document[] =>
  server.databases.get(database)?.get(name)?.documents ?? [];
const names = () => [...server.databases.keys()].sort();

function make(settings: Record<string, unknown> = {}): Component {
  return createMongodb({
    id: 'database',
    settings: {
      database: 'shop',
      server: { uri: `mongodb://127.0.0.1:${server.port}`, tls: 'disable' },
      tools: tools.path,
      backups,
      used: {
        read: ['cat', join(directory, 'used')],
        set: ['sh', '-c', `echo "$1" > ${join(directory, 'used')}`, 'set', '{database}'],
      },
      ...settings,
    },
    connections: {},
  });
}

/** What corrupts the data in guide 002's example, and what customers do meanwhile. */
function corrupt(): void {
  const later = new Date(Date.now() + 5_000);
  for (const user of documents('shop', 'users').slice(0, 9))
    Object.assign(user, { verified: null, updatedAt: later });
  server
    .collection('shop', 'users')
    .documents.push({ _id: 11, email: 'new, "quoted"\nline', updatedAt: later });
  server
    .collection('shop', 'orders')
    .documents.push({ _id: idAt(later), total: new BSON.Int32(7) });
  server.collection('shop', 'later').documents.push({ _id: 1 });
}

async function restored() {
  const point = await takeBackup(component, 'good');
  corrupt();
  const [fresh] = await pointsOf(component).list(never);
  const calls = sequenceOf(component, fresh ?? point);
  for (const call of calls) {
    const done = await perform(component, call);
    expect([call.operation, done]).toMatchObject([
      call.operation,
      { progress: { state: 'succeeded' }, recovery: { state: 'done' } },
    ]);
  }
  return calls;
}
const inputOf = (call: { readonly input: unknown }) => call.input as Record<string, string>;

restoreContract({
  make: (settings) => make(settings),
  backups: () => backups,
  extension: '.archive.gz',
  databases: names,
  live: used,
  picture: () => [used(), BSON.EJSON.stringify([...(server.databases.get(used()) ?? [])])],
  users(database) {
    const all = documents(database, 'users');
    return { rows: all.length, wrong: all.filter(({ verified }) => verified === null).length };
  },
  corrupt() {
    corrupt();
    server.collection('shop', 'users').indexes.push({ v: 2, key: { wrong: 1 }, name: 'wrong_1' });
  },
  added: 'users.index wrong_1',
  // What is written then is dated later.
  later: async () => undefined,
  replaceLive() {
    const live = server.databases.get('shop');
    server.databases.delete('shop');
    for (const name of live?.keys() ?? []) server.collection('shop', name);
  },
  create: (name) => void server.collection(name, 'theirs').documents.push({ _id: 1 }),
  misplace() {
    const theirs = 'shop_new_20260101000000000';
    server.collection(theirs, 'users').documents.push({ _id: 1 });
    uses(theirs);
  },
  other() {
    server.collection('other', 'a').documents.push({ _id: 1 });
    const used = { read: ['echo', 'other'], set: ['echo', '{database}'] };
    return make({ database: 'other', used });
  },
  spoilt: (fault, mark) => ({ tools: spoiltTools(fault, mark) }),
  logins: () =>
    void server
      .collection('shop', 'logins')
      .documents.push({ _id: 1, createdAt: new Date(Date.now() - DAY_MS) }),
  moreLogins: () =>
    void server
      .collection('shop', 'logins')
      .documents.push({ _id: 2, createdAt: new Date(Date.now() + 5_000) }),
  version: /MongoDB 7\.0\.14/,
  words: { row: 'document', rows: 'documents', table: 'collection' },
});

/** A folder of tools of which one misbehaves around the other. */
function spoiltTools(fault: Fault, mark: string): string {
  const folder = mkdtempSync(join(directory, 'tools-'));
  const real = (tool: string) => join(tools.path, tool);
  const scripts: Readonly<Record<Fault, readonly [string, string]>> = {
    'dump fails': ['mongodump', 'echo half; exit 1'],
    'dump is cut off': ['mongodump', `${real('mongodump')} "$@" | head -c 200`],
    'dump does nothing': ['mongodump', 'exit 0'],
    'dump hangs': ['mongodump', `trap '' TERM; ${hanging(mark)}`],
    'restore fails half-way': ['mongorestore', `${real('mongorestore')} "$@"; exit 1`],
    'restore hangs half-way': [
      'mongorestore',
      `trap '' TERM; ${real('mongorestore')} "$@"; ${hanging(mark)}`,
    ],
  };
  const [spoilt, lines] = scripts[fault];
  for (const tool of ['mongodump', 'mongorestore']) {
    const misbehaves = `case "$*" in *--archive*) ${lines}; exit;; esac\n`;
    script(folder, tool, `${tool === spoilt ? misbehaves : ''}exec ${real(tool)} "$@"`);
  }
  return folder;
}

describe('its backups', () => {
  test('recorded from the real mongodump can be read to their end', async () => {
    const recorded = join(import.meta.dirname, 'recorded.archive.gz');

    const read = await readArchive(recorded, (name) => name === 'shop');

    expect(read).toEqual({
      state: 'whole',
      header: { database: 'shop', createdAt: undefined, serverVersion: '7.0.14' },
    });
  });

  test('of the real mongodump are not whole when any byte is missing or other', async () => {
    const whole = gunzipSync(readFileSync(join(import.meta.dirname, 'recorded.archive.gz')));
    const file = join(backups, 'cut.archive');
    const data = whole.indexOf('u5@shop.example');

    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(file, whole.subarray(0, length));
      expect([length, (await readArchive(file, () => true)).state]).toEqual([length, 'broken']);
    }
    const other = Buffer.from(whole);
    other[data] = 0x78;
    writeFileSync(file, other);
    expect(await readArchive(file, () => true)).toMatchObject({
      state: 'broken',
      reason: expect.stringContaining('the checksum of shop.users is another'),
    });
  }, 120_000);

  test.each<[string, (good: Buffer) => Buffer, string]>([
    ['a gzip that is cut off', (good) => good.subarray(0, -12), 'cannot be read to its end'],
    [
      'a whole gzip of an archive that is cut off',
      (good) => gzipSync(gunzipSync(good).subarray(0, -4)),
      'ends within',
    ],
    ['something else', () => Buffer.from('-- Dump completed\n'), 'no archive'],
    ['nothing', () => Buffer.alloc(0), 'empty'],
  ])('are not offered when they are %s', async (_name, bytes, reason) => {
    const good = await takeBackup(component, 'good');
    writeFileSync(join(backups, 'bad.archive.gz'), bytes(readFileSync(join(backups, good.id))));

    const bad = (await pointsOf(component).list(never)).find(({ id }) => id === 'bad.archive.gz');

    expect(bad).toMatchObject({ available: false, reason: expect.stringContaining(reason) });
    const [, beside] = sequenceOf(component, { ...good, id: 'bad.archive.gz' });
    const checks = await operationOf(component, beside).preflight(beside.input, never);
    expect(checks.filter(({ verdict, blocking }) => verdict === 'fail' && blocking)).not.toEqual(
      [],
    );
  });
});

describe('a restore', () => {
  test('brings the old data back, keeps everything, and exports what was written meanwhile', async () => {
    const [, beside, , exported] = await restored();
    const fresh = inputOf(beside)['beside'] ?? '';

    expect(used()).toBe(fresh);
    expect(names()).toEqual(['shop', fresh].sort());
    expect(documents(fresh, 'users')).toHaveLength(10);
    expect(documents(fresh, 'users').every(({ verified }) => verified === true)).toBe(true);
    expect([...(server.databases.get(fresh)?.keys() ?? [])].sort()).toEqual(
      ['backstop_restore', 'countries', 'orders', 'users', 'verified'].sort(),
    );
    expect(
      server.databases
        .get(fresh)
        ?.get('users')
        ?.indexes.map(({ name }) => name),
    ).toEqual(['_id_', 'email_1']);
    expect(documents('shop', 'users')).toHaveLength(11);
    const root = join(backups, 'exports', inputOf(exported)['directory'] ?? '');
    const contents = JSON.parse(readFileSync(join(root, 'contents.json'), 'utf8'));
    expect(contents).toMatchObject({
      from: 'shop',
      onlyAdded: ['orders'],
      unknown: ['countries', 'later'],
    });
    const lines = (name: string) =>
      readFileSync(
        join(root, contents.exported.find((each: { table: string }) => each.table === name).file),
        'utf8',
      )
        .trim()
        .split('\n')
        .map((line) => BSON.EJSON.parse(line));
    expect(lines('users')).toHaveLength(10);
    expect(lines('users').at(-1)).toMatchObject({ email: 'new, "quoted"\nline' });
    expect(lines('orders')).toEqual([expect.objectContaining({ total: 7 })]);
  });

  test('renames, copies and drops nothing on the server', async () => {
    await restored();

    const changing = server.commands.filter((name) =>
      /^(rename|drop|clone|copy|update|delete|findAndModify)/i.test(name),
    );
    // The mark of the restored database, before and after.
    expect(changing).toEqual(['update', 'update']);
  });

  test('shows collections, counts and indexes side by side before the switch', async () => {
    const point = await takeBackup(component, 'good');
    corrupt();
    server.collection('shop', 'users').indexes.push({ v: 2, key: { wrong: 1 }, name: 'wrong_1' });
    const [safety, beside, change] = sequenceOf(component, point);
    await perform(component, safety);
    await perform(component, beside);

    const shown = await operationOf(component, change).describe(change.input, never);
    const checks = await operationOf(component, change).preflight(change.input, never);

    const fresh = inputOf(beside)['beside'];
    expect(shown).toEqual([
      { what: 'database that the application uses', from: 'shop', to: fresh },
      { what: 'database shop', from: 'in use', to: 'kept as it is' },
      { what: 'collection later', from: '1 document', to: 'no such collection' },
      { what: 'collection orders', from: '2 documents', to: '1 document' },
      { what: 'collection users', from: '11 documents', to: '10 documents' },
      { what: '1 other collection', from: 'its number of documents', to: 'the same number' },
    ]);
    expect(checks.find(({ name }) => name === 'The collections are the same')).toMatchObject({
      verdict: 'warn',
      reason: expect.stringContaining('users.index wrong_1'),
    });
    expect(operationOf(component, change).asksAgain).toBe(true);
  });

  test('can be taken back, and then be done again', async () => {
    const [, beside, change] = await restored();
    const fresh = inputOf(beside)['beside'] ?? '';
    const back = operationOf(component, change).undo?.(change.input);
    if (!back) throw new Error('It cannot be taken back.');

    const done = await perform(component, back);

    expect(done).toMatchObject({ progress: { state: 'succeeded' }, recovery: { state: 'done' } });
    expect(used()).toBe('shop');
    expect(names()).toEqual(['shop', fresh].sort());
    const again = await perform(component, change);
    expect(again.recovery).toEqual({ state: 'done' });
    expect(used()).toBe(fresh);
  });

  test('of a restored database goes by the name that is used then', async () => {
    const [, first] = await restored();
    const fresh = inputOf(first)['beside'] ?? '';
    const point = await takeBackup(component, 'second');
    const [, beside, change, exported] = sequenceOf(component, point);

    expect(point).toMatchObject({ available: true, replaces: fresh });
    expect(inputOf(change)['kept']).toBe(fresh);
    expect(inputOf(exported)['kept']).toBe(fresh);
    expect(inputOf(beside)['beside']).toMatch(/^shop_new_\d{17}$/);
  });

  test('tells of ObjectIds what was added, and that the rest is not known', async () => {
    const point = await takeBackup(component, 'good');
    corrupt();

    const losses = await pointsOf(component).losses(point, never);

    expect(losses[0]).toMatch(
      /^1 document of orders, added since .* UTC; how many were changed is not known\.$/,
    );
  });
});

describe('what goes wrong', () => {
  test('a document that does not fit ends the restore, and it may be repeated', async () => {
    const point = await takeBackup(component, 'good');
    const [safety, beside] = sequenceOf(component, point);
    await perform(component, safety);
    server.fail('insert', {
      code: 121,
      codeName: 'DocumentValidationFailure',
      errmsg: 'Document failed validation',
    });

    const failed = await perform(component, beside);

    expect(failed.progress).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('failed'),
    });
    expect(failed.recovery).toEqual({ state: 'not-started' });
    const again = await perform(component, beside);
    expect(again.recovery).toEqual({ state: 'done' });
    expect(server.commands).toContain('dropDatabase');
    expect(documents('shop', 'users')).toHaveLength(10);
  });

  test.skipIf(REAL_TOOLS)(
    'a document that is left out is a failure, whatever the exit code',
    async () => {
      const [safety, beside] = sequenceOf(component, await takeBackup(component, 'good'));
      await perform(component, safety);
      tools.tell('one is left out');

      const { progress, recovery } = await perform(component, beside);

      expect(progress).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('1 document(s) failed'),
      });
      expect(recovery).toEqual({ state: 'not-started' });
    },
  );

  test.each(['admin', 'shop2', 'shop_new_1', '', '--db=x', 'shop; rm'])(
    'a database %j that is none of its own is never worked on',
    async (name) => {
      await takeBackup(component, 'good');
      uses(name);

      await expect(pointsOf(component).list(never)).rejects.toThrow(/which database it uses/);
      await expect(perform(component, pointsOf(component).capture('next'))).resolves.toMatchObject({
        progress: { state: 'failed' },
        recovery: { state: 'not-started' },
      });
    },
  );

  test('a command that fails leaves it to a look', async () => {
    const failing = make({
      used: {
        read: ['cat', join(directory, 'used')],
        set: ['sh', '-c', 'echo no >&2; exit 3', 'set', '{database}'],
      },
    });
    const [safety, beside, change] = sequenceOf(failing, await takeBackup(failing, 'good'));
    await perform(failing, safety);
    await perform(failing, beside);
    const intent = await intend(failing, change);
    const operation = operationOf(failing, change);

    await expect(operation.submit(change.input, intent, never)).rejects.toMatchObject({
      detail: { kind: 'ambiguous' },
    });
    expect((await operation.recover(change.input, intent, undefined, never)).state).toBe(
      'not-started',
    );
  });

  test('a sharded cluster is refused', async () => {
    const [safety, beside] = sequenceOf(component, await takeBackup(component, 'good'));
    await perform(component, safety);
    server.sharded = true;

    const checks = await operationOf(component, beside).preflight(beside.input, never);
    const { progress } = await perform(component, beside);

    expect(checks).toContainEqual(
      expect.objectContaining({ verdict: 'fail', reason: expect.stringContaining('sharded') }),
    );
    expect(progress).toMatchObject({ state: 'failed', reason: expect.stringContaining('sharded') });
    expect(names()).toEqual(['shop']);
  });

  test('what takes too long is said to be unknown', async () => {
    const point = await takeBackup(component, 'good');
    const tooLong = { code: 50, codeName: 'MaxTimeMSExpired', errmsg: 'exceeded time limit' };

    server.fail('counting', tooLong);
    const uncounted = await pointsOf(component).losses(point, never);
    server.fail('aggregate', tooLong);
    const unsampled = await pointsOf(component).losses(point, never);

    expect(uncounted).toContain(
      'How many documents of orders, users were written is not known: counting took too long.',
    );
    expect(unsampled.filter((each) => each.includes('were written is not known'))).toHaveLength(1);
  });

  test.each<[string, () => Component, RegExp]>([
    [
      'a server that does not answer',
      () => make({ server: { uri: 'mongodb://127.0.0.1:1', tls: 'disable' } }),
      /can be reached/,
    ],
    [
      'a server without TLS where it is asked for',
      () => make({ server: { uri: `mongodb://127.0.0.1:${server.port}` } }),
      /can be reached|tls/,
    ],
    ['tools that are not there', () => make({ tools: '/nowhere' }), /is there and executable/],
  ])(
    'the doctor tells %s',
    async (_name, of, words) => {
      const findings = await of().doctor(never);

      const bad = findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown');
      expect(bad.map(({ reason, next }) => `${reason} ${next}`).join('\n')).toMatch(words);
    },
    30_000,
  );
});

describe('who may do it', () => {
  const login = { user: 'backstop', password: 'p@ss/w"ord\\:77' };
  const secured = (of = login) =>
    make({
      server: {
        uri: `mongodb://127.0.0.1:${server.port}/?authMechanism=PLAIN&authSource=$external`,
        tls: 'disable',
        ...of,
      },
    });
  beforeEach(async () => {
    const { databases } = server;
    await server.close();
    server = await openMongo(login);
    for (const [name, collections] of databases) server.databases.set(name, collections);
    server.actions = EVERYTHING;
  });

  test('the password is in no argument, no file that stays, and no message', async () => {
    // A place of its own: other tests put such files where everybody does.
    vi.stubEnv('TMPDIR', directory);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const of = secured();
    const [safety, beside] = sequenceOf(of, await takeBackup(of, 'good'));
    await perform(of, safety);
    await perform(of, beside);
    const wrong = await secured({ ...login, password: 'wrong-p@ss' }).doctor(never);

    const calls = inspect(tools.calls(), { depth: null });
    const said = inspect(wrong, { depth: null });
    for (const secret of [
      login.password,
      encodeURIComponent(login.password),
      'wrong-p@ss',
      'wrong-p%40ss',
    ]) {
      expect(calls).not.toContain(secret);
      expect(said).not.toContain(secret);
    }
    expect(said).toContain('Check user, password and authSource');
    expect(readdirSync(directory).filter((name) => name.startsWith('backstop-mongodb-'))).toEqual(
      [],
    );
  });

  test('the doctor passes a user with the rights, and names those that are missing', async () => {
    await takeBackup(secured(), 'good');
    const enough = await secured().doctor(never);
    server.actions = ['find'];
    const lacking = await secured().doctor(never);

    const rights = (all: typeof enough) =>
      all.find(({ what }) => what.includes('right to restore'));
    expect(rights(enough)).toMatchObject({ verdict: 'pass' });
    expect(rights(lacking)).toMatchObject({
      verdict: 'fail',
      reason:
        'On a new database it may not createCollection, createIndex, dropDatabase, insert, update.',
    });
  });
});

describe('docs/permissions/mongodb.json', () => {
  const { privileges, roles } = JSON.parse(
    readFileSync(new URL('../../../docs/permissions/mongodb.json', import.meta.url), 'utf8'),
  ) as { privileges: { resource: unknown; actions: string[] }[]; roles: unknown[] };
  const granted = privileges.flatMap(({ actions }) => actions);
  /** In the role though no call here asks for it. */
  const also = {
    collMod: 'mongorestore asks for it with collections that have options to be set afterwards',
    listIndexes: 'mongorestore looks which indexes are there already',
    collStats: 'mongorestore and mongodump ask for it on some versions of the server',
  };
  const reader = { user: 'reader', password: 'reads-only-77' };
  const restorer = { user: 'restorer', password: 'restores-too-77' };
  /** Of the built-in role readAnyDatabase, as far as it matters. */
  const READ_ANY = ['collStats', 'dbStats', 'find', 'listCollections', 'listIndexes'];

  async function open(may: readonly string[]) {
    const { databases } = server;
    await server.close();
    server = await openMongo(reader, restorer);
    for (const [name, collections] of databases) server.databases.set(name, collections);
    server.granted.set(reader.user, READ_ANY);
    server.granted.set(restorer.user, may);
    component = make({
      server: {
        uri: `mongodb://127.0.0.1:${server.port}/?authMechanism=PLAIN&authSource=$external`,
        tls: 'disable',
        ...reader,
      },
      restoreAs: restorer,
    });
  }
  /** A restore that fails once and leaves something, another that throws that away, the switch, the export, the doctor. */
  async function everything() {
    const point = await takeBackup(component, 'good');
    const [safety, beside, change, exported] = sequenceOf(component, point);
    expect((await perform(component, safety)).recovery).toEqual({ state: 'done' });
    const errmsg = 'Document failed validation';
    server.fail('insert', { code: 121, codeName: 'DocumentValidationFailure', errmsg });
    expect((await perform(component, beside)).recovery).toEqual({ state: 'not-started' });
    corrupt();
    for (const call of [beside, change, exported])
      expect([call.operation, (await perform(component, call)).recovery.state]).toEqual([
        call.operation,
        'done',
      ]);
    const findings = await component.doctor(never);
    expect(findings.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
  }

  test.skipIf(REAL_TOOLS)(
    'is enough for a restore, and holds nothing that is not asked for',
    async () => {
      await open(granted);

      await everything();

      const asked = server.needed.get(restorer.user) ?? new Set();
      expect([...granted].sort()).toEqual([...new Set([...asked, ...Object.keys(also)])].sort());
      expect(privileges.map(({ resource }) => resource)).toEqual([{ db: '', collection: '' }]);
      expect(roles).toEqual([]);
    },
  );

  test.skipIf(REAL_TOOLS).each(granted.filter((action) => !(action in also)))(
    'is not enough without %s',
    async (action) => {
      await open(granted.filter((each) => each !== action));

      await expect(everything()).rejects.toThrow();
    },
  );
});

describe('its settings', () => {
  test.each<[string, Record<string, unknown>]>([
    ['an address with a password', { server: { uri: 'mongodb://a:b@db/' } }],
    ['an address with a database', { server: { uri: 'mongodb://db/shop' } }],
    [
      'an address that takes any certificate',
      { server: { uri: 'mongodb://db/?tlsInsecure=true' } },
    ],
    ['a command that does not take the name', { used: { read: ['cat'], set: ['true'] } }],
    [
      'a command that takes something else',
      { used: { read: ['cat'], set: ['a', '{database}', '{what}'] } },
    ],
  ])('%s is refused in backstop.yaml', (_name, settings) => {
    expect(() => make(settings)).toThrow();
  });
});
