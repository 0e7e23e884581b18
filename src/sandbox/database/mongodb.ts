/**
 * The shop's database on MongoDB. Its server and its tools are STAND-INS (mongo-server-stand-in.ts, mongo-tools-stand-in.mjs), because
 * MongoDB cannot be installed where stories are told. The application takes the database's name from its env file when it starts.
 */

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newestExport } from './exported.ts';
import type { ShopDatabase } from './index.ts';
import { type MongoStandIn, openMongo } from './mongo-server-stand-in.ts';
import { writeMongoTools } from './mongo-tools.ts';

const run = promisify(execFile);
const DAY_MS = 24 * 3_600_000;
const FIRST = 'shop';

/** Starts the stand-in with ten users, a backup of last night, and the wrong values of the newest release. */
export async function openShopMongodb(): Promise<ShopDatabase> {
  const server = await openMongo();
  const directory = await mkdtemp(join(tmpdir(), 'backstop-story-mongodb-'));
  const path = (...names: readonly string[]) => join(directory, ...names);
  const tools = writeMongoTools(directory);
  await mkdir(path('backups'), { mode: 0o700 });
  await writeFile(path('shop.env'), `MONGODB_DATABASE=${FIRST}\n`);
  await writeFile(path('running'), await readFile(path('shop.env')));
  for (const [name, text] of Object.entries(scripts(server.port, tools)))
    await writeFile(path(name), `#!/bin/sh\ncd ${directory} || exit 2\n${text}\n`, { mode: 0o755 });
  seed(server);
  await backUp(server, tools, path('config'), path('backups', 'shop-nightly.archive.gz'));
  // What is written from now on is written after the moment in which the backup was.
  await new Promise((resolve) => setTimeout(resolve, 50));
  corrupt(server);

  /** What the shop has read when it was started. */
  const live = async (): Promise<string> =>
    (await readFile(path('running'), 'utf8')).replace('MONGODB_DATABASE=', '').trim();
  const users = async () => server.databases.get(await live())?.get('users')?.documents ?? [];

  return {
    components: components(directory, server, tools),
    probe: ['users:', '  kind: command', `  run: [${path('wrong-users.sh')}]`],
    backups: path('backups'),
    async users() {
      const all = await users();
      return {
        verified: all.filter(({ verified }) => verified === true).length,
        wrong: all.filter(({ verified }) => verified === null).length,
      };
    },
    async signUp(email) {
      server
        .collection(await live(), 'users')
        .documents.push({ _id: email, email, verified: true, updatedAt: new Date() });
    },
    live,
    databases: async () => [...server.databases.keys()].sort(),
    async contents() {
      const told = (await users()).map(({ _id, verified }) => `${_id} ${verified}`);
      const log = await readFile(path('log'), 'utf8').catch(() => '');
      return [...told, `uses ${await live()}`, ...log.split('\n')];
    },
    exported: () => newestExport(path('backups')),
    async close() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function seed(server: MongoStandIn): void {
  const yesterday = new Date(Date.now() - DAY_MS);
  const { documents } = server.collection(FIRST, 'users');
  for (let n = 1; n <= 10; n += 1)
    documents.push({
      _id: `user${n}`,
      email: `user${n}@shop.example`,
      verified: n <= 7,
      updatedAt: yesterday,
    });
}

/** The release that set wrong values (guide 002, example 2). */
function corrupt(server: MongoStandIn): void {
  for (const user of server.collection(FIRST, 'users').documents)
    Object.assign(user, { verified: null, updatedAt: new Date() });
}

async function backUp(
  { port }: MongoStandIn,
  tools: string,
  config: string,
  to: string,
): Promise<void> {
  await writeFile(config, `uri: "mongodb://127.0.0.1:${port}"\n`);
  const what = [`--db=${FIRST}`, '--archive', '--gzip', '--excludeCollection=backstop_restore'];
  const { stdout } = await run(join(tools, 'mongodump'), [`--config=${config}`, ...what], {
    encoding: 'buffer',
  });
  await writeFile(to, stdout, { mode: 0o600 });
}

/** The shop itself, as far as it matters here: what it has read of its settings, while it runs. */
function scripts(port: number, tools: string): Readonly<Record<string, string>> {
  return {
    'stop.sh': 'rm -f running && echo stopped | tee -a log',
    'stopped.sh': '[ ! -e running ]',
    'start.sh': 'cp shop.env starting && mv starting running && echo started | tee -a log',
    'started.sh': '[ -e running ]',
    'wrong-users.sh': [
      '[ -e running ] || { echo "the shop does not run"; exit 1; }',
      `database=$(sed -n 's/^MONGODB_DATABASE=//p' running)`,
      `count=$(${join(tools, 'mongosh')} "mongodb://127.0.0.1:${port}/$database" --quiet --eval 'db.users.countDocuments({ verified: null })') || exit 1`,
      'echo "$count users have no value for verified in $database"',
      '[ "$count" = 0 ]',
    ].join('\n'),
  };
}

function components(directory: string, { port }: MongoStandIn, tools: string): readonly string[] {
  const settings = join(directory, 'shop.env');
  const operation = (name: string, title: string, check: string): readonly string[] => [
    `    ${name}:`,
    `      title: ${title}`,
    `      run: [${join(directory, `${name}.sh`)}]`,
    `      check: { run: [${join(directory, check)}] }`,
  ];
  return [
    'database:',
    '  kind: mongodb',
    `  database: ${FIRST}`,
    `  server: { uri: 'mongodb://127.0.0.1:${port}', tls: disable }`,
    `  tools: ${tools}`,
    `  backups: ${join(directory, 'backups')}`,
    '  used:',
    `    read: [sed, -n, 's/^MONGODB_DATABASE=//p', ${settings}]`,
    `    set: [sed, -i, 's/^MONGODB_DATABASE=.*/MONGODB_DATABASE={database}/', ${settings}]`,
    'shop:',
    '  kind: command',
    '  operations:',
    ...operation('stop', 'Stop the shop', 'stopped.sh'),
    ...operation('start', 'Start the shop with the database that is set', 'started.sh'),
    '  hold: { acquire: stop, release: start }',
  ];
}
