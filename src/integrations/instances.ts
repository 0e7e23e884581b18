/** How many instances people want, for whatever scales. */

import { Refusal } from '../errors.ts';

/** What people are told to say. */
export const INSTANCES_HINT = 'how many instances, such as 6, +2 or -1';

/**
 * The number that `6`, `+2` or `-1` stands for.
 * @param now how many there are. @param most how many there may be, so that a slip of the finger costs little.
 * @throws Refusal for anything else, for none or too many, and for as many as there are.
 */
export function instancesWanted(said: string | undefined, now: number, most: number): number {
  const parts = /^([+-]?)(\d{1,4})$/.exec(said ?? '');
  if (!parts) {
    throw new Refusal('invalid-input', `Say ${INSTANCES_HINT}; not “${said ?? ''}”.`, 'value');
  }
  const [, sign, digits] = parts;
  const number = Number(digits);
  const wanted = sign === '+' ? now + number : sign === '-' ? now - number : number;
  if (wanted < 1 || wanted > most) {
    throw new Refusal(
      'invalid-input',
      `${wanted} is not between 1 and ${most}, the most that backstop.yaml allows.`,
      'value',
    );
  }
  if (wanted === now) throw new Refusal('already-done', `There are ${now} already.`, 'value');
  return wanted;
}
