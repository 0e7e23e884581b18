/** Conditions that several flows share; each throws a Refusal in words for the person. */

import { Refusal } from '../errors.ts';
import type { Actor } from '../events.ts';
import { activeRun, type Incident, isOpen } from '../incident.ts';
import type { Run } from '../run.ts';
import { statusWord } from '../vocabulary.ts';

export function requireOpen(incident: Incident): void {
  if (!isOpen(incident)) {
    throw new Refusal(
      'closed',
      `${incident.id} is ${statusWord(incident.status)}; nothing was changed. If it is back, declare a new incident.`,
    );
  }
}

/**
 * Only the incident commander decides; the operator at the terminal may, for when Slack is down, and so may Backstop.
 */
export function requireCommander(incident: Incident, actor: Actor, what: string): void {
  if (actor.kind !== 'person') return;
  const commander = incident.roles.commander;
  const leader = incident.release ? 'release owner' : 'incident commander';
  if (!commander) {
    throw new Refusal(
      'forbidden',
      `Somebody has to be incident commander to ${what}. Press *Take command* on the card first.`,
    );
  }
  if (actor.id !== commander) {
    throw new Refusal('forbidden', `Only the ${leader}, <@${commander}>, can ${what}. Ask them.`);
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

/** One run at a time for a service and environment, over all incidents. `next` says what to do once it has ended. */
export function requireFree(
  service: string,
  environment: string,
  incidents: readonly Incident[],
  next: string,
): void {
  const holder = holderOf(service, environment, incidents);
  if (!holder) return;
  const { incident, run } = holder;
  const since = clockTime(run.startedAt);
  throw new Refusal(
    'not-possible',
    `${run.id} of ${incident.id} has been at work on ${service} ${environment} since ${since}. ${next}`,
  );
}

/** A time as each reader's Slack shows it. @param at epoch milliseconds. */
export function clockTime(at: number): string {
  return `<!date^${Math.floor(at / 1000)}^{time}|${new Date(at).toISOString()}>`;
}

/** The run that holds a service and environment, of whichever incident. */
export function holderOf(
  service: string,
  environment: string,
  incidents: readonly Incident[],
): { readonly incident: Incident; readonly run: Run } | undefined {
  for (const incident of incidents) {
    if (incident.service !== service || incident.environment !== environment) continue;
    const run = activeRun(incident);
    if (run) return { incident, run };
  }
  return undefined;
}

/** Somebody's words, ended as a sentence. */
export function sentence(words = ''): string {
  const text = words.trim();
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

/** Whether they are one person, in Slack or at the terminal. Of operators whom nobody knows in Slack, by name. */
export function isSamePerson(a: Actor | undefined, b: Actor): boolean {
  const [one, other] = [a && inSlack(a), inSlack(b)];
  if (one !== undefined && other !== undefined) return one === other;
  if (a?.kind === 'operator' && b.kind === 'operator') {
    return a.name.toLowerCase() === b.name.toLowerCase();
  }
  return false;
}

/** The Slack user id of whoever acts, where it is known. */
export function inSlack(actor: Actor): string | undefined {
  if (actor.kind === 'person') return actor.id;
  return actor.kind === 'operator' ? actor.slack : undefined;
}
