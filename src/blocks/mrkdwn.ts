/**
 * Text for Slack: foreign words made harmless, cut to size, and times in the reader's own zone
 * (docs.slack.dev/messaging/formatting-message-text).
 */

import type { Actor } from '../events.ts';
import type { Principal } from '../service.ts';

export { duration, roughly } from '../words.ts';

/** What nobody sees, and what makes words read in another order than they stand: a plan must say what it seems to say. */
const UNSEEN = /[^\P{Cc}\n\t]|[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]/gu;

function withoutUnseen(text: string): string {
  return text.replaceAll(UNSEEN, '');
}

/** Makes `&`, `<` and `>` harmless, and with them `<!channel>`, mentions and hidden links; leaves out what nobody sees. */
export function escape(text: string): string {
  const seen = withoutUnseen(text);
  return seen.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** At most `max` UTF-16 units of what can be seen, cut between characters and ended with `…`; for plain text. */
export function clip(text: string, max: number): string {
  const seen = withoutUnseen(text);
  if (seen.length <= max) return seen;
  return clipParts(Array.from(seen), seen.length, max);
}

/** Somebody's words on one line of mrkdwn: white space collapsed, escaped, at most `max` long. */
export function line(text: string, max = 200): string {
  return clipEscaped(text.replaceAll(/\s+/g, ' ').trim(), max);
}

/** A web address in escaped text, without the punctuation that ends its sentence. */
const ADDRESS = /https?:\/\/(?:(?!&[lg]t;)[^\s|…])*(?!&[lg]t;)[^\s|….,;:!?)'"]/g;

/** Somebody's words as they wrote them: escaped, cut to `max`; web addresses are links, two characters longer each. */
export function prose(text: string, max: number): string {
  return clipEscaped(text.trim(), max).replaceAll(ADDRESS, (url, offset: number, whole: string) =>
    whole[offset + url.length] === '…' ? url : `<${url}>`,
  );
}

/** Somebody's words as a quotation. */
export function quote(text: string, max = 1000): string {
  return prose(text, max)
    .split(/\r?\n/)
    .map((part) => `> ${part}`)
    .join('\n');
}

/** A name or id in code style, on one line. */
export function code(text: string, max = 120): string {
  return `\`${line(text.replaceAll('`', "'"), max)}\``;
}

/** A block of code that its content cannot end. */
export function fence(text: string, max = 2000): string {
  return `\`\`\`\n${clipEscaped(text.trim(), max)}\n\`\`\``;
}

/** A link with a label; the label alone when the address is not of the web. */
export function link(url: string, label: string): string {
  const words = line(label).replaceAll('|', '/');
  return /^https?:\/\/[^\s<>|]{1,1000}$/.test(url) ? `<${escape(url)}|${words}>` : words;
}

/** The time of day in the reader's zone; where Slack cannot, in UTC. `ms` since the epoch. */
export function at(ms: number): string {
  return `<!date^${Math.floor(ms / 1000)}^{time}|${utc(ms)}>`;
}

/** Day and time in the reader's zone; where Slack cannot, in UTC. */
export function onDay(ms: number): string {
  const day = new Date(ms).toISOString().slice(0, 10);
  return `<!date^${Math.floor(ms / 1000)}^{date_short_pretty} {time}|${day} ${utc(ms)}>`;
}

/** `14:02 UTC`, for text that Slack does not convert: dialogs, buttons, headers. */
export function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 16)} UTC`;
}

/** `a, b and c`. */
export function listed(words: readonly string[], last = 'and'): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

/** `1 commit`, `2 commits`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** The lines that fit into `room`, whole; when some do not, a last line says how many. */
export function linesThatFit(
  lines: readonly string[],
  room: number,
  more: (n: number) => string = (n) => `and ${n} more`,
): string {
  const all = lines.join('\n');
  if (all.length <= room) return all;
  const kept: string[] = [];
  let used = more(lines.length).length;
  for (const next of lines) {
    if (used + next.length + 1 > room) break;
    kept.push(next);
    used += next.length + 1;
  }
  return [...kept, more(lines.length - kept.length)].join('\n');
}

/** Notifies the user or user group. */
export function mention(principal: Principal): string {
  return principal.startsWith('S') ? `<!subteam^${principal}>` : `<@${principal}>`;
}

/** Whoever did something: by name, which notifies nobody, where the name is known. */
export function who(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return actor.name ? line(actor.name, 80) : mention(actor.id);
    case 'operator':
      return `${line(actor.name, 80)} (at the terminal)`;
    case 'backstop':
      return 'Backstop';
  }
}

/** A mention, a channel or a time as Backstop writes them. */
const OURS =
  /(<@[UW][A-Z0-9]*>|<!subteam\^S[A-Z0-9]*>|<#C[A-Z0-9]*>|<!date\^\d+\^[^<>|]*\|[^<>|]*>)/;

/** Backstop's own sentence with somebody's words in it: mentions and times stay, everything else is made harmless. */
export function ours(text: string, max: number): string {
  const parts = text
    .split(OURS)
    .flatMap((part) => (OURS.test(part) ? [part] : Array.from(part).map(escape)));
  return clipParts(parts, lengthOf(parts), max);
}

/** Escapes first and cuts afterwards, never inside of an escaped character; a code fence in it would swallow the rest. */
function clipEscaped(text: string, max: number): string {
  const shown = text.replaceAll('```', "'''");
  const whole = escape(shown);
  // Most words fit, and need not be looked at one character after the other.
  return whole.length <= max
    ? whole
    : clipParts(Array.from(withoutUnseen(shown), escape), whole.length, max);
}

function lengthOf(parts: readonly string[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function clipParts(parts: readonly string[], length: number, max: number): string {
  if (length <= max) return parts.join('');
  let kept = '';
  for (const part of parts) {
    if (kept.length + part.length > max - 1) break;
    kept += part;
  }
  return `${kept.trimEnd()}…`;
}
