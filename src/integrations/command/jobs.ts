/** Work that goes on after `submit` has answered: long commands, and several in a row. Lives as long as the process. */

import { messageOf, OutsideError } from '../../errors.ts';
import type { Printed } from '../../operation.ts';

type JobState =
  | { readonly state: 'running'; readonly note: string }
  | ({ readonly state: 'succeeded'; readonly note: string } & Said)
  /** `nothingDone` when it is certain that nothing was changed. */
  | ({ readonly state: 'failed'; readonly reason: string; readonly nothingDone: boolean } & Said);

interface Said {
  /** What its command printed, to be kept. */
  readonly printed?: readonly Printed[];
}

export type JobEnd = Exclude<JobState, { state: 'running' }>;

export interface Jobs {
  /** Epoch milliseconds since when every job is known here. */
  readonly since: number;
  /**
   * Starts the work under its key, the key of an intent. `note` is asked for what to say meanwhile. A throw of the work
   * is a failure of which nobody knows what it did. @param ending aborted when the work is to be ended before it is done.
   */
  start(key: string, note: () => string, work: Promise<JobEnd>, ending?: AbortController): void;
  /** Undefined when no job of that key was started in this process. */
  find(key: string): JobState | undefined;
  /**
   * Has work ended before it is done, and resolves when it is over. What it says of itself after that is not believed, also where it ended by itself
   * meanwhile: a look decides what it did.
   */
  end(key: string): Promise<void>;
  /** Whether any job is running. */
  isBusy(): boolean;
}

interface Running {
  readonly note: () => string;
  readonly ending: AbortController;
  readonly over: Promise<void>;
}

/** As many ended jobs are remembered. */
const KEPT = 200;

export function createJobs(): Jobs {
  const ends = new Map<string, JobEnd>();
  const running = new Map<string, Running>();

  function settle(key: string, how: JobEnd): void {
    const isDoubted = running.get(key)?.ending.signal.aborted === true;
    running.delete(key);
    ends.set(key, isDoubted ? doubted(how) : how);
    const [oldest] = ends.keys();
    if (ends.size > KEPT && oldest !== undefined) ends.delete(oldest);
  }

  return {
    since: Date.now(),
    start(key, note, work, ending = new AbortController()) {
      ends.delete(key);
      const over = work.then(
        (how) => settle(key, how),
        (error: unknown) =>
          settle(key, { state: 'failed', reason: messageOf(error), nothingDone: false }),
      );
      running.set(key, { note, ending, over });
    },
    find(key) {
      const job = running.get(key);
      return job ? { state: 'running', note: job.note() } : ends.get(key);
    },
    async end(key) {
      const how = ends.get(key);
      if (how) ends.set(key, doubted(how));
      const job = running.get(key);
      job?.ending.abort(new Error('It was ended before it was done.'));
      await job?.over;
    },
    isBusy: () => running.size > 0,
  };
}

/** What a command printed, as a progress tells it; nothing where it printed nothing. */
export function saidBy({ printed = [] }: Said): Said {
  return printed.length === 0 ? {} : { printed };
}

/** Of work that was ended from outside: neither its success nor that it did nothing is believed on its own word. */
function doubted(how: JobEnd): JobEnd {
  const reason = how.state === 'failed' ? how.reason : how.note;
  return { state: 'failed', reason, nothingDone: false, ...saidBy(how) };
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
