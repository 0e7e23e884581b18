import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Component, RestorePoint } from '../../../src/component.ts';
import { createMysql } from '../../../src/integrations/mysql/index.ts';
import type { Intent, Json, OperationCall } from '../../../src/operation.ts';
import {
  intend as intendOn,
  operationOf,
  perform as performOn,
  pointsOf,
  refusesOlderSafety,
  sequenceOf,
  spoilt,
  takeBackup as takeBackupOf,
} from '../restoring.ts';
import { hasMariadb, type Mariadb, openMariadb, PASSWORD } from './mariadb.ts';

const never = new AbortController().signal;

describe.skipIf(!hasMariadb('mysql.test.ts'))('a MySQL database, on a real MariaDB', () => {
  let server: Mariadb;
  let backups: string;
  let component: Component;

  beforeAll(async () => {
    server = await openMariadb();
  }, 60_000);
  afterAll(() => server?.close());

  beforeEach(() => {
    backups = mkdtempSync(join(tmpdir(), 'backstop-backups-'));
    for (const name of ['other', ...databases()]) server.sql(`DROP DATABASE IF EXISTS \`${name}\``);
    server.sql('CREATE DATABASE shop CHARACTER SET utf8mb4');
    server.sql(
      `CREATE TABLE users (id int PRIMARY KEY AUTO_INCREMENT, email varchar(100), email_verified tinyint, avatar blob, updated_at timestamp NOT NULL DEFAULT now());
       CREATE TABLE \`Order lines; -- \`\`x\` (id int PRIMARY KEY, user_id int, updatedAt datetime NOT NULL DEFAULT utc_timestamp(), FOREIGN KEY (user_id) REFERENCES users (id));
       CREATE TABLE countries (code varchar(2));
       CREATE SEQUENCE numbers;
       CREATE VIEW verified AS SELECT id, email FROM users WHERE email_verified = 1;
       CREATE FUNCTION plus_one(a int) RETURNS int DETERMINISTIC RETURN a + 1;
       DELIMITER //
       CREATE TRIGGER lower_email BEFORE INSERT ON users FOR EACH ROW BEGIN SET NEW.email = lower(NEW.email); END//
       CREATE PROCEDURE count_users() BEGIN SELECT count(*) FROM users; END//
       CREATE EVENT sweep ON SCHEDULE EVERY 1 SECOND DO DELETE FROM countries WHERE code = 'XX'//
       DELIMITER ;
       INSERT INTO users (email, email_verified, avatar, updated_at) SELECT concat('u', seq), seq % 2, x'00ff', now() - INTERVAL 1 DAY FROM seq_1_to_10;
       INSERT INTO \`Order lines; -- \`\`x\` VALUES (1, 1, now() - INTERVAL 1 DAY);
       INSERT INTO countries VALUES ('DE'), ('FR')`,
      'shop',
    );
    component = make();
  });
  afterEach(() => rmSync(backups, { recursive: true, force: true }));

  const databases = () =>
    server
      .sql(
        "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'shop%' ORDER BY 1",
      )
      .split('\n')
      .filter((name) => name !== '');
  const things = (database: string) =>
    server.sql(
      `SELECT concat(TABLE_TYPE, ' ', TABLE_NAME) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${database}' AND TABLE_NAME <> 'backstop_restore'
       UNION SELECT concat('TRIGGER ', TRIGGER_NAME) FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = '${database}'
       UNION SELECT concat(ROUTINE_TYPE, ' ', ROUTINE_NAME) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '${database}'
       UNION SELECT concat('EVENT ', EVENT_NAME, ' ', STATUS) FROM information_schema.EVENTS WHERE EVENT_SCHEMA = '${database}' ORDER BY 1`,
    );

  function make(settings: Record<string, unknown> = {}): Component {
    return createMysql({
      id: 'database',
      settings: {
        database: 'shop',
        server: {
          host: '127.0.0.1',
          port: server.port,
          user: 'root',
          password: PASSWORD,
          tls: 'disable',
        },
        client: 'mariadb',
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
    server.sql(
      `UPDATE users SET email_verified = NULL, updated_at = now() + INTERVAL 5 SECOND WHERE id <= 9;
       INSERT INTO users (email, email_verified, updated_at) VALUES ('new, "quoted"\nline', 1, now() + INTERVAL 5 SECOND);
       ALTER TABLE users ADD COLUMN wrong int;
       CREATE TABLE later (id int);
       CREATE VIEW later_view AS SELECT * FROM later`,
      'shop',
    );
  }
  const ids = () =>
    server.sql(
      "SELECT group_concat(TABLE_ID ORDER BY TABLE_ID) FROM information_schema.INNODB_SYS_TABLES WHERE NAME LIKE 'shop/%'",
    );

  describe('its backups', () => {
    test('are taken, read to their end, and listed with age, size and version', async () => {
      const before = Date.now();

      const point = await takeBackup('release-2.4');

      expect(point).toMatchObject({ available: true, label: expect.stringContaining('MariaDB') });
      expect(point.sizeBytes).toBeGreaterThan(500);
      expect(point.capturedAt).toBeGreaterThanOrEqual(before);
      expect(point.capturedAt).toBeLessThanOrEqual(Date.now());
      expect(readdirSync(backups).sort()).toEqual([point.id, `${point.id}.json`]);
      const text = gunzipSync(readFileSync(join(backups, point.id))).toString();
      for (const each of ['lower_email', 'count_users', 'sweep', 'plus_one', 'verified'])
        expect(text).toContain(each);
    });

    /** A dump as another tool or a cut might leave it. */
    const text = () =>
      gunzipSync(readFileSync(join(backups, 'shop-good.sql.gz'))).toString('latin1');
    test.each<[string, () => Buffer, string]>([
      [
        'a gzip that is cut off',
        () => readFileSync(join(backups, 'shop-good.sql.gz')).subarray(0, -40),
        'cannot be read to its end',
      ],
      [
        'a gzip with a wrong checksum',
        () => {
          const bytes = readFileSync(join(backups, 'shop-good.sql.gz'));
          bytes[bytes.length - 6] = (bytes[bytes.length - 6] ?? 0) ^ 0xff;
          return bytes;
        },
        'cannot be read to its end',
      ],
      [
        'a text that is cut off between statements',
        () => Buffer.from(text().slice(0, text().indexOf('-- Dumping routines')), 'latin1'),
        'Dump completed',
      ],
      [
        'a text that is cut off in the middle of an insert of many lines',
        () => Buffer.from(text().slice(0, text().indexOf("'u5'") + 2), 'latin1'),
        'Dump completed',
      ],
      [
        'a whole gzip of a text that is cut off',
        () => gzipSync(Buffer.from(text().slice(0, -30), 'latin1')),
        'Dump completed',
      ],
      [
        'a text that ends in data that says it is complete',
        () =>
          Buffer.from(
            `${text().slice(0, text().indexOf("'u5'"))}'${'x'.repeat(600)}-- Dump completed`,
            'latin1',
          ),
        'Dump completed',
      ],
      [
        'something else',
        () => Buffer.from('CREATE TABLE a (b int);\n-- Dump completed\n'),
        'no dump',
      ],
      ['nothing', () => Buffer.alloc(0), 'no dump'],
      [
        'a dump that names its database itself, and would be restored into the live one',
        () =>
          execFileSync(
            '/usr/bin/mariadb-dump',
            [
              '--no-defaults',
              '-h127.0.0.1',
              `-P${server.port}`,
              '-uroot',
              '--skip-ssl',
              '--databases',
              'shop',
            ],
            { env: { MYSQL_PWD: PASSWORD } },
          ),
        'would leave the database',
      ],
    ])('are not offered when they are %s', async (_name, make, reason) => {
      const good = await takeBackup('good');
      writeFileSync(join(backups, 'bad.sql.gz'), make());

      const bad = (await points().list(never)).find(({ id }) => id === 'bad.sql.gz');

      expect(bad).toMatchObject({ available: false, reason: expect.stringContaining(reason) });
      const [, beside] = sequence({ ...good, id: 'bad.sql.gz' });
      const checks = await operation(beside).preflight(beside.input, never);
      expect(checks).toContainEqual(
        expect.objectContaining({
          verdict: 'fail',
          blocking: true,
          reason: expect.stringContaining('bad.sql.gz'),
        }),
      );
    });

    test('are offered uncompressed too, as a team takes them, but not those of another database', async () => {
      server.sql('CREATE DATABASE other; CREATE TABLE other.a (b int)');
      const dump = (name: string) =>
        execFileSync(
          '/usr/bin/mariadb-dump',
          ['--no-defaults', '-h127.0.0.1', `-P${server.port}`, '-uroot', '--skip-ssl', name],
          { env: { MYSQL_PWD: PASSWORD } },
        );
      writeFileSync(join(backups, 'nightly.sql'), dump('shop'));
      writeFileSync(join(backups, 'other.sql'), dump('other'));

      const all = await points().list(never);

      expect(all.find(({ id }) => id === 'nightly.sql')).toMatchObject({ available: true });
      expect(all.find(({ id }) => id === 'other.sql')).toMatchObject({
        available: false,
        reason: 'It is a backup of other.',
      });
    });

    test('come from object storage by a command, which is not run at each look, and is told of when it fails', async () => {
      await takeBackup('local');
      const bucket = mkdtempSync(join(tmpdir(), 'backstop-bucket-'));
      const log = join(bucket, 'calls');
      const script = join(bucket, 'fetch.sh');
      writeFileSync(
        join(bucket, 'remote.sql.gz'),
        readFileSync(join(backups, 'shop-local.sql.gz')),
      );
      writeFileSync(
        script,
        `#!/bin/sh\necho "$BUCKET" >> ${log}\ncp "$BUCKET"/*.sql.gz "$1"/ && exit 0\necho AccessDenied >&2; exit 3\n`,
        { mode: 0o755 },
      );
      const from = (BUCKET: string) =>
        make({ fetch: { run: [script, backups], env: { BUCKET }, everyMinutes: 5 } });
      const fetching = from(bucket);

      const all = await points(fetching).list(never);
      await points(fetching).list(never);
      const failing = await points(from('/nowhere')).list(never);

      expect(all.map(({ id, available }) => [id, available])).toContainEqual([
        'remote.sql.gz',
        true,
      ]);
      expect(readFileSync(log, 'utf8')).toBe(`${bucket}\n/nowhere\n`);
      expect(failing.find(({ id }) => id === 'shop-local.sql.gz')).toMatchObject({
        available: true,
        reason: expect.stringMatching(/may be missing here: .*exit code 3.*AccessDenied/s),
      });
      rmSync(bucket, { recursive: true });
    });

    test('leave nothing when they fail, and are then not started', async () => {
      const broken = make({ tools: fakeTools({ 'mariadb-dump': 'echo half; exit 1' }) });

      const { progress, recovery } = await perform(points().capture('never'), broken);

      expect(progress.state).toBe('failed');
      expect(recovery).toEqual({ state: 'not-started' });
      expect(readdirSync(backups).filter((name) => !name.startsWith('tools-'))).toEqual([]);
    });

    test('that cannot be read to their end after all are no backups', async () => {
      const cutting = make({
        tools: fakeTools({ 'mariadb-dump': '/usr/bin/mariadb-dump "$@" | head -c 1500' }),
      });

      const { progress, recovery } = await perform(points().capture('cut'), cutting);

      expect(progress).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('no good'),
      });
      expect(recovery).toEqual({ state: 'not-started' });
    });

    test('keep the password out of every argument, in a file that only this user reads and that is gone afterwards', async () => {
      const log = join(backups, 'seen.log');
      const seeing = make({
        tools: fakeTools({
          mariadb: `printf '%s\\n' "$*" >> ${log}; stat -c '%a' "$(echo "$1" | cut -d= -f2)" >> ${log}; env >> ${log}; exec /usr/bin/mariadb "$@"`,
          'mariadb-dump': `printf '%s\\n' "$*" >> ${log}; stat -c '%a' "$(echo "$1" | cut -d= -f2)" >> ${log}; env >> ${log}; exec /usr/bin/mariadb-dump "$@"`,
        }),
      });

      await perform(points().capture('quiet'), seeing);

      const seen = readFileSync(log, 'utf8');
      expect(seen).toContain('--single-transaction');
      expect(seen).not.toContain(PASSWORD);
      expect(seen.match(/^600$/gm)?.length).toBeGreaterThan(3);
      const files = [...seen.matchAll(/--defaults-file=(\S+)/g)].map(([, file = '']) => file);
      expect(files.length).toBeGreaterThan(3);
      expect(files.filter((file) => existsSync(file))).toEqual([]);
    });
  });

  describe('putting a backup back', () => {
    test('can be planned before any of it was done, without a blocking fault, and twice the same', async () => {
      const planned = points().restore(await takeBackup('good'));
      const before = databases();

      const look = () =>
        Promise.all(
          planned.map(async (call) => ({
            seen: await operation(call).observe(call.input, never),
            checks: await operation(call).preflight(call.input, never),
            changes: await operation(call).describe(call.input, never),
            manual: operation(call).manual(call.input),
          })),
        );
      const first = await look();

      expect(planned.map((call) => call.operation)).toEqual([
        'backup',
        'restore-beside',
        'switch',
        'export-since',
      ]);
      expect(component.operations['switch']?.asksAgain).toBe(true);
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
    });

    test('brings data, views, triggers, routines and events back, keeps everything, and exports what was written meanwhile', async () => {
      const asBefore = things('shop');
      const point = await takeBackup('good');
      corrupt();
      const asCorrupt = things('shop');
      const [safety, beside, change, exported] = sequence(point);

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

      const { kept, beside: emptied } = change.input as { kept: string; beside: string };
      expect(things('shop')).toBe(asBefore);
      expect(things(kept)).toBe(asCorrupt.replace(/^EVENT.*\n/m, ''));
      expect(things(emptied)).toBe('');
      expect(server.sql('SELECT count(*), sum(email_verified IS NULL) FROM shop.users')).toBe(
        '10\t0',
      );
      expect(server.sql(`SELECT count(*), sum(email_verified IS NULL) FROM ${kept}.users`)).toBe(
        '11\t9',
      );
      server.sql("INSERT INTO shop.users (email) VALUES ('UPPER')");
      expect(server.sql("SELECT email FROM shop.users WHERE email = 'upper'")).toBe('upper');
      expect(server.sql('CALL shop.count_users()')).toBe('11');
      expect(server.sql('SELECT count(*) FROM shop.verified')).toBe('5');
      expect(() =>
        server.sql('INSERT INTO shop.`Order lines; -- ``x` (id, user_id) VALUES (9, 999)'),
      ).toThrow('foreign key');
      expect(
        server.sql(
          `SELECT DISTINCT REFERENCED_TABLE_SCHEMA FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = 'shop' AND REFERENCED_TABLE_SCHEMA IS NOT NULL`,
        ),
      ).toBe('shop');
      const { directory } = exported.input as { directory: string };
      const files = readdirSync(join(backups, 'exports', directory)).sort();
      expect(files).toEqual(['3-Order_lines__--__x.csv', '4-users.csv', 'contents.json']);
      const users = readFileSync(join(backups, 'exports', directory, '4-users.csv'), 'utf8');
      expect(users.split('\n')[0]).toBe(
        '"id","email","email_verified","avatar","updated_at","wrong"',
      );
      expect(users.match(/^"\d+",/gm)).toHaveLength(10);
      expect(users).toContain('"new, ""quoted""\nline","1",,');
      expect(users).toContain('"u1",,0x00FF,');
      const contents = JSON.parse(
        readFileSync(join(backups, 'exports', directory, 'contents.json'), 'utf8'),
      );
      expect(contents.unknown.sort()).toEqual(['countries', 'later']);
    });

    test('shows rows and columns side by side before the switch, and carries out no event beside', async () => {
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
        reason: expect.stringContaining('users.wrong (int(11))'),
      });
      expect(things((beside.input as { beside: string }).beside)).not.toContain('EVENT');
    });

    test('can be taken back, with everything that was there', async () => {
      const point = await takeBackup('good');
      corrupt();
      const asCorrupt = things('shop');
      const before = ids();
      const [safety, beside, change] = sequence(point);
      for (const call of [safety, beside, change]) await perform(call);
      const restored = ids();

      const back = operation(change).undo?.(change.input);
      if (!back) throw new Error('The switch cannot be taken back.');
      const done = await perform(back);

      expect(operation(back).asksAgain).toBe(true);
      expect(done.recovery).toEqual({ state: 'done' });
      expect(things('shop')).toBe(asCorrupt);
      expect([before, restored].map((each) => each === ids())).toEqual([true, false]);
      expect(server.sql('SELECT count(*) FROM shop.users')).toBe('11');
    });
  });

  describe('without a safety backup', () => {
    const spoil: readonly (readonly [string, (safety: string) => void])[] = [
      ...spoilt(() => backups, 400),
      [
        'of the database that is live',
        () => {
          server.sql('DROP DATABASE shop; CREATE DATABASE shop; CREATE TABLE shop.users (id int)');
        },
      ],
    ];

    test.each(spoil)('%s nothing is restored and nothing is switched', async (_name, harm) => {
      const [safety, beside, change] = sequence(await takeBackup('good'));
      await perform(safety);
      await perform(beside);
      const other = { ...beside, input: { ...(beside.input as object), beside: 'shop_new_2' } };
      const intents = [await intend(other), await intend(change)];
      harm((safety.input as { file: string }).file);
      const before = [databases(), ids()];

      for (const [index, call] of [other, change].entries()) {
        const refusal = operation(call).submit(call.input, intents[index] as Intent, never);
        await expect(refusal).rejects.toMatchObject({
          surelyNotDone: true,
          message: expect.stringContaining('without one that can be read nothing is restored'),
        });
      }
      expect([databases(), ids()]).toEqual(before);
    });

    test('that Backstop took before an earlier restore, the plan is blocked', async () => {
      await refusesOlderSafety(component, await takeBackup('good'));
    });

    test('but with one of an empty database, where somebody dropped every table', async () => {
      const point = await takeBackup('good');
      server.sql('DROP DATABASE shop; CREATE DATABASE shop');

      for (const call of sequence(point).slice(0, 3)) {
        expect((await perform(call)).recovery).toEqual({ state: 'done' });
      }

      expect(server.sql('SELECT count(*) FROM shop.users')).toBe('10');
    });
  });

  describe('when something goes wrong', () => {
    test('a restore that breaks off leaves the live database alone and may be repeated', async () => {
      const before = ids();
      const [safety, beside] = sequence(await takeBackup('good'));
      await perform(safety);
      const failing = make({
        tools: fakeTools({
          mariadb:
            'case "$*" in *--database=*) head -c 3000 | /usr/bin/mariadb "$@"; exit 1;; esac; exec /usr/bin/mariadb "$@"',
        }),
      });

      const { progress, recovery } = await perform(beside, failing);
      const again = await perform(beside);

      expect(progress.state).toBe('failed');
      expect(recovery).toEqual({ state: 'not-started' });
      expect(again.recovery).toEqual({ state: 'done' });
      expect(ids()).toBe(before);
    });

    test('a database that somebody else made is never dropped', async () => {
      const [safety, beside] = sequence(await takeBackup('good'));
      await perform(safety);
      const intent = await intend(beside);
      const { beside: name } = beside.input as { beside: string };
      server.sql(`CREATE DATABASE \`${name}\``);

      await expect(operation(beside).submit(beside.input, intent, never)).rejects.toMatchObject({
        surelyNotDone: true,
      });
      expect(await operation(beside).recover(beside.input, intent, undefined, never)).toMatchObject(
        {
          state: 'diverged',
        },
      );
      expect(databases()).toContain(name);
    });

    test.each(['users', 'countries'])(
      'a switch that finds %s in use changes nothing, and the triggers are back',
      async (table) => {
        const [safety, beside, change] = sequence(await takeBackup('good'));
        await perform(safety);
        await perform(beside);
        const before = [things('shop'), ids()];
        const intent = await intend(change);
        const holder = await holdTable(table);

        const refusal = await operation(change)
          .submit(change.input, intent, never)
          .catch((error: unknown) => error);
        await holder.end();

        expect(refusal).toMatchObject({ name: 'OutsideError', detail: { kind: 'busy' } });
        expect([things('shop'), ids()]).toEqual(before);
        expect(await operation(change).recover(change.input, intent, undefined, never)).toEqual({
          state: 'not-started',
        });
        expect((await perform(change)).recovery).toEqual({ state: 'done' });
      },
      60_000,
    );

    test('a switch that breaks off after the tables have moved says what is left, and how to end it', async () => {
      const asBefore = things('shop');
      const [safety, beside, change] = sequence(await takeBackup('good'));
      await perform(safety);
      await perform(beside);
      const intent = await intend(change);
      const dying = make({
        tools: fakeTools({
          mariadb:
            'if [ "$1" != "" ]; then text=$(cat; echo x); text=${text%x}; case "$text" in *\'RENAME TABLE\'*) printf \'%s\' "$text" | sed \'/^USE/,$d\' | /usr/bin/mariadb "$@"; exit 9;; *) printf \'%s\' "$text" | /usr/bin/mariadb "$@";; esac; fi',
        }),
      });

      const refusal = await operation(change, dying)
        .submit(change.input, intent, never)
        .catch((error: unknown) => error);
      const recovery = await operation(change).recover(change.input, intent, undefined, never);

      expect(refusal).toMatchObject({ name: 'OutsideError', surelyNotDone: false });
      expect(recovery).toMatchObject({
        state: 'diverged',
        reason: expect.stringContaining('complete-shop_old_'),
      });
      const file = readdirSync(backups).find((name) => name.startsWith('complete-')) ?? '';
      server.sql(readFileSync(join(backups, file), 'utf8'));
      expect(await operation(change).recover(change.input, intent, undefined, never)).toEqual({
        state: 'done',
      });
      expect(things('shop')).toBe(asBefore);
    });

    test("somebody else's restore is drift", async () => {
      const [safety, beside, change] = sequence(await takeBackup('good'));
      await perform(safety);
      await perform(beside);
      const intent = await intend(change);
      server.sql('DROP DATABASE shop; CREATE DATABASE shop; CREATE TABLE shop.users (id int)');

      expect(await operation(change).recover(change.input, intent, undefined, never)).toMatchObject(
        {
          state: 'diverged',
        },
      );
    });

    test('tables of another database that refer to it block the restore: they would follow the old tables', async () => {
      server.sql(
        'CREATE DATABASE other; CREATE TABLE other.carts (id int, user_id int, FOREIGN KEY (user_id) REFERENCES shop.users (id))',
      );
      const [, , change] = sequence(await takeBackup('good'));

      const checks = await operation(change).preflight(change.input, never);

      expect(checks).toContainEqual(
        expect.objectContaining({
          verdict: 'fail',
          blocking: true,
          reason: expect.stringContaining('other.carts'),
        }),
      );
    });
  });

  test('what would be lost is counted where tables tell, and unknown where they do not', async () => {
    const point = await takeBackup('good');
    corrupt();

    const losses = await points().losses(point, never);

    expect(losses).toEqual([
      expect.stringMatching(
        /^10 rows of users, written since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.$/,
      ),
      expect.stringMatching(
        /^How many rows of countries, later were written is not known: no column such as updated_at/,
      ),
      expect.stringMatching(/^How many rows were deleted since .* is not known; they come back\.$/),
    ]);
  });

  test('of a table with created_at alone changes are said to be unknown', async () => {
    server.sql(
      'CREATE TABLE logins (id int, created_at datetime); INSERT INTO logins VALUES (1, utc_timestamp() - INTERVAL 1 DAY)',
      'shop',
    );
    const point = await takeBackup('good');
    server.sql(
      'UPDATE logins SET id = 100; INSERT INTO logins VALUES (2, utc_timestamp() + INTERVAL 5 SECOND)',
      'shop',
    );

    const losses = await points().losses(point, never);
    const findings = await component.doctor(never);

    expect(losses[0]).toMatch(
      /^1 row of logins, added since .* UTC; how many were changed is not known\.$/,
    );
    expect(JSON.stringify(findings)).toMatch(/which rows were changed in [^"]*logins/);
  });

  test.each<[string, string, Json]>([
    ['a path', 'backup', { file: '../../etc/cron.d/x.sql' }],
    ['an option', 'backup', { file: '--help.sql' }],
    ['SQL', 'switch', { beside: 'a`; DROP DATABASE shop; -- ', kept: 'b', safety: 'a.sql' }],
    [
      'an option for a name',
      'restore-beside',
      { point: 'a.sql', beside: '--host=x', safety: 'a.sql' },
    ],
    ['a restore without safety', 'restore-beside', { point: 'a.sql', beside: 'b' }],
    [
      'SQL for a time',
      'export-since',
      { kept: 'shop', since: "now'; DROP TABLE users; --", directory: 'a' },
    ],
  ])('%s in %s is refused', async (_name, name, input) => {
    const call = { operation: name, input };

    await expect(operation(call).observe(input, never)).rejects.toMatchObject({
      code: 'invalid-input',
    });
    const intent = { run: 'r', step: 's', key: 'k', at: 0, before: 'a', expected: 'b' };
    await expect(async () => operation(call).submit(input, intent, never)).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });

  describe('its doctor and its errors', () => {
    test('pass a server in order, and say what is not known', async () => {
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
      ['a server that does not answer', () => ({ ...login(), port: 1 }), 'unknown'],
      ['a wrong password', () => ({ ...login(), password: 'wrong-3c1' }), 'fail'],
      [
        'a server without TLS where it is asked for',
        () => ({ ...login(), tls: 'verify-full' }),
        'fail',
      ],
    ])('tell %s', async (_name, settings, verdict) => {
      const findings = await make({ server: settings() }).doctor(never);

      expect(findings[0]?.verdict).toBe(verdict);
      expect(findings[0]?.next).toMatch(/\w/);
      expect(inspect(findings, { depth: 9 })).not.toMatch(/wrong-3c1|0rd'77aa/);
    });

    test('say what a restoring account lacks', async () => {
      server.sql(
        "CREATE OR REPLACE USER reader@'127.0.0.1'; GRANT SELECT, PROCESS ON *.* TO reader@'127.0.0.1'",
      );
      const call = sequence(await takeBackup('good'))[1];

      const checks = await operation(call, make({ restoreAs: { user: 'reader' } })).preflight(
        call.input,
        never,
      );

      expect(checks.at(-1)).toMatchObject({
        verdict: 'warn',
        reason: expect.stringContaining('CREATE'),
      });
    });

    test('stop when they are cancelled', async () => {
      const call = points().capture('a');

      await expect(operation(call).observe(call.input, AbortSignal.abort())).rejects.toThrow();
      await expect(points().list(AbortSignal.abort())).rejects.toThrow();
      expect((await component.doctor(AbortSignal.abort()))[0]?.verdict).toBe('unknown');
    });
  });

  function login() {
    return {
      host: '127.0.0.1',
      port: server.port,
      user: 'root',
      password: PASSWORD,
      tls: 'disable',
    };
  }

  /** A session with an open transaction that has read a table. */
  async function holdTable(table: string): Promise<{ end(): Promise<void> }> {
    const child = spawn(
      '/usr/bin/mariadb',
      [
        '--no-defaults',
        '-h127.0.0.1',
        `-P${server.port}`,
        '-uroot',
        '--skip-ssl',
        '-N',
        '-n',
        'shop',
      ],
      { env: { MYSQL_PWD: PASSWORD }, stdio: ['pipe', 'pipe', 'ignore'] },
    );
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.stdin.write(`START TRANSACTION; SELECT count(*) FROM ${table};\n`);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    return {
      async end() {
        child.stdin.end('ROLLBACK;\n');
        await gone;
      },
    };
  }

  /** A directory of tools in which some are replaced. */
  function fakeTools(scripts: Readonly<Record<string, string>>): string {
    const directory = mkdtempSync(join(backups, 'tools-'));
    for (const tool of ['mariadb', 'mariadb-dump']) {
      const script = scripts[tool] ?? `exec /usr/bin/${tool} "$@"`;
      writeFileSync(join(directory, tool), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    return directory;
  }
});
