/** Texts whose longest part is written bit by bit. */

import { randomUUID } from 'node:crypto';

/** What stands in a text where such a part belongs: nothing that anybody can have written. */
export function aPlace(): string {
  return randomUUID();
}

/** The text with the parts in its place. */
export function* around(text: string, place: string, parts: Iterable<string>): Iterable<string> {
  const at = text.indexOf(place);
  yield text.slice(0, at);
  yield* parts;
  yield text.slice(at + place.length);
}

/** False when the walk would be over at once. */
export function isEmpty(all: Iterable<unknown>): boolean {
  for (const _ of all) return false;
  return true;
}
