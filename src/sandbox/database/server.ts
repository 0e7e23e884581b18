/** A real PostgreSQL server for a story, on loopback, from the packages of this machine. */

import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const VERSIONS = '/usr/lib/postgresql';

/** The directory with the newest PostgreSQL's programs; undefined where there is none. */
export function postgresqlTools(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  return readdirSync(VERSIONS)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(VERSIONS, version, 'bin'))
    .find((directory) => existsSync(join(directory, 'initdb')));
}

export interface Server {
  readonly port: number;
  readonly tools: string;
  /** Runs SQL as the superuser and gives its unaligned output. @throws when it fails. */
  sql(database: string, text: string): Promise<string>;
  close(): Promise<void>;
}

/** Initialises and starts a server; takes a few seconds. */
export async function openServer(tools: string): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), 'backstop-story-server-'));
  const data = join(directory, 'data');
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    const { stdout } = await run('id', ['-u', 'postgres']);
    await chown(directory, Number(stdout), 0);
  }
  await chmod(directory, 0o700);
  // PostgreSQL refuses to run as root.
  const tool = (name: string, ...args: readonly string[]) =>
    isRoot
      ? run('runuser', ['-u', 'postgres', '--', join(tools, name), ...args], { cwd: '/' })
      : run(join(tools, name), args, { cwd: '/' });
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${directory} -c fsync=off`;
  await tool('initdb', '-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8');
  await tool(
    'pg_ctl',
    '-D',
    data,
    '-w',
    '-s',
    '-o',
    options,
    '-l',
    join(directory, 'log'),
    'start',
  );
  return {
    port,
    tools,
    async sql(database, text) {
      const to = ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', '-d', database];
      const how = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
      const { stdout } = await run(join(tools, 'psql'), [...how, ...to, '-c', text]);
      return stdout.trim();
    },
    async close() {
      await tool('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop').catch(() => undefined);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
