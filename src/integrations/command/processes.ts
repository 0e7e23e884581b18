/** The processes that were started for something, found by a mark in their environment: also those that outlived Backstop. */

import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** The variable by which a process that outlived Backstop is found again. */
export const KEY_VARIABLE = 'BACKSTOP_KEY';

/** A process, told from a later one with the same number. */
export interface Trace {
  readonly pid: number;
  /** In clock ticks since the machine started; null where the system does not tell. */
  readonly started: string | null;
}

/** Between SIGTERM and SIGKILL, milliseconds; and after SIGKILL until it is said that something is left. */
export const GRACE_MS = 5_000;
const AFTER_KILL_MS = 2_000;
const LOOK_MS = 50;

export async function traceOf(pid: number): Promise<Trace> {
  return { pid, started: (await statOf(pid))?.started ?? null };
}

/** Whether the process, or any other with this key in its environment, is still there. Looks in /proc: false where there is none. */
export function isAlive(key: string, trace: Trace | undefined): Promise<boolean> {
  return isMarked(`${KEY_VARIABLE}=${key}`, trace);
}

/** The same for any line of the environment. */
export async function isMarked(mark: string, trace: Trace | undefined): Promise<boolean> {
  return (await marked(mark, trace)).length > 0;
}

/**
 * Ends every process with this mark in its environment, and the groups they are in: SIGTERM, and SIGKILL after the grace time.
 * Also those that left the group of the first by a session of their own.
 * @param mark a line of the environment that nothing else has; none where only the first process is known
 * @returns how many were there, and how many are left: those that Backstop's user may not end.
 */
export async function endMarked(
  mark: string | undefined,
  trace: Trace | undefined,
): Promise<{ readonly found: number; readonly left: number }> {
  const found = await marked(mark, trace);
  signal(found, 'SIGTERM');
  let left = await untilGone(mark, trace, GRACE_MS);
  signal(left, 'SIGKILL');
  if (left.length > 0) left = await untilGone(mark, trace, AFTER_KILL_MS);
  return { found: found.length, left: left.length };
}

interface Process {
  readonly pid: number;
  readonly group: number;
  readonly started: string;
}

async function untilGone(mark: string | undefined, trace: Trace | undefined, ms: number) {
  const until = Date.now() + ms;
  let left = await marked(mark, trace);
  while (left.length > 0 && Date.now() < until) {
    await sleep(LOOK_MS);
    left = await marked(mark, trace);
  }
  return left;
}

function signal(processes: readonly Process[], name: 'SIGTERM' | 'SIGKILL'): void {
  // The group too: what it started may have emptied its environment. 0 and 1 would be our own group and everybody's.
  const groups = processes.flatMap(({ group }) => (group > 1 ? [-group] : []));
  for (const target of new Set([...groups, ...processes.map(({ pid }) => pid)])) {
    try {
      process.kill(target, name);
    } catch {
      // Gone meanwhile, or not ours to end: the next look tells.
    }
  }
}

async function marked(
  mark: string | undefined,
  trace: Trace | undefined,
): Promise<readonly Process[]> {
  const own = String(process.pid);
  const pids = (await readdir('/proc').catch(() => [])).filter(
    (name) => /^\d+$/.test(name) && name !== own,
  );
  const all = await Promise.all(
    pids.map(async (name): Promise<readonly Process[]> => {
      const pid = Number(name);
      const isTraced = pid === trace?.pid && trace.started !== null;
      const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
      const hasMark = mark !== undefined && environment.split('\0').includes(mark);
      if (!isTraced && !hasMark) return [];
      const found = await statOf(pid);
      return found && (hasMark || found.started === trace?.started) ? [found] : [];
    }),
  );
  return all.flat();
}

/** Undefined when it is gone, or has ended and only waits to be noticed. */
async function statOf(pid: number): Promise<Process | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field is the program's name, which may hold anything; after its ) come state and numbers.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const [state, , group, started] = [fields[0], fields[1], fields[2], fields[19]];
  if (state === 'Z' || group === undefined || started === undefined) return undefined;
  return { pid, group: Number(group), started };
}
