/** What people type after a command: mentions as Slack sends them, times as people say them. */

import { Refusal } from '../errors.ts';
import { type Direction, timeSaid } from '../wall-clock.ts';
import { theirWords } from '../words.ts';

const MENTION = /<@([UW][A-Z0-9]+)(?:\|[^>]*)?>/;
const LAST_MENTION = new RegExp(`(?:^|\\s)${MENTION.source}$`);
const LAST_NAME = /(?:^|\s)@([\w.-]+)$/;
const LAST_TIME =
  /(?:^|\s)(?:by |(?=in \d))((?:in )?(?:tomorrow(?: \d{1,2}:\d{2})?|\d{4}-\d{2}-\d{2}(?: \d{1,2}:\d{2})?|\d{1,2}:\d{2}|\d{1,4} ?(?:m|min|minutes?|h|hours?|d|days?)))$/i;

/** The words as the person typed them: Slack's escapes undone, mentions as `@name` and `#channel`. */
export function asTyped(text: string): string {
  return text
    .replaceAll(/<@[UW][A-Z0-9]+\|([^<>]*)>/g, '@$1')
    .replaceAll(/<#C[A-Z0-9]+\|([^<>]*)>/g, '#$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** The one person that the words name; undefined when there are no words. @throws Refusal when they name nobody. */
export function personNamed(words: string): string | undefined {
  const text = words.trim();
  if (text === '') return undefined;
  const found = new RegExp(`^${MENTION.source}$`).exec(text);
  if (found) return found[1];
  throw nobody(text);
}

/**
 * `@ana she was there`, `because I was there`: the person that the words begin with, if they name one, and why.
 * @throws Refusal when they begin with neither.
 */
export function personAndWhy(words: string): { readonly person?: string; readonly why: string } {
  const found = new RegExp(`^${MENTION.source}(?:\\s+(.*))?$`, 's').exec(words.trim());
  const rest = found ? (found[2] ?? '') : words.trim();
  const why = asTyped(rest).replace(/^because\s+/i, '');
  if (found?.[1] !== undefined) return { person: found[1], why };
  if (rest === '' || /^because\s/i.test(rest)) return { why };
  throw nobody(firstOf(rest));
}

function firstOf(words: string): string {
  return words.split(/\s/, 1)[0] ?? '';
}

export interface SaidTask {
  readonly text: string;
  readonly owner?: string;
  /** Epoch milliseconds. */
  readonly due?: number;
}

/** `call the bank @ana by 14:30`: what, who and until when; the last two in any order, or missing. */
export function taskSaid(words: string, now: number, zone: string): SaidTask {
  let text = words.trim();
  let owner: string | undefined;
  let due: number | undefined;
  for (let rounds = 0; rounds < 2; rounds += 1) {
    const mention = owner === undefined ? LAST_MENTION.exec(text) : null;
    if (mention) {
      owner = mention[1];
      text = text.slice(0, mention.index).trim();
    }
    const time = due === undefined ? LAST_TIME.exec(text) : null;
    if (time) {
      due = requireTime(time[1] ?? '', now, zone, 'ahead');
      text = text.slice(0, time.index).trim();
    }
  }
  const unknown = owner === undefined ? LAST_NAME.exec(text) : null;
  if (unknown) throw nobody(`@${unknown[1]}`);
  return {
    text: asTyped(text),
    ...(owner === undefined ? {} : { owner }),
    ...(due === undefined ? {} : { due }),
  };
}

/** `T1 by tomorrow 9:00`, `T1 in 2 days`: which task, and until when; no time where the words are `T1 none`. */
export function dueSaid(
  words: string,
  now: number,
  zone: string,
): { readonly task: string; readonly due?: number } {
  const [, task = '', rest = ''] = /^(t\d+)\s+(.+)$/i.exec(words.trim()) ?? [];
  if (task === '') {
    throw new Refusal(
      'invalid-input',
      'Say which task and until when: `/incident due T1 tomorrow 9:00`, or `due T1 none`.',
    );
  }
  if (/^(none|never|-)$/i.test(rest)) return { task };
  return { task, due: requireTime(rest.replace(/^(by|until) /i, ''), now, zone, 'ahead') };
}

/** `at 14:02 the queue was empty`: the words, and when it was, where they begin with a time. */
export function noteSaid(
  words: string,
  now: number,
  zone: string,
): { readonly text: string; readonly at?: number } {
  const timed = /^at (\d{1,2}:\d{2})\s+(.+)$/is.exec(words.trim());
  if (!timed) return { text: asTyped(words) };
  return {
    text: asTyped(timed[2] ?? ''),
    at: requireTime(timed[1] ?? '', now, zone, 'behind'),
  };
}

function requireTime(words: string, now: number, zone: string, direction: Direction): number {
  const time = timeSaid(words.replace(/^in /i, ''), now, zone, direction);
  if (time !== undefined) return time;
  throw new Refusal(
    'invalid-input',
    `There is no time “${theirWords(words)}”. Use 24 hours, such as 14:30.`,
    'due',
  );
}

function nobody(name: string): Refusal {
  const shown = theirWords(asTyped(name).slice(0, 60));
  return new Refusal(
    'not-found',
    `Nobody here is called “${shown}”. Choose the person from what Slack offers when you type @.`,
    'user',
  );
}
