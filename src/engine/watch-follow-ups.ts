/**
 * Ticks off follow-ups whose issues were closed where they are worked on. It asks about open, linked follow-ups only, one
 * request for each every so often, and keeps nothing: what was ticked off is in the journal.
 */

import type { Clock } from '../clock.ts';
import { OutsideError } from '../errors.ts';
import { finishByIssue } from '../flows/tasks.ts';
import { type Incident, openTasksOf } from '../incident.ts';
import type { Loop } from '../loop.ts';
import { BACKSTOP } from './drive-run.ts';

export interface FollowUpWatchContext {
  readonly loop: Loop;
  readonly clock: Clock;
  /** Whether the issue with that address was closed. @throws OutsideError */
  readonly isClosed: (url: string, signal: AbortSignal) => Promise<boolean>;
  /** Told once of each failure, until it works again. */
  readonly onError: (error: unknown) => void;
}

export interface FollowUpWatch {
  start(): void;
  stop(): Promise<void>;
}

/** A follow-up takes days; a hundred of them are asked for 400 times an hour, of the 5,000 that GitHub allows. */
const EVERY_MS = 15 * 60_000;
/** Whoever asks for more patience than this is asked again all the same. */
const LONGEST_PAUSE_MS = 60 * 60_000;
/** What all requests have in common, so that one that failed stands for all. */
const EVERYWHERE = 'everywhere';

export function createFollowUpWatch(context: FollowUpWatchContext): FollowUpWatch {
  const { loop, clock, isClosed, onError } = context;
  const stopping = new AbortController();
  const { signal } = stopping;
  const told = new Set<string>();
  let ended: Promise<void> = Promise.resolve();

  function tell(about: string, error: unknown): void {
    if (!told.has(about)) onError(error);
    told.add(about);
  }

  /** Looks at each once, and returns after how many milliseconds to look again. */
  async function round(): Promise<number> {
    for (const { id, task, url } of loop.incidents().flatMap(linkedFollowUps)) {
      try {
        const isDone = await isClosed(url, signal);
        if (signal.aborted) return 0;
        told.delete(EVERYWHERE);
        told.delete(url);
        if (isDone) await loop.decide(id, BACKSTOP, finishByIssue(task));
      } catch (error) {
        if (signal.aborted) return 0;
        if (!concernsAll(error)) {
          tell(url, error);
          continue;
        }
        tell(EVERYWHERE, error);
        const asked = error.detail.retryAfterMs ?? 0;
        return Math.min(LONGEST_PAUSE_MS, Math.max(EVERY_MS, asked));
      }
    }
    return EVERY_MS;
  }

  async function keep(): Promise<void> {
    while (!signal.aborted) await clock.sleep(await round(), signal);
  }

  return {
    start() {
      ended = keep();
    },
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

interface Linked {
  /** The incident's. */
  readonly id: string;
  readonly task: string;
  readonly url: string;
}

function linkedFollowUps(incident: Incident): readonly Linked[] {
  if (incident.imported) return [];
  return openTasksOf(incident).flatMap(({ id: task, url }) =>
    url === undefined ? [] : [{ id: incident.id, task, url }],
  );
}

/** True when the others would fare no better: it is down, limits us, or does not know the token. */
function concernsAll(error: unknown): error is OutsideError {
  if (!(error instanceof OutsideError)) return false;
  return error.retryable || error.detail.kind === 'credentials';
}
