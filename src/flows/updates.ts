import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import type { Flow } from '../loop.ts';
import { requireFilledIn } from './blanks.ts';
import { requireOpen } from './guards.ts';

const UPDATE_LIMIT = 2000;

/**
 * Tells people how things stand and until when they will hear more.
 * @param next milliseconds from now until the next update, or undefined when none is promised.
 */
export function postUpdate(text: string, next: number | undefined): Flow {
  return (incident, { now }): readonly Event[] => {
    requireOpen(incident);
    const words = text.trim();
    if (words === '') {
      throw new Refusal(
        'invalid-input',
        'Say how things stand: `/incident update <text>`.',
        'text',
      );
    }
    if (words.length > UPDATE_LIMIT) {
      throw new Refusal('invalid-input', `Keep it under ${UPDATE_LIMIT} characters.`, 'text');
    }
    requireFilledIn(words, 'text');
    const promised = next === undefined ? {} : { next: now + next };
    return [{ type: 'update.posted', data: { text: words, ...promised } }];
  };
}
