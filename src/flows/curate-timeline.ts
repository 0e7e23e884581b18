import { Refusal } from '../errors.ts';
import type { Actor, Curation, Event } from '../events.ts';
import type { Incident } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { NOTE_LIMIT } from './add-note.ts';
import { requireReason } from './guards.ts';

/**
 * Who may put a timeline right: whoever was in the incident (declared it, was invited, held a role) and the operator at the terminal.
 * @throws Refusal for everybody else.
 */
export function requirePart({ id, declaredBy, responders, roles }: Incident, actor: Actor): void {
  if (actor.kind !== 'person') return;
  const declared = declaredBy.kind === 'person' && declaredBy.id === actor.id;
  if (declared || responders.includes(actor.id) || Object.values(roles).includes(actor.id)) return;
  throw new Refusal(
    'forbidden',
    `Only those who were in ${id} put its timeline right. Tell one of them, or take a role: \`/incident role\`.`,
  );
}

/**
 * Puts the timeline right: hides or shows an entry, remarks on it, corrects its time, or adds one. Allowed at any time, for
 * a post-mortem is written after the end; the entry itself stays as it was recorded.
 * @param isThere whether the timeline has the entry that is named, hidden or not.
 */
export function curateTimeline(curation: Curation, isThere: boolean): Flow {
  return (incident, { now, actor }): readonly Event[] => {
    requirePart(incident, actor);
    if (curation.do !== 'add' && !isThere) {
      throw new Refusal(
        'not-found',
        `The timeline of ${incident.id} has no entry ${curation.entry}. \`/postmortem curate\` and \`backstop timeline ${incident.id}\` list them.`,
      );
    }
    if ('at' in curation && curation.at > now) {
      throw new Refusal('invalid-input', 'That time is in the future; say when it happened.');
    }
    return [{ type: 'timeline.curated', data: { ...curation, ...wordsOf(curation) } as Curation }];
  };
}

function wordsOf(curation: Curation): { readonly text: string } | { readonly reason: string } {
  if ('reason' in curation) return { reason: requireReason(curation.reason) };
  const text = curation.text.trim();
  if (text === '') throw new Refusal('invalid-input', 'Write what is to be in the timeline.');
  if (text.length > NOTE_LIMIT) {
    throw new Refusal('invalid-input', `Keep it under ${NOTE_LIMIT} characters.`);
  }
  return { text };
}
