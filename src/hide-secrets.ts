/** Keeps secrets out of the journal: people paste them where they should not, and systems repeat them in their answers. */

import type { Event } from './events.ts';

/** Under these keys stand words for people, as one text or as several. */
const WORDS: ReadonlySet<string> = new Set(
  'title summary text note notes files reason reasons because override breakGlass impact changes takes losses changesUnknown undo manual'.split(
    ' ',
  ),
);

/** What stands under these is needed as it is, to the last letter: what a system is given, what a request is followed by, what people are led by. */
const KEPT: ReadonlySet<string> = new Set(['call', 'intent', 'handle', 'playbook']);

/**
 * The event with secrets hidden in every word for people. Names and ids stay, whatever they are: a password that is called as a
 * service must not take the service's name out of an incident.
 */
export function hideSecretsIn(event: Event, redact: (text: string) => string): Event {
  const data = hideSecrets(event.data, redact);
  return data === event.data ? event : ({ ...event, data } as Event);
}

/** A copy with secrets hidden in its words for people; the value itself where nothing had to be. */
export function hideSecrets<T>(value: T, redact: (text: string) => string): T {
  return hidden(value, redact, false) as T;
}

function hidden(value: unknown, redact: (text: string) => string, isWords: boolean): unknown {
  if (typeof value === 'string') return isWords ? redact(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const copy = value.map((one) => hidden(one, redact, isWords));
    return copy.every((one, n) => one === value[n]) ? value : copy;
  }
  let copy: object = value;
  for (const [key, one] of Object.entries(value)) {
    const clean = KEPT.has(key) ? one : hidden(one, redact, WORDS.has(key));
    if (clean !== one) copy = { ...copy, [key]: clean };
  }
  return copy;
}
