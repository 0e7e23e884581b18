/** Puts questions to flows without a journal: a story's incident, who asks, and what comes of it. */

import { expect } from 'vitest';
import { Refusal } from '../../src/errors.ts';
import type { Actor, Event } from '../../src/events.ts';
import type { Incident } from '../../src/incident.ts';
import type { Flow } from '../../src/loop.ts';
import type { ApprovalPolicy, EnvironmentPolicy, Service } from '../../src/service.ts';
import { BACKSTOP, MINUTE, SECOND, type Story } from './an-incident.ts';

export const POLICY: ApprovalPolicy = {
  count: 1,
  from: ['S0LEADS', 'U0CLEO'],
  requesterMayApprove: false,
  validFor: 30 * MINUTE,
  breakGlass: ['U0BEN'],
};

export const PRODUCTION: EnvironmentPolicy = {
  id: 'production',
  verification: { passes: 3, every: 10 * SECOND, limit: 5 * MINUTE },
  monitor: {
    windows: [
      { name: 'first quarter hour', from: 0, until: 15 * MINUTE, every: MINUTE },
      { name: 'first hours', from: 60 * MINUTE, until: 240 * MINUTE, every: 10 * MINUTE },
    ],
  },
  approval: POLICY,
};

export const CHECKOUT: Service = {
  id: 'checkout',
  name: 'Checkout',
  responders: ['S0SHOP'],
  contacts: [{ role: 'Database administrator', name: 'Femi Ade', phone: '+49 30 1' }],
  environments: { production: PRODUCTION, staging: { ...PRODUCTION, id: 'staging' } },
};

export const OPERATOR: Actor = { kind: 'operator', name: 'root' };

/** What the flow decides for somebody, at the story's present moment. */
export function ask(
  story: Story,
  actor: Actor,
  flow: Flow,
  others: readonly Incident[] = [],
): readonly Event[] {
  const incident = story.incident();
  return flow(incident, { now: story.now(), actor, incidents: [...others, incident] });
}

/** Asks and records, as the loop would. */
export function put(story: Story, actor: Actor, flow: Flow): readonly Event[] {
  const events = ask(story, actor, flow);
  story.tell(actor, ...events);
  return events;
}

/**
 * The refusal that the flow answers with. Every refusal is held to the same: whole sentences of readable length, nothing
 * undefined, and a word on what to do or why nothing is to be done.
 */
export function refusal(work: () => unknown): Refusal {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expect(error.message).toMatch(/^[A-Z"<*].*[.`?!*]$/s);
    expect(error.message).not.toMatch(/undefined|null|NaN|\[object|\.\.| {2}|by \./);
    expect(error.message.length).toBeLessThan(500);
    expect(error.message).toMatch(ADVICE);
    return error;
  }
  throw new Error('It was not refused');
}

const ADVICE =
  /\b(use|press|ask|say|give|keep|choose|declare|try|answer|call|add|wait|look|tell|name|take|type|write|approve again|report|find|nothing|listed|cards?|were called|approved this already|approved already by|shows)\b/i;

export function refused(
  story: Story,
  actor: Actor,
  flow: Flow,
  others?: readonly Incident[],
): Refusal {
  return refusal(() => ask(story, actor, flow, others));
}

/** The incident is over. */
export function closeStory(story: Story): Story {
  return story.tell(BACKSTOP, {
    type: 'status.changed',
    data: { status: 'resolved', reason: 'over' },
  });
}
