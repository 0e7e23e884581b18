import { Refusal } from '../errors.ts';
import type { Curation, Event } from '../events.ts';
import type { Flow } from '../loop.ts';
import { NOTE_LIMIT } from './add-note.ts';
import { requireReason } from './guards.ts';

/**
 * Puts the timeline right: hides or shows an entry, remarks on it, corrects its time, or adds one. Allowed at any time, for
 * a post-mortem is written after the end; the entry itself stays as it was recorded.
 * @param entries the journal positions of the entries that the timeline has, hidden ones too.
 */
export function curateTimeline(curation: Curation, entries: ReadonlySet<number>): Flow {
  return (incident, { now }): readonly Event[] => {
    if (curation.do !== 'add' && !entries.has(curation.entry)) {
      throw new Refusal(
        'not-found',
        `The timeline of ${incident.id} has no entry ${curation.entry}. \`backstop timeline ${incident.id}\` lists them.`,
      );
    }
    if ('at' in curation && curation.at > now) {
      throw new Refusal('invalid-input', 'That time is still to come; name when it happened.');
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
