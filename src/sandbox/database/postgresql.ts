/** The shop's database on a real PostgreSQL, with a backup of last night, and users whose values the newest release has made wrong. */

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dockerStandIn } from './docker-stand-in.ts';
import { newestExport } from './exported.ts';
import type { ShopDatabase } from './index.ts';
import { type MigrationTool, migrationTool, WRONG_MIGRATION, writeReleases } from './releases.ts';
import { openServer, postgresqlTools, type Server } from './server.ts';

export interface PostgresqlSettings {
  /** Reached as a server, or in a service of a compose project. */
  readonly as: 'server' | 'compose';
  /** With the migrations that made its tables, the newest of which set the wrong values; its way down may break off half-way. */
  readonly migrations?: 'sound' | 'half a way down';
  /** An older backup, of the week before, beside the one of last night, which came too late. */
  readonly olderBackup?: boolean;
}

/** On a real server of its own. */
export interface ShopPostgresql extends ShopDatabase {
  sql(text: string, database?: string): Promise<string>;
  /** From now on no backup can be taken: the disk is full. */
  fillDisk(): Promise<void>;
  /** The calls of docker so far. */
  dockerCalls(): Promise<readonly string[]>;
}

/** Why no story of a database can be told here; undefined where PostgreSQL is installed. */
export function noPostgresql(): string | undefined {
  return postgresqlTools() === undefined
    ? 'no PostgreSQL is installed here (/usr/lib/postgresql/*/bin)'
    : undefined;
}

const run = promisify(execFile);
const FULL = 'pg_dump: error: could not write to output file: No space left on device';

/** Starts the server and makes the database. @throws when PostgreSQL is not installed here. */
export async function openShopPostgresql(settings: PostgresqlSettings): Promise<ShopPostgresql> {
  const installed = postgresqlTools();
  if (installed === undefined) throw new Error(`This needs PostgreSQL: ${noPostgresql()}.`);
  const server = await openServer(installed);
  const directory = await mkdtemp(join(tmpdir(), 'backstop-story-database-'));
  const path = (...names: readonly string[]) => join(directory, ...names);
  await seed(server, path('backups'), settings);
  await mkdir(path('bin'));
  for (const tool of ['psql', 'pg_restore'])
    await symlink(join(installed, tool), path('bin', tool));
  const dump = `#!/bin/sh\n[ -e ${path('full')} ] && [ "$1" != --version ] && { echo '${FULL}' >&2; exit 1; }\nexec ${join(installed, 'pg_dump')} "$@"\n`;
  await writeFile(path('bin', 'pg_dump'), dump, { mode: 0o755 });
  const psql = psqlArgs(server);
  await writeFile(
    path('wrong-users.cjs'),
    PROBE.replace('@@', () => JSON.stringify(psql)),
  );
  const tool = settings.migrations && migrationTool();
  if (settings.migrations && tool)
    await writeReleases(directory, { psql, port: server.port, tool, way: settings.migrations });
  if (settings.as === 'compose') await writeCompose(directory, server);

  const dockerCalls = async (): Promise<readonly string[]> =>
    existsSync(path('calls')) ? (await readFile(path('calls'), 'utf8')).split('\n') : [];

  return {
    components: [
      ...(settings.as === 'compose' ? composeLines(directory) : serverLines(directory, server)),
      ...(tool ? migrationLines(directory, tool, settings.migrations) : []),
    ],
    probe: [
      'users:',
      '  kind: command',
      `  run: [${process.execPath}, ${path('wrong-users.cjs')}]`,
    ],
    backups: path('backups'),
    sql: (text, database = 'shop') => server.sql(database, text),
    fillDisk: () => writeFile(path('full'), ''),
    async databases() {
      const names = "SELECT datname FROM pg_database WHERE datname LIKE 'shop%' ORDER BY 1";
      return (await server.sql('postgres', names)).split('\n');
    },
    async contents() {
      const rows = await server.sql(
        'shop',
        `SELECT to_jsonb(u) - 'updated_at' FROM (SELECT * FROM users ORDER BY id) u
         UNION ALL SELECT to_jsonb(m.name) FROM (SELECT name FROM knex_migrations ORDER BY id) m`,
      );
      const stopsAndStarts = (await dockerCalls()).flatMap(
        (call) => call.match(/ (?:stop|up) .*/) ?? [],
      );
      return [...rows.split('\n'), ...stopsAndStarts];
    },
    exported: () => newestExport(path('backups')),
    live: async () => 'shop',
    async users() {
      const count = async (condition: string) =>
        Number(await server.sql('shop', `SELECT count(*) FROM users WHERE ${condition}`));
      return {
        verified: await count('email_verified'),
        wrong: await count('email_verified IS NULL'),
      };
    },
    async signUp(email) {
      await server.sql(
        'shop',
        `INSERT INTO users (id, email, email_verified) VALUES (11, '${email}', true)`,
      );
    },
    dockerCalls,
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function psqlArgs({ tools, port }: Server): readonly string[] {
  const to = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', 'shop'];
  return [join(tools, 'psql'), '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', ...to];
}

/** Ten users, a backup of last night, and then the release that set wrong values (guide 002, example 2). */
async function seed(
  server: Server,
  backups: string,
  { migrations, olderBackup }: PostgresqlSettings,
): Promise<void> {
  await server.sql('postgres', 'CREATE DATABASE shop');
  await server.sql(
    'shop',
    `CREATE TABLE users (id int PRIMARY KEY, email text, email_verified boolean, updated_at timestamptz NOT NULL DEFAULT now());
     INSERT INTO users SELECT g, 'user' || g || '@shop.example', g <= 7, now() - interval '1 day' FROM generate_series(1, 10) g;
     CREATE TABLE knex_migrations (id serial PRIMARY KEY, name text, batch int, migration_time timestamptz);
     CREATE TABLE knex_migrations_lock (index serial PRIMARY KEY, is_locked int);
     INSERT INTO knex_migrations_lock (is_locked) VALUES (0);
     INSERT INTO knex_migrations (name, batch, migration_time) VALUES ('20240101000000_users.js', 1, now())`,
  );
  await mkdir(backups, { mode: 0o700 });
  const to = ['-h', '127.0.0.1', '-p', String(server.port), '-U', 'postgres', '-d', 'shop'];
  const backUp = (name: string) =>
    run(join(server.tools, 'pg_dump'), ['-Fc', '-f', join(backups, `${name}.dump`), ...to]);
  if (olderBackup) {
    await backUp('shop-before-the-release');
    await server.sql('shop', CORRUPTED);
    // The header of a backup has whole seconds.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  }
  await backUp('shop-nightly');
  // What is written from now on is written after the second in which the backup says that it was taken.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await server.sql('shop', migrations ? MIGRATED : CORRUPTED);
}

const CORRUPTED = 'UPDATE users SET email_verified = NULL, updated_at = now()';
const MIGRATED = `ALTER TABLE users RENAME email_verified TO email_verified_before;
  ALTER TABLE users ADD COLUMN email_verified boolean;
  INSERT INTO knex_migrations (name, batch, migration_time) VALUES ('${WRONG_MIGRATION}', 2, now())`;

async function writeCompose(directory: string, server: Server): Promise<void> {
  const env = {
    PGHOST: '127.0.0.1',
    PGPORT: String(server.port),
    PATH: `${join(directory, 'bin')}:/usr/bin:/bin`,
  };
  await writeFile(join(directory, 'docker.cjs'), dockerStandIn(directory, env));
  // Node would take an --env-file for its own.
  const start = `#!/bin/sh\nexec ${process.execPath} ${join(directory, 'docker.cjs')} -- "$@"\n`;
  await writeFile(join(directory, 'bin', 'docker'), start, { mode: 0o755 });
  const states = { web: 'running/healthy', worker: 'running', db: 'running/healthy' };
  await writeFile(join(directory, 'states'), JSON.stringify(states));
}

function serverLines(directory: string, { port }: Server): readonly string[] {
  return [
    'database:',
    '  kind: postgresql',
    '  database: shop',
    `  server: { host: 127.0.0.1, port: ${port}, user: postgres, tls: disable }`,
    `  tools: ${join(directory, 'bin')}`,
    `  backups: ${join(directory, 'backups')}`,
  ];
}

function composeLines(directory: string): readonly string[] {
  return [
    'stack:',
    '  kind: compose',
    '  project: production',
    `  directory: ${directory}`,
    `  files: [${join(directory, 'docker-compose.instance.yml')}]`,
    `  program: ${join(directory, 'bin', 'docker')}`,
    `  clientEnv: { PATH: "${join(directory, 'bin')}:/usr/bin:/bin" }`,
    '  services: [web, worker]',
    '  database:',
    '    service: db',
    '    database: shop',
    `    backups: ${join(directory, 'backups')}`,
  ];
}

function migrationLines(
  directory: string,
  { program }: MigrationTool,
  way: PostgresqlSettings['migrations'],
): readonly string[] {
  return [
    'schema:',
    '  kind: migrations',
    '  tool: knex',
    `  run: [${process.execPath}, ${program}]`,
    ...(way === 'sound' ? [] : ['  transactional: false']),
    `  newer: ${join(directory, 'newer')}`,
    `  older: ${join(directory, 'older')}`,
    `  notes: ${join(directory, 'notes')}`,
    '  database: database',
  ];
}

const PROBE = String.raw`
const { execFileSync } = require('node:child_process');
const [psql, ...given] = @@;
const text = 'SELECT count(*) FROM users WHERE email_verified IS NULL';
const count = Number(execFileSync(psql, [...given, '-c', text], { encoding: 'utf8' }));
console.log(count + ' users have no value for email_verified');
process.exit(count === 0 ? 0 : 1);
`;
