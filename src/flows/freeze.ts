/** Decides when what keeps people from deploying is set, and when it is lifted again. */

import { mayBecome } from '../apply-run-event.ts';
import type { Event } from '../events.ts';
import { type FreezeWay, freezeWanted, isMoving } from '../freeze.ts';
import type { Incident } from '../incident.ts';
import type { Flow } from '../loop.ts';
import type { StepEvent } from '../run.ts';
import { BECOMES } from './run-steps.ts';

/** What can be frozen for an incident. */
export interface Freezable {
  readonly component: string;
  /** For people: `branch main of acme/checkout`. */
  readonly what: string;
}

/** A failed attempt is made again after this many milliseconds, twice as many after the next, and so on. */
const RETRY_MS = 60_000;
const LONGEST_RETRY_MS = 30 * 60_000;

/**
 * Begins to bring what is not where it belongs there. What is under way is let come to its end first, so that a request
 * that is still on its way cannot overtake the one that takes it back.
 */
export function turnFreezes(freezable: readonly Freezable[]): Flow {
  return (incident, { incidents, now }): readonly Event[] => {
    const wanted = freezeWanted(incident, incidents);
    const first = freezable
      .filter(({ component }) => !incident.freezes.some((each) => each.component === component))
      .filter(() => wanted.to === 'set')
      .map(({ component, what }) => turned(component, what, wanted));
    const others = incident.freezes.flatMap((freeze): readonly Event[] => {
      const { component, what, to, step } = freeze;
      if (isMoving(freeze)) return [];
      if (to !== wanted.to) return [turned(component, what, wanted)];
      if (step.status !== 'failed' || retryAt(freeze) > now) return [];
      const data = { run: incident.id, step: step.id };
      return [
        { type: 'freeze.stepped', data: { component, step: { type: 'step.retried', data } } },
      ];
    });
    return [...first, ...others];
  };
}

/** Records what happened to a freeze; no event when it has moved on meanwhile. */
export function recordFreeze(component: string, step: StepEvent): Flow {
  return (incident): readonly Event[] => {
    const freeze = incident.freezes.find((each) => each.component === component);
    if (!freeze || freeze.step.id !== step.data.step) return [];
    const next = BECOMES[step.type];
    // What is waited for is said once it has come about, or failed.
    if (next === undefined || !mayBecome(freeze.step.status, next)) return [];
    return [{ type: 'freeze.stepped', data: { component, step } }];
  };
}

/** When something of the incident's freezes is to be done next: epoch milliseconds, infinity when nothing is. */
export function freezeDue(incident: Incident, incidents: readonly Incident[], now: number): number {
  const { to } = freezeWanted(incident, incidents);
  if (incident.freezes.length === 0) return to === 'set' ? now : Number.POSITIVE_INFINITY;
  return Math.min(
    ...incident.freezes.map((freeze) => {
      if (isMoving(freeze) || freeze.to !== to) return now;
      return freeze.step.status === 'failed' ? retryAt(freeze) : Number.POSITIVE_INFINITY;
    }),
  );
}

function retryAt({
  endedAt = 0,
  failures,
}: {
  readonly endedAt?: number;
  readonly failures: number;
}): number {
  return endedAt + Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (failures - 1));
}

function turned(
  component: string,
  what: string,
  { to, why }: { readonly to: FreezeWay; readonly why: string },
): Event {
  return { type: 'freeze.turned', data: { component, what, to, why } };
}
