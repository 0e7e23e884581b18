/** A Redis server of its own for a test file, on loopback, from the tools of this machine. */

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';

const SERVER = '/usr/bin/redis-server';
const PASSWORD = 'queue-password-8c2f';

/** To be asked by every test file that needs a server: says what is skipped, in one line that stands out. */
export function hasRedis(file: string): boolean {
  if (existsSync(SERVER)) return true;
  console.warn(
    `SKIPPED: ${file}: no Redis is installed here (${SERVER}), so nothing of it was tested.`,
  );
  return false;
}

const README = new URL('../../../src/integrations/job-guard/README.md', import.meta.url);

/** The rights that the README lists for a user that sees these keys, as words of `ACL SETUSER`. */
export function documentedRights(keys: string): readonly string[] {
  const line = readFileSync(README, 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`ACL SETUSER backstop on >PASSWORD ${keys} `));
  return line?.split(' ').slice(5) ?? [];
}

export interface RedisServer {
  readonly port: number;
  readonly password: string;
  /** One command, and what Redis answered, as redis-cli shows it. */
  cli(...command: readonly string[]): string;
  stop(): Promise<void>;
}

/** Starts a server that keeps nothing on disk, and waits until it answers. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn(SERVER, [...args, '--requirepass', PASSWORD], { stdio: 'ignore', cwd: '/' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}.`);
    await new Promise(setImmediate);
  }
  return {
    port,
    password: PASSWORD,
    cli: (...command) =>
      execFileSync(
        '/usr/bin/redis-cli',
        ['-p', String(port), '-a', PASSWORD, '--no-auth-warning', ...command],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
      ).trim(),
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
