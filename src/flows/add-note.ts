import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import type { Flow } from '../loop.ts';
import { requireOpen } from './guards.ts';

export const NOTE_LIMIT = 3000;

/** Puts a note into the timeline. @param at when it was, epoch milliseconds; now unless given. */
export function addNote(text: string, at?: number): Flow {
  return (incident): readonly Event[] => {
    requireOpen(incident);
    const note = text.trim();
    if (note === '')
      throw new Refusal('invalid-input', 'Write the note after it: `/incident note <text>`.');
    if (note.length > NOTE_LIMIT) {
      throw new Refusal('invalid-input', `Keep a note under ${NOTE_LIMIT} characters.`);
    }
    return [{ type: 'note.added', data: { text: note, ...(at === undefined ? {} : { at }) } }];
  };
}
