/** Keeps secrets out of the journal: people paste them where they should not, and systems repeat them in their answers. */

import type { Actor, Event } from './events.ts';

/** Where Backstop's own events hold words for people. The rest is needed as it is: what a plan gives to a system, the handle of a request. */
const WORDS = new Set(['reason', 'note', 'notes', 'because', 'losses', 'changesUnknown', 'undo']);

/** The event with secrets hidden in every text of somebody else, and in the words of Backstop's own. */
export function hideSecretsIn(event: Event, actor: Actor, redact: (text: string) => string): Event {
  const isOwn = actor.kind === 'backstop' && !event.type.startsWith('message.');
  const isTold = !isOwn && event.type !== 'plan.proposed';
  const data = hidden(event.data, redact, isTold);
  return data === event.data ? event : ({ ...event, data } as Event);
}

/** A copy with every text in it redacted; the value itself where nothing in it had to be hidden. */
export function hideSecrets<T>(value: T, redact: (text: string) => string): T {
  return hidden(value, redact, true) as T;
}

function hidden(value: unknown, redact: (text: string) => string, isTold: boolean): unknown {
  if (typeof value === 'string') return isTold ? redact(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  let isSame = true;
  const part = (one: unknown, isWords: boolean): unknown => {
    const clean = hidden(one, redact, isWords);
    isSame &&= clean === one;
    return clean;
  };
  const copy = Array.isArray(value)
    ? value.map((one) => part(one, isTold))
    : Object.fromEntries(
        Object.entries(value).map(([key, one]) => [key, part(one, isTold || WORDS.has(key))]),
      );
  return isSame ? value : copy;
}
