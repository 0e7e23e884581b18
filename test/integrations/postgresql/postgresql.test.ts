import { execFileSync, spawn } from 'node:child_process';
import {
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
import type { OperationCall } from '../../../src/operation.ts';
import { hanging } from '../command/places.ts';
import { type Fault, restoreContract } from '../database/contract.ts';
import {
  intend as intendOn,
  operationOf,
  perform as performOn,
  pointsOf,
  sequenceOf,
  takeBackup as takeBackupOf,
} from '../restoring.ts';
import { type Cluster, hasPostgresql, openCluster, PASSWORD, TOOLS } from './cluster.ts';

const never = new AbortController().signal;

const BUSY = { timeout: 60_000 };

describe.skipIf(!hasPostgresql('postgresql.test.ts'))('a PostgreSQL database', BUSY, () => {
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

  restoreContract({
    make,
    backups: () => backups,
    extension: '.dump',
    databases,
    live: () => 'shop',
    picture: () =>
      cluster.sql('postgres', "SELECT oid FROM pg_database WHERE datname = 'shop'") +
      cluster.sql('shop', 'SELECT json_agg(u ORDER BY id) FROM users u'),
    users(database) {
      const wrong = 'count(*) FILTER (WHERE email_verified IS NULL)';
      const select = `SELECT json_build_object('rows', count(*), 'wrong', ${wrong}) FROM users`;
      return JSON.parse(cluster.sql(database, select));
    },
    corrupt,
    added: 'users.wrong (integer)',
    later: secondTurn,
    replaceLive: () =>
      void cluster.sql(
        'postgres',
        'ALTER DATABASE shop RENAME TO shop_was; CREATE DATABASE shop TEMPLATE shop_was',
      ),
    create: (name) => void cluster.sql('postgres', `CREATE DATABASE "${name}"`),
    misplace: (kept) => void cluster.sql('postgres', `CREATE DATABASE "${kept}"`),
    other() {
      cluster.sql('postgres', 'CREATE DATABASE shop_other');
      return make({ database: 'shop_other' });
    },
    spoilt: (fault, mark) => ({ tools: fakeTools(scriptsFor(fault, mark)) }),
    logins: () =>
      void cluster.sql(
        'shop',
        "CREATE TABLE logins (id int, created_at timestamptz); INSERT INTO logins VALUES (1, now() - interval '1 day')",
      ),
    moreLogins: () =>
      void cluster.sql('shop', 'UPDATE logins SET id = 100; INSERT INTO logins VALUES (2, now())'),
    version: /PostgreSQL \d+\.\d+/,
    words: { row: 'row', rows: 'rows', table: 'table' },
  });

  describe('its backups', () => {
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
      // As a wrapper does that loses how the tool ended.
      const lying = make({
        tools: fakeTools({ pg_restore: `${join(TOOLS ?? '', 'pg_restore')} "$@"; exit 0` }),
      });
      const [said] = await points(lying).list(never);

      expect(said).toMatchObject({ id, available: false });
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
      const all = await points().list(never);

      expect(all.map(({ id }) => id)).not.toContain('link.dump');
      expect(all.map(({ id }) => id)).not.toContain('-rf.dump');
      expect(all).toHaveLength(2);
      expect(all.every(({ available, reason }) => !available && reason)).toBe(true);
    });
  });

  describe('putting a backup back', () => {
    test('keeps what was live read-only, and exports as CSV what was written meanwhile', async () => {
      const point = await takeBackup('good');
      await secondTurn();
      corrupt();
      const [safety, beside, change, exported] = sequence(point);
      for (const call of [safety, beside, change, exported]) await perform(call);

      const { kept } = change.input as { kept: string };
      expect(databases()).toEqual(['shop', kept]);
      expect(() => cluster.sql(kept, 'DELETE FROM users')).toThrow('read-only');
      const { directory } = exported.input as { directory: string };
      const root = join(backups, 'exports', directory);
      expect(readdirSync(root).sort()).toEqual([
        '1-Order_lines__--.csv',
        '4-users.csv',
        'contents.json',
      ]);
      const users = readFileSync(join(root, '4-users.csv'), 'utf8').trim().split('\n');
      expect(users).toHaveLength(11);
      expect(users.join('\n')).toContain('"new, ""quoted"""');
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

  describe('when something goes wrong', () => {
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

    test('tell tools that are older than the server, which block the plan', async () => {
      const older = make({
        tools: fakeTools({ pg_dump: 'echo "pg_dump (PostgreSQL) 9.6.24"' }),
      });
      const call = points(older).capture('any');

      const checks = await operation(call, older).preflight(call.input, never);

      expect(
        checks.find(({ name }) => name === 'The tools are as new as the server'),
      ).toMatchObject({
        verdict: 'fail',
        blocking: true,
      });
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

  function scriptsFor(fault: Fault, mark: string): Readonly<Record<string, string>> {
    const real = (tool: string) => join(TOOLS ?? '', tool);
    const halfWay = (then: string) =>
      `case "$*" in *--dbname=*) ${real('pg_restore')} --section=pre-data "$@"; ${then};; esac; exec ${real('pg_restore')} "$@"`;
    const name = `"$(echo "$*" | sed 's/.*--dbname=\\([^ ]*\\).*/\\1/')"`;
    switch (fault) {
      case 'dump fails':
        return { pg_dump: 'echo half; exit 1' };
      case 'dump is cut off':
        return { pg_dump: `${real('pg_dump')} "$@" | head -c 1500` };
      case 'dump does nothing':
        return { pg_dump: 'exit 0' };
      case 'dump hangs':
        return { pg_dump: `trap '' TERM; ${hanging(mark)}` };
      case 'restore fails half-way':
        return { pg_restore: halfWay('exit 1') };
      case 'restore hangs half-way': {
        // With a session in the database, as the tool has one.
        const session = `${hanging(mark)} | ${real('psql')} -q -d ${name}`;
        return { pg_restore: `trap '' TERM; ${halfWay(session)}` };
      }
    }
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
