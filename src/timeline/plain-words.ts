/** Text for documents: people by name, Slack's markup as plain words. */

import type { Actor } from '../events.ts';

/** The display name of a Slack user id; the id itself when nobody knows the name. */
export type Names = (userId: string) => string;

export interface PlainWords {
  /** Who caused an event, by name. */
  who(actor: Actor): string;
  user(id: string): string;
  /** Text as it was recorded, without Slack markup. */
  text(recorded: string): string;
}

export function createPlainWords(names: Names): PlainWords {
  return {
    who: (actor) => actorName(actor, names),
    user: (id) => names(id) || id,
    text: (recorded) => plainText(recorded, names),
  };
}

/**
 * Slack markup as plain words: mentions become names, links `label (address)`, dates their fallback, `&lt;` a `<`.
 * What only looks like markup stays as it is. Control characters, and those that turn the writing direction, are
 * dropped: they could make a line read as something else than was recorded.
 */
export function plainText(text: string, names: Names): string {
  if (PLAIN.test(text)) return text.trim();
  return text
    .replace(/<([@#!][^<>]+|[a-z]+:[^<>]+)>/gi, (whole, inside: string) => {
      return plainToken(inside, names) ?? whole;
    })
    .replace(/&(amp|lt|gt);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/gu, '')
    .trim();
}

/** Most texts: ASCII without markup, on one line. */
const PLAIN = /^[\x20-\x25\x27-\x3b\x3d-\x7e]*$/;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };

function plainToken(inside: string, names: Names): string | undefined {
  const bar = inside.indexOf('|');
  const head = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? '' : inside.slice(bar + 1);
  if (/^@[UW][A-Z0-9]+$/.test(head)) return known(head.slice(1), label, names);
  if (/^#[CG][A-Z0-9]+$/.test(head)) return `#${label || head.slice(1)}`;
  if (/^!subteam\^S[A-Z0-9]+$/.test(head))
    return known(head.slice('!subteam^'.length), label, names);
  if (/^!(channel|here|everyone)$/.test(head)) return `@${head.slice(1)}`;
  if (head.startsWith('!date^')) return label || undefined;
  if (!/^(https?:\/\/|mailto:)\S+$/i.test(head)) return undefined;
  const address = head.replace(/^mailto:/i, '');
  return label === '' || label === address ? address : `${label} (${address})`;
}

function actorName(actor: Actor, names: Names): string {
  switch (actor.kind) {
    case 'person':
      return known(actor.id, actor.name ?? '', names);
    case 'operator':
      return `${actor.name} (command line)`;
    case 'backstop':
      return 'Backstop';
  }
}

function known(id: string, fallback: string, names: Names): string {
  const name = names(id);
  return name === '' || name === id ? fallback || id : name;
}
