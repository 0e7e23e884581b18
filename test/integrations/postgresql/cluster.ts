/** A PostgreSQL server of its own for a test file, on loopback, from the tools of this machine. */

import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VERSIONS = '/usr/lib/postgresql';

/** The directory of the newest PostgreSQL installed here, or undefined. */
export const TOOLS: string | undefined = existsSync(VERSIONS)
  ? readdirSync(VERSIONS)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(VERSIONS, version, 'bin'))
      .find((directory) => existsSync(join(directory, 'initdb')))
  : undefined;

/** To be asked by every test file that needs a server: says what is skipped, in one line that stands out. */
export function hasPostgresql(file: string): boolean {
  if (TOOLS !== undefined) return true;
  console.warn(
    `SKIPPED: ${file}: no PostgreSQL is installed here (${VERSIONS}/*/bin), so nothing of it was tested.`,
  );
  return false;
}

export interface Cluster {
  readonly port: number;
  /** Runs SQL as the superuser and gives its unaligned output. */
  sql(database: string, text: string): string;
  stop(): void;
  start(): void;
  close(): void;
}

export const PASSWORD = 'superuser-pw-77aa';

/** Initialises and starts a server; about two seconds. */
export async function openCluster(): Promise<Cluster> {
  const directory = mkdtempSync(join(tmpdir(), 'backstop-postgresql-'));
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    chownSync(directory, Number(output('id', ['-u', 'postgres'])), 0);
  }
  chmodSync(directory, 0o700);
  const data = join(directory, 'data');
  // PostgreSQL refuses to run as root.
  const run = (tool: string, ...args: readonly string[]): string => {
    const path = join(TOOLS ?? '', tool);
    return isRoot ? output('runuser', ['-u', 'postgres', '--', path, ...args]) : output(path, args);
  };
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${directory} -c fsync=off -c max_prepared_transactions=2`;
  const start = (): void => {
    run('pg_ctl', '-D', data, '-w', '-o', options, '-l', join(directory, 'log'), 'start');
  };
  const sql = (database: string, text: string): string =>
    execFileSync(
      join(TOOLS ?? '', 'psql'),
      ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', database, '-f', '-'],
      {
        input: text,
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'pipe'],
        env: {
          PGHOST: '127.0.0.1',
          PGPORT: String(port),
          PGUSER: 'postgres',
          PGPASSWORD: PASSWORD,
          PATH: process.env['PATH'],
        },
      },
    ).trim();
  run('initdb', '-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8');
  start();
  sql('postgres', `ALTER ROLE postgres PASSWORD '${PASSWORD}'`);
  return {
    port,
    sql,
    start,
    stop: () => void run('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop'),
    close() {
      try {
        run('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop');
      } catch {
        // It was stopped by the test already.
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function output(program: string, args: readonly string[]): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: '/',
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
