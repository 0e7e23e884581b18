import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Component, RestorePoint } from '../../../src/component.ts';
import { createMysql } from '../../../src/integrations/mysql/index.ts';
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
import { hasMariadb, type Mariadb, openMariadb, PASSWORD } from './mariadb.ts';

const never = new AbortController().signal;

const BUSY = { timeout: 60_000 };

describe.skipIf(!hasMariadb('mysql.test.ts'))('a MySQL database, on a real MariaDB', BUSY, () => {
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

  restoreContract({
    make,
    backups: () => backups,
    extension: '.sql.gz',
    databases,
    live: () => 'shop',
    picture: () => [things('shop'), ids(), server.sql('CHECKSUM TABLE shop.users')],
    users(database) {
      const select = `SELECT count(*), sum(email_verified IS NULL) FROM ${database}.users`;
      const [rows, wrong] = server.sql(select).split('\t').map(Number);
      return { rows: rows ?? 0, wrong: wrong ?? 0 };
    },
    corrupt,
    added: 'users.wrong (int(11))',
    // What is written then is dated later.
    later: async () => undefined,
    replaceLive: () =>
      void server.sql('DROP DATABASE shop; CREATE DATABASE shop; CREATE TABLE shop.users (id int)'),
    create: (name) => void server.sql(`CREATE DATABASE \`${name}\``),
    misplace: (kept) =>
      void server.sql(`CREATE DATABASE \`${kept}\`; CREATE TABLE \`${kept}\`.theirs (id int)`),
    other() {
      server.sql('CREATE DATABASE shop_other; CREATE TABLE shop_other.a (b int)');
      return make({ database: 'shop_other' });
    },
    spoilt: (fault, mark) => ({ tools: fakeTools(scriptsFor(fault, mark)) }),
    logins: () =>
      void server.sql(
        'CREATE TABLE logins (id int, created_at datetime); INSERT INTO logins VALUES (1, utc_timestamp() - INTERVAL 1 DAY)',
        'shop',
      ),
    moreLogins: () =>
      void server.sql(
        'UPDATE logins SET id = 100; INSERT INTO logins VALUES (2, utc_timestamp() + INTERVAL 5 SECOND)',
        'shop',
      ),
    version: /MariaDB/,
    words: { row: 'row', rows: 'rows', table: 'table' },
  });

  describe('its backups', () => {
    test('have views, triggers, routines and events in them', async () => {
      const { id } = await takeBackup('good');

      const text = gunzipSync(readFileSync(join(backups, id))).toString();

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

    test('are offered uncompressed too, as a team takes them', async () => {
      const dump = (name: string) =>
        execFileSync(
          '/usr/bin/mariadb-dump',
          ['--no-defaults', '-h127.0.0.1', `-P${server.port}`, '-uroot', '--skip-ssl', name],
          { env: { MYSQL_PWD: PASSWORD } },
        );
      writeFileSync(join(backups, 'nightly.sql'), dump('shop'));

      const all = await points().list(never);

      expect(all.find(({ id }) => id === 'nightly.sql')).toMatchObject({ available: true });
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
    test('brings views, triggers, routines and events back too, and exports every kind of value', async () => {
      const asBefore = things('shop');
      const point = await takeBackup('good');
      corrupt();
      const asCorrupt = things('shop');
      const [safety, beside, change, exported] = sequence(point);

      for (const call of [safety, beside, change, exported]) await perform(call);

      const { kept, beside: emptied } = change.input as { kept: string; beside: string };
      expect(things('shop')).toBe(asBefore);
      expect(things(kept)).toBe(asCorrupt.replace(/^EVENT.*\n/m, ''));
      expect(things(emptied)).toBe('');
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
    });

    test('carries out no event beside', async () => {
      const [safety, beside] = sequence(await takeBackup('good'));
      await perform(safety);
      await perform(beside);

      expect(things((beside.input as { beside: string }).beside)).not.toContain('EVENT');
    });
  });

  describe('without a safety backup', () => {
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

    test('a database without a table of InnoDB blocks the restore: nobody could tell it from a restored one', async () => {
      const point = await takeBackup('good');
      server.sql('DROP DATABASE shop; CREATE DATABASE shop');
      server.sql('CREATE TABLE users (id int) ENGINE=MyISAM', 'shop');
      const [safety, beside] = sequence(point);
      await perform(safety);

      const checks = await operation(beside).preflight(beside.input, never);

      expect(checks.find(({ name }) => name === 'The account may restore')).toMatchObject({
        verdict: 'fail',
        blocking: true,
        reason: expect.stringContaining('No table of it is of InnoDB'),
      });
      await expect(perform(beside)).rejects.toMatchObject({ surelyNotDone: true });
      expect(databases()).toEqual(['shop']);
    });

    test('tables of another database that refer to it block the restore, and are looked for again right before the switch: they would follow the old tables', async () => {
      const [safety, beside, change] = sequence(await takeBackup('good'));
      await perform(safety);
      await perform(beside);
      const intent = await intend(change);
      server.sql(
        'CREATE DATABASE other; CREATE TABLE other.carts (id int, user_id int, FOREIGN KEY (user_id) REFERENCES shop.users (id))',
      );
      const before = [things('shop'), ids()];

      const checks = await operation(change).preflight(change.input, never);
      const refusal = operation(change).submit(change.input, intent, never);

      expect(checks).toContainEqual(
        expect.objectContaining({
          verdict: 'fail',
          blocking: true,
          reason: expect.stringContaining('other.carts'),
        }),
      );
      await expect(refusal).rejects.toMatchObject({
        surelyNotDone: true,
        message: expect.stringContaining('other.carts'),
      });
      expect([things('shop'), ids()]).toEqual(before);
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

  function scriptsFor(fault: Fault, mark: string): Readonly<Record<string, string>> {
    const halfWay = (then: string) =>
      `case "$*" in *--database=*) head -c 3000 | /usr/bin/mariadb "$@"; ${then};; esac; exec /usr/bin/mariadb "$@"`;
    switch (fault) {
      case 'dump fails':
        return { 'mariadb-dump': 'echo half; exit 1' };
      case 'dump is cut off':
        return { 'mariadb-dump': '/usr/bin/mariadb-dump "$@" | head -c 1500' };
      case 'dump does nothing':
        return { 'mariadb-dump': 'exit 0' };
      case 'dump hangs':
        return { 'mariadb-dump': `trap '' TERM; ${hanging(mark)}` };
      case 'restore fails half-way':
        return { mariadb: halfWay('exit 1') };
      case 'restore hangs half-way':
        return { mariadb: `trap '' TERM; ${halfWay(hanging(mark))}` };
    }
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
