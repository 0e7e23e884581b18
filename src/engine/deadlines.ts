/** Wakes when something is due: an approval's end, a quick fix's clock, a reading of a monitor window. */

import type { Clock } from '../clock.ts';
import { expireApproval } from '../flows/approve.ts';
import { type Deadline, deadlines } from '../flows/deadlines.ts';
import { recordMonitoring } from '../flows/monitor.ts';
import { endQuickFixClock } from '../flows/quick-fix.ts';
import type { Incident } from '../incident.ts';
import type { Flow, Loop } from '../loop.ts';
import type { Catalogue } from '../service.ts';
import { BACKSTOP } from './drive-run.ts';
import { readProbes } from './read-probes.ts';

/** A failed attempt is repeated after this many milliseconds, not at once. */
const RETRY_PAUSE_MS = 5_000;

export interface DeadlineContext {
  readonly loop: Loop;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of what went wrong; the deadline is tried again. */
  readonly onError: (error: unknown) => void;
}

/**
 * Keeps every open incident's deadlines until the signal is aborted. `look` is to be called with each incident that
 * changed; what was due while nothing ran is done once, at the first look.
 */
export function keepDeadlines(context: DeadlineContext): {
  look(incident: Incident): void;
  readonly ended: Promise<void>;
} {
  const { clock, signal } = context;
  const next = new Map<string, number>();
  let wake = new AbortController();

  function look(incident: Incident): void {
    const soonest = Math.min(...deadlines(incident).map(({ at }) => at));
    if (soonest === Number.POSITIVE_INFINITY) next.delete(incident.id);
    else next.set(incident.id, soonest);
    wake.abort();
  }

  async function keep(): Promise<void> {
    while (!signal.aborted) {
      wake = new AbortController();
      const due = [...next].filter(([, at]) => at <= clock.now()).map(([id]) => id);
      if (due.length > 0) {
        await Promise.all(due.map((id) => meet(context, id).catch(postpone(id))));
        continue;
      }
      const soonest = Math.min(...next.values());
      const until = AbortSignal.any([signal, wake.signal]);
      await clock.sleep(Math.max(0, soonest - clock.now()), until);
    }
  }

  /** Looks again at what was due, whether it was met or not; after a failure a little later. */
  function postpone(id: string): (error: unknown) => void {
    return (error) => {
      context.onError(error);
      next.set(id, clock.now() + RETRY_PAUSE_MS);
    };
  }

  async function meet(from: DeadlineContext, id: string): Promise<void> {
    const incident = from.loop.incident(id);
    if (!incident) return;
    const due = deadlines(incident).filter(({ at }) => at <= clock.now());
    for (const deadline of due) {
      await from.loop.decide(id, BACKSTOP, await flowFor(from, incident, deadline));
    }
    look(from.loop.incident(id) ?? incident);
  }

  return { look, ended: keep() };
}

async function flowFor(
  { catalogue, signal }: DeadlineContext,
  incident: Incident,
  deadline: Deadline,
): Promise<Flow> {
  switch (deadline.kind) {
    case 'approval':
      return expireApproval(deadline.plan);
    case 'quick-fix':
      return endQuickFixClock();
    case 'monitor': {
      const { probes } = await catalogue.systems(incident.service, incident.environment);
      return recordMonitoring(deadline.window, await readProbes(probes, signal));
    }
  }
}
