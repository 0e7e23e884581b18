/**
 * Keeps follow-ups and their issues alike: ticks off those whose issues were closed, closes the issues of those that were
 * ticked off here, once, and takes those up again whose issues were opened again. It asks about linked follow-ups that are open or
 * were done lately, one request for each every so often, and keeps nothing: what was done on either side is in the journal.
 */

import type { Clock } from '../clock.ts';
import { OutsideError } from '../errors.ts';
import { finishByIssue, recordIssueClosed, reopenByIssue } from '../flows/tasks.ts';
import { type Incident, openTasksOf } from '../incident.ts';
import type { IssueTracker } from '../issue-tracker.ts';
import type { Loop } from '../loop.ts';
import { BACKSTOP } from './drive-run.ts';

export interface FollowUpWatchContext {
  readonly loop: Loop;
  readonly clock: Clock;
  readonly tracker: Pick<IssueTracker, 'isClosed' | 'close'>;
  /** Told once of each failure, until it works again. */
  readonly onError: (error: unknown) => void;
}

export interface FollowUpWatch {
  start(): void;
  stop(): Promise<void>;
}

/** A follow-up takes days; a hundred of them are asked for 400 times an hour, of the 5,000 that GitHub allows. */
const EVERY_MS = 15 * 60_000;
/** Whether a fix holds shows within so long; who opens an issue again later says so here. */
const MAY_COME_BACK_MS = 14 * 24 * 60 * 60_000;
/** Whoever asks for more patience than this is asked again all the same. */
const LONGEST_PAUSE_MS = 60 * 60_000;
/** What all requests have in common, so that one that failed stands for all. */
const EVERYWHERE = 'everywhere';

export function createFollowUpWatch(context: FollowUpWatchContext): FollowUpWatch {
  const { loop, clock, tracker, onError } = context;
  const stopping = new AbortController();
  const { signal } = stopping;
  const told = new Set<string>();
  let ended: Promise<void> = Promise.resolve();
  let unsubscribe = (): void => undefined;
  let waking = new AbortController();

  function tell(about: string, error: unknown): void {
    if (!told.has(about)) onError(error);
    told.add(about);
  }

  /** Does it for each; returns how many milliseconds to leave the other side alone, where it is away or limits us. */
  async function forEach(
    all: readonly Linked[],
    work: (each: Linked) => Promise<unknown>,
  ): Promise<number | undefined> {
    for (const each of all) {
      try {
        await work(each);
        told.delete(EVERYWHERE);
        told.delete(each.url);
      } catch (error) {
        if (signal.aborted) return undefined;
        if (!concernsAll(error)) {
          tell(each.url, error);
          continue;
        }
        tell(EVERYWHERE, error);
        const asked = error.detail.retryAfterMs ?? 0;
        return Math.min(LONGEST_PAUSE_MS, Math.max(EVERY_MS, asked));
      }
      if (signal.aborted) return undefined;
    }
    return undefined;
  }

  function look(): Promise<number | undefined> {
    const now = clock.now();
    const all = loop.incidents().flatMap((incident) => toLookAt(incident, now));
    return forEach(all, async ({ id, task, url, isDone }) => {
      const isClosed = await tracker.isClosed(url, signal);
      if (isClosed === isDone || signal.aborted) return;
      await loop.decide(id, BACKSTOP, isClosed ? finishByIssue(task) : reopenByIssue(task));
    });
  }

  /** A request whose answer was lost is seen by the next look: what is closed already is not closed again. */
  function close(): Promise<number | undefined> {
    return forEach(loop.incidents().flatMap(toClose), async ({ id, task, url }) => {
      await tracker.close(url, signal);
      if (!signal.aborted) await loop.decide(id, BACKSTOP, recordIssueClosed(task));
    });
  }

  async function keep(): Promise<void> {
    let lookAt = 0;
    while (!signal.aborted) {
      waking = new AbortController();
      const isRound = clock.now() >= lookAt;
      const away = (await close()) ?? (isRound ? await look() : undefined);
      if (isRound || away !== undefined) lookAt = clock.now() + (away ?? EVERY_MS);
      const wakes = away === undefined ? [signal, waking.signal] : [signal];
      await clock.sleep(lookAt - clock.now(), AbortSignal.any(wakes));
    }
  }

  return {
    start() {
      unsubscribe = loop.subscribe((_incident, event) => {
        if (event.type === 'task.done') waking.abort();
      });
      ended = keep();
    },
    async stop() {
      unsubscribe();
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
  readonly isDone: boolean;
}

/** Those that are open, and those that were done lately: but not at once, for GitHub may answer as of a moment ago. */
function toLookAt(incident: Incident, now: number): readonly Linked[] {
  if (incident.imported) return [];
  const open = openTasksOf(incident);
  return incident.tasks.flatMap((each) => {
    const { id: task, url, settledAt } = each;
    const since = settledAt === undefined ? undefined : now - settledAt;
    const isRecent = since !== undefined && since >= EVERY_MS && since < MAY_COME_BACK_MS;
    const isOpen = open.includes(each);
    return url !== undefined && (isRecent || isOpen)
      ? [{ id: incident.id, task, url, isDone: !isOpen }]
      : [];
  });
}

/** Those that people ticked off here; what Backstop ticked off was closed there before. */
function toClose(incident: Incident): readonly Linked[] {
  if (incident.imported) return [];
  return incident.tasks.flatMap(({ id: task, url, done, issueClosed }) =>
    url === undefined || !done || done.by.kind === 'backstop' || issueClosed
      ? []
      : [{ id: incident.id, task, url, isDone: true }],
  );
}

/** True when the others would fare no better: it is down, limits us, or does not know the token. */
function concernsAll(error: unknown): error is OutsideError {
  if (!(error instanceof OutsideError)) return false;
  return error.retryable || error.detail.kind === 'credentials';
}
