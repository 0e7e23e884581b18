/** How an incident ended, was closed, and was opened again. */

import type { Actor, Recorded } from './events.ts';

/** A time that the incident was over. */
export interface Ending {
  readonly by: Actor;
  readonly at: number;
  readonly reason: string;
  readonly closed?: Said;
  readonly reopened?: Said;
}

interface Said {
  readonly by: Actor;
  readonly at: number;
  readonly reason: string;
}

type StatusEvent = Extract<Recorded, { type: 'status.changed' }>;

/** The endings after one more change of status. */
export function applyToEndings(endings: readonly Ending[], event: StatusEvent): readonly Ending[] {
  const { status, reason } = event.data;
  const said = { by: event.actor, at: event.at, reason };
  const last = endings.at(-1);
  const current = last && !last.reopened ? last : undefined;
  const others = current ? endings.slice(0, -1) : endings;
  if (status === 'resolved') return [...others, said];
  if (status === 'closed') {
    return [...others, current ? { ...current, closed: said } : { ...said, closed: said }];
  }
  return current ? [...others, { ...current, reopened: said }] : endings;
}
