import { execFileSync, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Component, RestorePoint } from '../../../src/component.ts';
import { createPostgresql } from '../../../src/integrations/postgresql/index.ts';
import type { Json, OperationCall } from '../../../src/operation.ts';
import { alive } from '../command/places.ts';
import {
  follow,
  intend as intendOn,
  operationOf,
  perform as performOn,
  pointsOf,
  refusesOlderSafety,
  sequenceOf,
  spoilt,
  takeBackup as takeBackupOf,
} from '../restoring.ts';
import { type Cluster, hasPostgresql, openCluster, PASSWORD, TOOLS } from './cluster.ts';

const never = new AbortController().signal;

describe.skipIf(!hasPostgresql('postgresql.test.ts'))('a PostgreSQL database', () => {
  let cluster: Cluster;
  let backups: string;
  let component: Component;

  beforeAll(async () => {
    cluster = await openCluster();
  });
  afterAll(() => cluster?.close());

  beforeEach(() => {
    backups = mkdtempSync(join(tmpdir(), 'backstop-backups-'));
    for (const name of databases()) cluster.sql('postgres', `DROP DATABASE "${name}" WITH (FORCE)`);
    cluster.sql('postgres', 'CREATE DATABASE shop');
    cluster.sql(
      'shop',
      `CREATE TABLE users (id int PRIMARY KEY, email text, email_verified boolean, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now());
       CREATE TABLE "Order lines; --" (id int, "updatedAt" timestamp NOT NULL DEFAULT (now() at time zone 'utc'));
       CREATE TABLE countries (code text);
       INSERT INTO users SELECT g, 'u' || g, g % 2 = 0, now() - interval '1 day', now() - interval '1 day' FROM generate_series(1, 10) g;
       INSERT INTO countries VALUES ('DE'), ('FR')`,
    );
    component = make();
  });
  afterEach(() => rmSync(backups, { recursive: true, force: true }));

  const databases = () =>
    cluster
      .sql('postgres', "SELECT datname FROM pg_database WHERE datname ~ '^shop' ORDER BY 1")
      .split('\n')
      .filter((name) => name !== '');

  function make(settings: Record<string, unknown> = {}): Component {
    return createPostgresql({
      id: 'database',
      settings: {
        database: 'shop',
        server: {
          host: '127.0.0.1',
          port: cluster.port,
          user: 'postgres',
          password: PASSWORD,
          tls: 'disable',
        },
        tools: TOOLS,
        backups,
        ...settings,
      },
      connections: {},
    });
  }

  const backupFiles = () => readdirSync(backups).filter((name) => !name.startsWith('tools-'));

  const points = (of = component) => pointsOf(of);
  const operation = (call: OperationCall, of = component) => operationOf(of, call);
  const intend = (call: OperationCall, of = component) => intendOn(of, call);
  const perform = (call: OperationCall, of = component) => performOn(of, call);
  const takeBackup = (name: string) => takeBackupOf(component, name);
  const sequence = (point: RestorePoint) => sequenceOf(component, point);
  /** What corrupts the data in guide 002's example, and what customers do meanwhile. */
  function corrupt(): void {
    cluster.sql(
      'shop',
      `UPDATE users SET email_verified = NULL, updated_at = now() WHERE id <= 9;
       INSERT INTO users VALUES (11, 'new, "quoted"', true);
       INSERT INTO "Order lines; --" VALUES (1);
       ALTER TABLE users ADD COLUMN wrong int;
       CREATE TABLE later (id int)`,
    );
  }
  const texts = (files: readonly string[]) =>
    files.map((file) => readFileSync(file, 'utf8')).join('\n');

  describe('its backups', () => {
    test('are taken, read to their end, and listed with age, size and version', async () => {
      const before = Math.floor(Date.now() / 1000) * 1000;

      const point = await takeBackup('release-2.4');

      expect(point).toMatchObject({
        available: true,
        label: expect.stringMatching(/PostgreSQL \d+\.\d+/),
      });
      expect(point.sizeBytes).toBeGreaterThan(500);
      expect(point.capturedAt).toBeGreaterThanOrEqual(before);
      expect(point.capturedAt).toBeLessThanOrEqual(Date.now());
      expect(readdirSync(backups).sort()).toEqual([point.id, `${point.id}.json`]);
    });

    test('that are cut off are not offered, though pg_restore lists them', async () => {
      cluster.sql(
        'shop',
        `CREATE TABLE big AS SELECT md5(g::text) AS a FROM generate_series(1, 20000) g`,
      );
      const { id, sizeBytes = 0 } = await takeBackup('whole');
      const path = join(backups, id);
      truncateSync(path, sizeBytes - 2_000);
      execFileSync(join(TOOLS ?? '', 'pg_restore'), ['--list', path]);

      const [cut] = await points().list(never);

      expect(cut).toMatchObject({
        id,
        available: false,
        reason: expect.stringContaining('cannot be read to its end'),
      });
      const [, beside] = sequence({ ...(cut as RestorePoint), available: true });
      const checks = await operation(beside).preflight(beside.input, never);
      expect(checks).toContainEqual(
        expect.objectContaining({
          verdict: 'fail',
          blocking: true,
          reason: expect.stringContaining(id),
        }),
      );
    });

    test('that are something else are not offered', async () => {
      writeFileSync(join(backups, 'text.dump'), 'CREATE TABLE a (b int);');
      writeFileSync(join(backups, 'empty.dump'), '');
      writeFileSync(join(backups, '-rf.dump'), '');
      symlinkSync('/etc/passwd', join(backups, 'link.dump'));
      cluster.sql('postgres', 'CREATE DATABASE shop_other');
      const other = make({ database: 'shop_other' });
      await perform(points(other).capture('b'), other);

      const all = await points().list(never);

      expect(all.map(({ id }) => id)).not.toContain('link.dump');
      expect(all.map(({ id }) => id)).not.toContain('-rf.dump');
      expect(all.length).toBeGreaterThan(2);
      expect(all.every(({ available, reason }) => !available && reason)).toBe(true);
      expect(all.find(({ id }) => id === 'shop_other-b.dump')?.reason).toBe(
        'It is a backup of shop_other.',
      );
    });

    test('leave nothing when they fail, and are then not started', async () => {
      const call = points().capture('never');
      const intent = await intend(call);
      const broken = make({ tools: fakeTools({ pg_dump: 'echo half; exit 1' }) });

      const handle = await operation(call, broken).submit(call.input, intent, never);
      const progress = await follow(broken, call, handle);

      expect(progress.state).toBe('failed');
      expect(backupFiles()).toEqual([]);
      expect(await operation(call, broken).recover(call.input, intent, handle, never)).toEqual({
        state: 'not-started',
      });
    });

    test('that cannot be read to their end after all are no backups', async () => {
      const call = points().capture('cut');
      const cutting = make({
        tools: fakeTools({ pg_dump: `${join(TOOLS ?? '', 'pg_dump')} "$@" | head -c 1500` }),
      });

      const { progress, recovery } = await perform(call, cutting);

      expect(progress).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('no good'),
      });
      expect(recovery).toEqual({ state: 'not-started' });
      expect(backupFiles()).toEqual([]);
    });
  });

  describe('putting a backup back', () => {
    test('goes by safety backup, restore beside, switch and export, and asks a second person', async () => {
      const calls = points().restore(await takeBackup('good'));

      expect(calls.map((call) => call.operation)).toEqual([
        'backup',
        'restore-beside',
        'switch',
        'export-since',
      ]);
      expect(component.operations['switch']?.asksAgain).toBe(true);
      expect(component.phase).toBe('data');
    });

    test('can be planned before any of it was done, without a blocking fault, and twice the same', async () => {
      const calls = points().restore(await takeBackup('good'));
      const before = databases();

      const look = () =>
        Promise.all(
          calls.map(async (call) => ({
            seen: await operation(call).observe(call.input, never),
            checks: await operation(call).preflight(call.input, never),
            changes: await operation(call).describe(call.input, never),
            manual: operation(call).manual(call.input),
          })),
        );
      const first = await look();

      expect(
        first
          .flatMap(({ checks }) => checks)
          .filter((one) => one.blocking && one.verdict !== 'pass'),
      ).toEqual([]);
      expect(first.every(({ seen }) => !seen.moving && seen.fingerprint !== seen.expected)).toBe(
        true,
      );
      expect(await look()).toEqual(first);
      expect(databases()).toEqual(before);
      expect(readdirSync(backups)).toHaveLength(2);
    });

    test('brings the old data back, keeps everything, and exports what was written meanwhile', async () => {
      const point = await takeBackup('good');
      await secondTurn();
      corrupt();
      const [safety, beside, change, exported] = sequence(point);
      const { directory } = exported.input as { directory: string };
      // What an export that was killed has left behind: rows of people.
      const left = join(backups, 'exports', `.${directory}.1.partial`);
      mkdirSync(left, { recursive: true });
      writeFileSync(join(left, '4-users.csv'), 'ana@shop.example');

      for (const call of [safety, beside, change, exported]) {
        const { progress, recovery, intent } = await perform(call);
        expect([call.operation, progress.state, recovery.state]).toEqual([
          call.operation,
          'succeeded',
          'done',
        ]);
        const seen = await operation(call).observe(call.input, never);
        expect([seen.fingerprint, seen.expected]).toEqual([intent.expected, intent.expected]);
      }

      const { kept } = change.input as { kept: string };
      expect(databases()).toEqual(['shop', kept]);
      expect(cluster.sql('shop', 'SELECT count(*) FROM users WHERE email_verified IS NULL')).toBe(
        '0',
      );
      expect(cluster.sql('shop', 'SELECT count(*) FROM users')).toBe('10');
      expect(cluster.sql(kept, 'SELECT count(*) FROM users WHERE email_verified IS NULL')).toBe(
        '9',
      );
      expect(() => cluster.sql(kept, 'DELETE FROM users')).toThrow('read-only');
      expect(readdirSync(join(backups, 'exports'))).toEqual([directory]);
      const files = readdirSync(join(backups, 'exports', directory));
      expect(files.sort()).toEqual(['1-Order_lines__--.csv', '4-users.csv', 'contents.json']);
      const users = texts([join(backups, 'exports', directory, '4-users.csv')])
        .trim()
        .split('\n');
      expect(users).toHaveLength(11);
      expect(users.join('\n')).toContain('"new, ""quoted"""');
      const contents = JSON.parse(texts([join(backups, 'exports', directory, 'contents.json')]));
      expect(contents.unknown.sort()).toEqual(['countries', 'later']);
    });

    test('shows rows and columns side by side before the switch', async () => {
      const point = await takeBackup('good');
      corrupt();
      const [safety, beside, change] = sequence(point);
      await perform(safety);
      await perform(beside);

      const changes = await operation(change).describe(change.input, never);
      const checks = await operation(change).preflight(change.input, never);

      expect(changes).toContainEqual({ what: 'table users', from: '11 rows', to: '10 rows' });
      expect(changes).toContainEqual({ what: 'table later', from: '0 rows', to: 'no such table' });
      expect(checks.find(({ name }) => name === 'The tables are the same')).toMatchObject({
        verdict: 'warn',
        reason: expect.stringContaining('users.wrong (integer)'),
      });
    });

    test('ends sessions, keeps owner, grants and settings, and can be switched back', async () => {
      cluster.sql(
        'postgres',
        `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'o''wner') THEN CREATE ROLE "o'wner" LOGIN; CREATE ROLE app LOGIN; END IF; END $$;
         ALTER DATABASE shop OWNER TO "o'wner"; REVOKE ALL ON DATABASE shop FROM PUBLIC; GRANT CONNECT ON DATABASE shop TO app;
         ALTER DATABASE shop SET search_path = public, "$user"; ALTER ROLE app IN DATABASE shop SET work_mem = '8MB';
         COMMENT ON DATABASE shop IS 'the shop''s'`,
      );
      cluster.sql('shop', 'GRANT SELECT ON users TO app; ALTER TABLE users OWNER TO "o\'wner"');
      const properties = () =>
        cluster.sql(
          'postgres',
          `SELECT pg_get_userbyid(datdba), datacl, shobj_description(oid, 'pg_database'), datcollate, datallowconn,
             (SELECT string_agg(setrole::text || setconfig::text, ' ' ORDER BY setrole) FROM pg_db_role_setting WHERE setdatabase = d.oid)
           FROM pg_database d WHERE datname = 'shop'`,
        );
      const asBefore = properties();
      const point = await takeBackup('good');
      corrupt();
      const [safety, beside, change] = sequence(point);
      await perform(safety);
      await perform(beside);
      const session = await busySession();

      const { recovery } = await perform(change);

      expect(await session.ended).not.toBe(0);
      expect(recovery).toEqual({ state: 'done' });
      expect(properties()).toBe(asBefore);
      expect(
        cluster.sql(
          'shop',
          "SELECT has_table_privilege('app', 'users', 'SELECT'), tableowner FROM pg_tables WHERE tablename = 'users'",
        ),
      ).toBe("t|o'wner");
      const back = operation(change).undo?.(change.input);
      if (!back) throw new Error('The switch cannot be taken back.');
      expect(operation(back).asksAgain).toBe(true);
      expect((await perform(back)).recovery).toEqual({ state: 'done' });
      expect(cluster.sql('shop', 'SELECT count(*) FROM users')).toBe('11');
      cluster.sql('shop', 'INSERT INTO users (id) VALUES (99)');
    });
  });

  describe('without a safety backup', () => {
    const spoil: readonly (readonly [string, (safety: string) => void])[] = [
      ...spoilt(() => backups, 1_200),
      [
        'of the database that is live',
        () => {
          cluster.sql(
            'postgres',
            'ALTER DATABASE shop RENAME TO shop_was; CREATE DATABASE shop TEMPLATE shop_was',
          );
        },
      ],
    ];

    test.each(spoil)('%s nothing is restored', async (_name, harm) => {
      const point = await takeBackup('good');
      const [safety, beside] = sequence(point);
      await perform(safety);
      harm((safety.input as { file: string }).file);
      const before = databases();

      const intent = await intend(beside);
      const refusal = await operation(beside)
        .submit(beside.input, intent, never)
        .catch((error: unknown) => error);

      expect(refusal).toMatchObject({
        surelyNotDone: true,
        message: expect.stringContaining('without one that can be read nothing is restored'),
      });
      expect(databases()).toEqual(before);
      expect(await operation(beside).recover(beside.input, intent, undefined, never)).toEqual({
        state: 'not-started',
      });
    });

    test.each(spoil)('%s nothing is switched', async (_name, harm) => {
      const point = await takeBackup('good');
      const [safety, beside, change] = sequence(point);
      await perform(safety);
      await perform(beside);
      harm((safety.input as { file: string }).file);
      const oid = cluster.sql('postgres', "SELECT oid FROM pg_database WHERE datname = 'shop'");

      const refusal = await operation(change)
        .submit(change.input, await intend(change), never)
        .catch((error: unknown) => error);

      expect(refusal).toMatchObject({ surelyNotDone: true });
      expect(cluster.sql('postgres', "SELECT oid FROM pg_database WHERE datname = 'shop'")).toBe(
        oid,
      );
    });

    test('that never ran, both steps refuse', async () => {
      const [, beside, change] = sequence(await takeBackup('good'));

      for (const call of [beside, change]) {
        await expect(
          operation(call).submit(call.input, await intend(call), never),
        ).rejects.toMatchObject({ surelyNotDone: true });
      }
      expect(databases()).toEqual(['shop']);
    });

    test('that Backstop took before an earlier restore, the plan is blocked', async () => {
      await refusesOlderSafety(component, await takeBackup('good'));
    });
  });

  describe('when something goes wrong', () => {
    test('a restore that fails leaves the live database alone and may be repeated', async () => {
      const point = await takeBackup('good');
      const [safety, beside] = sequence(point);
      await perform(safety);
      const failing = make({
        tools: fakeTools({
          pg_restore: `case "$*" in *--dbname=*) exit 1;; esac; exec ${join(TOOLS ?? '', 'pg_restore')} "$@"`,
        }),
      });

      const { progress, recovery } = await perform(beside, failing);
      const again = await perform(beside);

      expect(progress.state).toBe('failed');
      expect(recovery).toEqual({ state: 'not-started' });
      expect(again.recovery).toEqual({ state: 'done' });
      expect(cluster.sql('shop', 'SELECT count(*) FROM users')).toBe('10');
    });

    test('a restore that outlived Backstop is seen under way', async () => {
      const point = await takeBackup('good');
      const [safety, beside] = sequence(point);
      await perform(safety);
      const slow = make({
        tools: fakeTools({
          pg_restore: `case "$*" in *--dbname=*) sleep 0.5; echo "select pg_sleep(2)" | ${join(TOOLS ?? '', 'psql')} -q -d "$(echo "$*" | sed 's/.*--dbname=\\([^ ]*\\).*/\\1/')" >/dev/null;; esac; exec ${join(TOOLS ?? '', 'pg_restore')} "$@"`,
        }),
      });
      const intent = await intend(beside);
      const handle = await operation(beside, slow).submit(beside.input, intent, never);
      const { beside: name } = beside.input as { beside: string };
      await until(
        () =>
          cluster.sql(
            'postgres',
            `SELECT count(*) FROM pg_stat_activity WHERE datname = '${name}'`,
          ) !== '0',
      );

      const other = await operation(beside).recover(beside.input, intent, undefined, never);

      expect(other).toMatchObject({ state: 'in-flight' });
      await follow(slow, beside, handle);
      expect(await operation(beside).recover(beside.input, intent, undefined, never)).toEqual({
        state: 'done',
      });
    });

    test('a backup that a person has ended leaves nothing, and its tool is gone', async () => {
      const mark = `sleeping in ${backups}`;
      const call = points().capture('ended');
      const slow = make({
        tools: fakeTools({
          pg_dump: `trap '' TERM; while :; do ${process.execPath} -e 'setTimeout(() => {}, 200)' '${mark}'; done`,
        }),
      });
      const intent = await intend(call, slow);
      const handle = await operation(call, slow).submit(call.input, intent, never);
      await until(() => alive(mark).length > 0);

      const ended = await operation(call, slow).ending?.end(call.input, intent, handle, never);

      expect(ended).toMatchObject({ isOver: true });
      await until(() => alive(mark).length === 0);
      expect(await follow(slow, call, handle)).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('ended before it was done'),
      });
      expect(await operation(call, slow).recover(call.input, intent, handle, never)).toEqual({
        state: 'not-started',
      });
      expect(readdirSync(backups).filter((name) => name.includes('ended'))).toEqual([]);
    }, 60_000);

    test('a restore that a person has ended after Backstop was started anew leaves the live database alone', async () => {
      const point = await takeBackup('good');
      const [safety, beside] = sequence(point);
      await perform(safety);
      const mark = `sleeping in ${backups}`;
      const slow = make({
        tools: fakeTools({
          pg_restore: `case "$*" in *--dbname=*) while :; do ${process.execPath} -e 'setTimeout(() => {}, 200)' '${mark}'; done;; esac; exec ${join(TOOLS ?? '', 'pg_restore')} "$@"`,
        }),
      });
      const intent = await intend(beside);
      const handle = await operation(beside, slow).submit(beside.input, intent, never);
      await until(() => alive(mark).length > 0);

      // This one knows nothing of what the other one started.
      const ended = await operation(beside).ending?.end(beside.input, intent, handle, never);
      await follow(slow, beside, handle);

      expect(ended).toMatchObject({ isOver: true });
      expect(alive(mark)).toEqual([]);
      expect(await operation(beside).recover(beside.input, intent, handle, never)).toEqual({
        state: 'not-started',
      });
      expect(cluster.sql('shop', 'SELECT count(*) FROM users')).toBe('10');
      expect((await perform(beside)).recovery).toEqual({ state: 'done' });
    }, 60_000);

    test('a database that somebody else made is never dropped', async () => {
      const [safety, beside] = sequence(await takeBackup('good'));
      await perform(safety);
      const intent = await intend(beside);
      const { beside: name } = beside.input as { beside: string };
      cluster.sql('postgres', `CREATE DATABASE "${name}"`);

      await expect(operation(beside).submit(beside.input, intent, never)).rejects.toMatchObject({
        surelyNotDone: true,
      });
      expect(await operation(beside).recover(beside.input, intent, undefined, never)).toMatchObject(
        { state: 'diverged' },
      );
      expect(databases()).toContain(name);
    });

    test('a switch that fails opens the live database again', async () => {
      const [safety, beside, change] = sequence(await takeBackup('good'));
      await perform(safety);
      await perform(beside);
      const { kept } = change.input as { kept: string };
      cluster.sql('shop', `BEGIN; CREATE TABLE held (id int); PREPARE TRANSACTION 'held'`);

      const refusal = await operation(change)
        .submit(change.input, await intend(change), never)
        .catch((error: unknown) => error);
      cluster.sql('shop', "ROLLBACK PREPARED 'held'");

      expect(refusal).toMatchObject({ name: 'OutsideError', detail: { code: '55006' } });
      expect(databases()).not.toContain(kept);
      expect(cluster.sql('shop', 'SELECT count(*) FROM users')).toBe('10');
    }, 40_000);

    test("somebody else's restore is drift", async () => {
      const [safety, beside, change] = sequence(await takeBackup('good'));
      await perform(safety);
      await perform(beside);
      const intent = await intend(change);
      cluster.sql(
        'postgres',
        'ALTER DATABASE shop RENAME TO shop_was; CREATE DATABASE shop TEMPLATE shop_was',
      );

      expect(await operation(change).recover(change.input, intent, undefined, never)).toMatchObject(
        { state: 'diverged' },
      );
    });
  });

  describe('what would be lost', () => {
    test('counts what tables tell, and says unknown where they do not', async () => {
      const point = await takeBackup('good');
      await secondTurn();
      corrupt();

      const losses = await points().losses(point, never);

      expect(losses).toEqual([
        expect.stringMatching(
          /^1 row of Order lines; --, written since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.$/,
        ),
        expect.stringMatching(/^10 rows of users, written since/),
        expect.stringMatching(
          /^How many rows of countries, later were written is not known: no column such as updated_at or created_at/,
        ),
        expect.stringMatching(
          /^How many rows were deleted since .* is not known; they come back\.$/,
        ),
      ]);
    });

    test('says of a table with created_at alone that changes are unknown', async () => {
      cluster.sql(
        'shop',
        "CREATE TABLE logins (id int, created_at timestamptz); INSERT INTO logins VALUES (1, now() - interval '1 day')",
      );
      const point = await takeBackup('good');
      await secondTurn();
      cluster.sql('shop', 'UPDATE logins SET id = 100; INSERT INTO logins VALUES (2, now())');

      const losses = await points().losses(point, never);
      const exported = sequence(point)[3];
      const checks = await operation(exported).preflight(exported.input, never);
      const findings = await component.doctor(never);

      expect(losses[0]).toMatch(
        /^1 row of logins, added since .* UTC; how many were changed is not known\.$/,
      );
      expect(JSON.stringify(checks)).toContain('which rows were changed in countries, logins');
      expect(JSON.stringify(findings)).toContain('which rows were changed in countries, logins');
    });
  });

  describe('hostile input', () => {
    test.each<[string, string, Json]>([
      ['a path', 'backup', { file: '../../etc/cron.d/x.dump' }],
      ['an option', 'backup', { file: '--help.dump' }],
      ['a hidden file', 'backup', { file: '.x.dump' }],
      ['a line end', 'backup', { file: 'a\n.dump' }],
      ['nothing', 'backup', null],
      ['SQL', 'switch', { beside: 'a"; DROP DATABASE shop; --', kept: 'b', safety: 'a.dump' }],
      [
        'a connection string',
        'restore-beside',
        { point: 'a.dump', beside: 'host=evil.example', safety: 'a.dump' },
      ],
      [
        'a file elsewhere',
        'restore-beside',
        { point: '/etc/passwd', beside: 'b', safety: 'a.dump' },
      ],
      ['a restore without safety', 'restore-beside', { point: 'a.dump', beside: 'b' }],
      ['a switch without safety', 'switch', { beside: 'a', kept: 'b' }],
      [
        'SQL for a time',
        'export-since',
        { kept: 'shop', since: "now'; DROP TABLE users; --", directory: 'a' },
      ],
      [
        'a directory elsewhere',
        'export-since',
        { kept: 'shop', since: '2026-01-01T00:00:00Z', directory: '../a' },
      ],
    ])('refuses %s in %s', async (_name, name, input) => {
      const call = { operation: name, input };

      for (const act of [
        () => operation(call).observe(input, never),
        () => operation(call).preflight(input, never),
        async () =>
          operation(call).submit(
            input,
            { run: 'r', step: 's', key: 'k', at: 0, before: 'a', expected: 'b' },
            never,
          ),
      ]) {
        await expect(act()).rejects.toMatchObject({ code: 'invalid-input' });
      }
    });
  });

  describe('its doctor and its errors', () => {
    test('passes a server in order, and says what is not known', async () => {
      await takeBackup('good');

      const findings = await component.doctor(never);

      expect(findings.map(({ verdict }) => verdict)).toEqual([
        'pass',
        'pass',
        'pass',
        'pass',
        'warn',
      ]);
      expect(findings.at(-1)?.reason).toContain('countries');
    });

    test.each([
      [
        'a server that does not answer',
        {
          server: {
            host: '127.0.0.1',
            port: 1,
            user: 'postgres',
            password: PASSWORD,
            tls: 'disable',
          },
        },
        'unknown',
      ],
      ['a database that is not there', { database: 'shop_none' }, 'fail'],
      ['tools that are not there', { tools: '/nowhere' }, 'fail'],
    ])('tell %s', async (_name, settings, verdict) => {
      const findings = await make(settings).doctor(never);

      expect(findings[0]?.verdict).toBe(verdict);
      expect(findings[0]?.next).toMatch(/\w/);
      expect(inspect(findings, { depth: 9 })).not.toContain(PASSWORD);
    });

    test('stop when they are cancelled', async () => {
      const call = points().capture('a');

      await expect(operation(call).observe(call.input, AbortSignal.abort())).rejects.toThrow();
      await expect(points().list(AbortSignal.abort())).rejects.toThrow();
      expect((await component.doctor(AbortSignal.abort()))[0]?.verdict).toBe('unknown');
    });

    test('say what a restoring role lacks', async () => {
      cluster.sql(
        'postgres',
        `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader') THEN CREATE ROLE reader LOGIN; END IF; END $$`,
      );
      const call = sequence(await takeBackup('good'))[1];

      const checks = await operation(call, make({ restoreAs: { user: 'reader' } })).preflight(
        call.input,
        never,
      );

      expect(checks.at(-1)).toMatchObject({
        verdict: 'fail',
        blocking: true,
        reason: 'It lacks CREATEDB.',
      });
    });
  });

  /** The header of a backup has whole seconds. */
  function secondTurn(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, 1_050));
  }

  /** A directory of tools in which some are replaced. */
  function fakeTools(scripts: Readonly<Record<string, string>>): string {
    const directory = mkdtempSync(join(backups, 'tools-'));
    for (const tool of ['psql', 'pg_dump', 'pg_restore']) {
      const path = join(directory, tool);
      const real = join(TOOLS ?? '', tool);
      if (scripts[tool] === undefined) symlinkSync(real, path);
      else writeFileSync(path, `#!/bin/sh\n${scripts[tool]}\n`, { mode: 0o755 });
    }
    return directory;
  }

  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** A session that works on the database; `ended` resolves to how its psql ended. */
  async function busySession(): Promise<{ readonly ended: Promise<number | null> }> {
    const child = spawn(
      join(TOOLS ?? '', 'psql'),
      ['-X', '-d', 'shop', '-c', 'SELECT pg_sleep(30)'],
      {
        env: { PGHOST: '127.0.0.1', PGPORT: String(cluster.port), PGUSER: 'postgres' },
        stdio: 'ignore',
      },
    );
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const busy = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)'";
    await until(() => cluster.sql('postgres', busy) !== '0');
    return { ended };
  }
});
