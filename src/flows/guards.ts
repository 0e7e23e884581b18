/** Conditions that several flows share; each throws a Refusal in words for the person. */

import { Refusal } from '../errors.ts';
import type { Actor } from '../events.ts';
import { type Incident, isOpen } from '../incident.ts';

export function requireOpen(incident: Incident): void {
  if (!isOpen(incident)) {
    throw new Refusal(
      'closed',
      `${incident.id} is ${incident.status}; nothing was changed. If it is back, declare a new incident.`,
    );
  }
}

export function requireCommander(incident: Incident, actor: Actor, what: string): void {
  const commander = incident.roles.commander;
  if (!commander) {
    throw new Refusal(
      'forbidden',
      `Somebody has to be incident commander to ${what}. Press *Take command* on the card first.`,
    );
  }
  if (actor.kind === 'person' && actor.id !== commander) {
    throw new Refusal('forbidden', `Only the incident commander, <@${commander}>, can ${what}.`);
  }
}

/** A reason somebody typed: trimmed, not empty, not endless. */
export function requireReason(reason: string, field = 'reason'): string {
  const trimmed = reason.trim();
  if (trimmed === '')
    throw new Refusal('invalid-input', 'Give a reason; it goes into the timeline.', field);
  if (trimmed.length > 1000) {
    throw new Refusal('invalid-input', 'Keep the reason under 1000 characters.', field);
  }
  return trimmed;
}

export function isSamePerson(a: Actor | undefined, b: Actor): boolean {
  if (a?.kind === 'person' && b.kind === 'person') return a.id === b.id;
  if (a?.kind === 'operator' && b.kind === 'operator') return a.name === b.name;
  return false;
}
