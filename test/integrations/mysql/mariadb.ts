/** A MariaDB server of its own for a test file, on loopback, from the packages of this machine. */

import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../postgresql/cluster.ts';

const NEEDED = [
  '/usr/sbin/mariadbd',
  '/usr/bin/mariadb-install-db',
  '/usr/bin/mariadb',
  '/usr/bin/mariadb-dump',
];

/** To be asked by every test file that needs a server: says what is skipped, in one line that stands out. */
export function hasMariadb(file: string): boolean {
  const missing = NEEDED.filter((path) => !existsSync(path));
  if (missing.length === 0) return true;
  console.warn(
    `SKIPPED: ${file}: no MariaDB is installed here (${missing.join(', ')}), so nothing of it was tested.`,
  );
  return false;
}

export const PASSWORD = 'pa"ss\\w#0rd\'77aa';

export interface Mariadb {
  readonly port: number;
  /** Runs SQL as root and gives its unaligned output. */
  sql(text: string, database?: string): string;
  close(): Promise<void>;
}

/** Initialises and starts a server; some five seconds. */
export async function openMariadb(): Promise<Mariadb> {
  const directory = mkdtempSync(join(tmpdir(), 'backstop-mariadb-'));
  const port = await freePort();
  const isRoot = process.getuid?.() === 0;
  const identity = isRoot ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  if (isRoot) chownSync(directory, idOf('-u'), idOf('-g'));
  const data = join(directory, 'data');
  execFileSync(
    '/usr/bin/mariadb-install-db',
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], cwd: directory, ...identity },
  );
  const server = spawn(
    '/usr/sbin/mariadbd',
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      `--socket=${join(directory, 's')}`,
      `--pid-file=${join(directory, 'pid')}`,
      '--skip-name-resolve',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-buffer-pool-size=32M',
      '--event-scheduler=ON',
      '--lower-case-table-names=0',
      `--log-error=${join(directory, 'log')}`,
    ],
    { stdio: 'ignore', cwd: directory, ...identity },
  );
  const gone = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  let password: string | undefined;
  const sql = (text: string, database?: string): string =>
    execFileSync(
      '/usr/bin/mariadb',
      [
        '--no-defaults',
        '--host=127.0.0.1',
        `--port=${port}`,
        '--user=root',
        '--batch',
        '--raw',
        '--skip-column-names',
        ...(database === undefined ? [] : [database]),
      ],
      {
        input: text,
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'], ...(password && { MYSQL_PWD: password }) },
      },
    ).trim();
  await answered(
    () => sql('SELECT 1'),
    join(directory, 'log'),
    () => server.exitCode,
  );
  sql(
    `SET PASSWORD FOR root@'127.0.0.1' = PASSWORD('${PASSWORD.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}')`,
  );
  password = PASSWORD;
  return {
    port,
    sql,
    async close() {
      server.kill('SIGKILL');
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'mysql'], { encoding: 'utf8' }));
}

async function answered(ask: () => unknown, log: string, code: () => number | null) {
  for (;;) {
    try {
      ask();
      return;
    } catch (error) {
      if (code() !== null) throw new Error(`MariaDB ended: ${readFileSync(log, 'utf8')}`);
      if (!String(error).includes('connect')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
