/** Wakes for each incident when something of it is due. */

import type { Clock } from '../clock.ts';
import type { Incident } from '../incident.ts';

/** A failed attempt is repeated after this many milliseconds, not at once. */
const RETRY_PAUSE_MS = 5_000;

export interface AlarmContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of what went wrong; it is tried again. */
  readonly onError: (error: unknown) => void;
}

export interface Alarms {
  /** To be called with each incident that changed, and once with each at the start. */
  look(incident: Incident): void;
  /** Resolves once the signal is aborted and nothing is under way. */
  readonly ended: Promise<void>;
}

/**
 * Keeps time until the signal is aborted. What was due while nothing ran is done at the first look.
 * @param soonest when something of the incident is due next, epoch milliseconds; infinity when nothing is.
 * @param meet does what is due of the incident with that id, and returns when something is due next.
 */
export function keepAlarms(
  { clock, signal, onError }: AlarmContext,
  soonest: (incident: Incident) => number,
  meet: (id: string) => Promise<number>,
): Alarms {
  const next = new Map<string, number>();
  let wake = new AbortController();
  let wakesAt = Number.NEGATIVE_INFINITY;

  function set(id: string, at: number): void {
    if (at === Number.POSITIVE_INFINITY) next.delete(id);
    else next.set(id, at);
    // Most events move nothing, and waking means looking through all of them.
    if (at < wakesAt) wake.abort();
  }

  async function attempt(id: string): Promise<void> {
    try {
      set(id, await meet(id));
    } catch (error) {
      onError(error);
      set(id, clock.now() + RETRY_PAUSE_MS);
    }
  }

  async function keep(): Promise<void> {
    while (!signal.aborted) {
      wake = new AbortController();
      const due = [...next].filter(([, at]) => at <= clock.now()).map(([id]) => id);
      if (due.length > 0) {
        await Promise.all(due.map(attempt));
        continue;
      }
      const until = AbortSignal.any([signal, wake.signal]);
      wakesAt = Math.min(...next.values());
      await clock.sleep(Math.max(0, wakesAt - clock.now()), until);
      wakesAt = Number.NEGATIVE_INFINITY;
    }
  }

  return { look: (incident) => set(incident.id, soonest(incident)), ended: keep() };
}
