/** A program in a process of its own, which says on stderr when it is ready and on which port. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Workspace } from '../../src/sandbox/workspace/index.ts';

export interface Program {
  readonly port: number;
  /** Milliseconds from its start until it said that it is ready. */
  readonly readyMs: number;
  /** Resident memory, MiB. */
  memory(): number;
  stop(): Promise<void>;
}

const READY_LIMIT_MS = 30_000;

/**
 * Starts `node` with these arguments and waits for `is ready … port N`.
 * @param env its whole environment. @throws Error with what it said when it ends before, or takes longer than 30 s.
 */
export async function startProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Program> {
  const started = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'inherit', 'pipe'] });
  const ended = once(child, 'exit');
  // Nothing outlives the bench, however that ends.
  const reap = (): boolean => child.kill('SIGKILL');
  process.once('exit', reap);
  let said = '';
  const port = await new Promise<number>((resolve, reject) => {
    const fail = (): void => reject(new Error(`${args[0]} did not become ready:\n${said}`));
    const timer = setTimeout(fail, READY_LIMIT_MS);
    child.once('exit', fail);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const ready = /is ready\b.*\bport (\d+)/.exec(said);
      if (!ready) return;
      clearTimeout(timer);
      resolve(Number(ready[1]));
    });
  });
  return {
    port,
    readyMs: performance.now() - started,
    memory() {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
      process.off('exit', reap);
    },
  };
}

/** The arguments that start a bare Bolt app in the workspace. */
export function bareBolt(mode: 'http' | 'socket', workspace: Workspace): readonly string[] {
  const { apiUrl, botToken, appToken, signingSecret } = workspace;
  return [programFile('bench/rig/bare-bolt.js'), mode, apiUrl, botToken, appToken, signingSecret];
}

/** The file of a program of ours, compiled as this one is. */
export function programFile(path: string): string {
  return new URL(`../../${path}`, import.meta.url).pathname;
}
