/** Work that goes on after `submit` has answered: long commands, and several in a row. Lives as long as the process. */

import { readdir, readFile } from 'node:fs/promises';
import { messageOf, OutsideError } from '../../errors.ts';

type JobState =
  | { readonly state: 'running'; readonly note: string }
  | { readonly state: 'succeeded'; readonly note: string }
  /** `nothingDone` when it is certain that nothing was changed. */
  | { readonly state: 'failed'; readonly reason: string; readonly nothingDone: boolean };

export type JobEnd = Exclude<JobState, { state: 'running' }>;

export interface Jobs {
  /** Epoch milliseconds since when every job is known here. */
  readonly since: number;
  /**
   * Starts the work under its key, the key of an intent. `note` is asked for what to say meanwhile. A throw of the work
   * is a failure of which nobody knows what it did.
   */
  start(key: string, note: () => string, work: Promise<JobEnd>): void;
  /** Undefined when no job of that key was started in this process. */
  find(key: string): JobState | undefined;
  /** Whether any job is running. */
  isBusy(): boolean;
}

/** As many ended jobs are remembered. */
const KEPT = 200;

export function createJobs(): Jobs {
  const ends = new Map<string, JobEnd>();
  const running = new Map<string, () => string>();

  function end(key: string, how: JobEnd): void {
    running.delete(key);
    ends.set(key, how);
    const [oldest] = ends.keys();
    if (ends.size > KEPT && oldest !== undefined) ends.delete(oldest);
  }

  return {
    since: Date.now(),
    start(key, note, work) {
      ends.delete(key);
      running.set(key, note);
      void work.then(
        (how) => end(key, how),
        (error: unknown) =>
          end(key, { state: 'failed', reason: messageOf(error), nothingDone: false }),
      );
    },
    find(key) {
      const note = running.get(key);
      return note ? { state: 'running', note: note() } : ends.get(key);
    },
    isBusy: () => running.size > 0,
  };
}

/** To be thrown where a job is not known here and nothing of it runs any more: a look decides what came of it. */
export function jobGone(what: string): OutsideError {
  return new OutsideError({
    kind: 'not-found',
    system: 'Backstop',
    attempted: 'follow the work',
    on: what,
    answer: 'Backstop was restarted meanwhile, and its end was not seen',
    next: 'Looking at what is there.',
  });
}

/** The variable by which a process that outlived Backstop is found again. */
export const KEY_VARIABLE = 'BACKSTOP_KEY';

/** A process, told from a later one with the same number. */
export interface Trace {
  readonly pid: number;
  /** In clock ticks since the machine started; null where the system does not tell. */
  readonly started: string | null;
}

export async function traceOf(pid: number): Promise<Trace> {
  return { pid, started: (await startTime(pid)) ?? null };
}

/** Whether the process, or any other with this key in its environment, is still there. Looks in /proc: false where there is none. */
export async function isAlive(key: string, trace: Trace | undefined): Promise<boolean> {
  if (trace?.started && (await startTime(trace.pid)) === trace.started) return true;
  const wanted = `${KEY_VARIABLE}=${key}`;
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return environment.split('\0').includes(wanted);
    }),
  );
  return found.includes(true);
}

/** Undefined when it is gone, or has ended and only waits to be noticed. */
async function startTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field is the program's name, which may hold anything; after its ) come state and numbers.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}
