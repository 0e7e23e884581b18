/** An incident told without the names of those who were in it: people are called by their role. */

import type { Actor, Recorded } from '../events.ts';
import type { Names } from '../timeline/plain-words.ts';
import { ROLE_WORDS } from '../timeline/wording.ts';
import type { ToldPostmortem } from './postmortem.ts';

export interface Unnamed {
  readonly event: (event: Recorded) => Recorded;
  /** What each person is called instead. */
  readonly names: Names;
  /** Takes the names that are known out of a text. */
  readonly text: (text: string) => string;
}

/** A user's id in Slack. */
const USER = /^[UW][A-Z0-9]+$/;

/**
 * An incident's events as if nobody had told their name: whoever held a role is called by the first one they held, everybody else
 * `person 1`, `person 2`, … in the order they appear.
 * @param events in order; those in `ALONE` may be missing. @param known names by user id, which are also taken out of texts.
 * @param operators names of those at the terminal.
 */
export function withoutPeople(
  events: readonly Recorded[],
  known: ReadonlyMap<string, string>,
  operators: ReadonlySet<string>,
): Unnamed {
  const labels = new Map<string, string>();
  const label = (key: string): string => {
    const given = labels.get(key) ?? `person ${labels.size + 1}`;
    labels.set(key, given);
    return given;
  };
  for (const event of events) {
    if (event.type !== 'role.claimed' || labels.has(event.data.user)) continue;
    const role = ROLE_WORDS[event.data.role];
    const taken = [...labels.values()].filter((each) => each.startsWith(role)).length;
    labels.set(event.data.user, taken === 0 ? role : `${role} ${taken + 1}`);
  }
  const actorOf = (actor: Actor): Actor => {
    if (actor.kind === 'person') return { kind: 'person', id: actor.id };
    if (actor.kind !== 'operator') return actor;
    return { kind: 'operator', name: label(`operator ${actor.name}`) };
  };
  const called = [
    ...[...known].map(([id, name]) => [name, label(id)] as const),
    ...[...operators].map((name) => [name, label(`operator ${name}`)] as const),
  ];
  const ids = [...known.keys()].map((id) => [id, label(id)] as const);
  return {
    event: (event) => withoutNames({ ...event, actor: actorOf(event.actor) }),
    names: (id) => (USER.test(id) ? label(id) : id),
    text: textWithout([...ids, ...called]),
  };
}

/** Two of those who were there are called so. */
const SOMEBODY = 'somebody';

/** Names that are also words: in small letters they are taken for the word, unless after an `@` or in a channel's name. */
const WORDS: ReadonlySet<string> = new Set(
  'angel april art august autumn bill bob bud chance chase christian dale dawn dean drew earl eve faith frank gene glen grace grant guy harmony heath hope ivy jack jay joy june lance lane lily love major mark max may melody miles misty nick norm olive page pat patience paris penny pierce poppy ray reed rich rob robin rock rod rose royal ruby rusty sandy scarlet sky sonny star stone storm sue summer van victor violet wade warren west will wood young'.split(
    ' ',
  ),
);

/** Takes names out of a text: whole, and each part of them, as people are called by their first name; also in small letters. */
function textWithout(
  called: readonly (readonly [name: string, instead: string])[],
): (text: string) => string {
  const words = new Map<string, string>();
  const marked = new Map<string, string>();
  const put = (all: Map<string, string>, word: string, instead: string): void => {
    if (Array.from(word).length < 2) return;
    const given = all.get(word);
    all.set(word, given === undefined || given === instead ? instead : SOMEBODY);
  };
  for (const [name, instead] of called) {
    const parts = name.split(/[\s.,()"“”/@_-]+/).filter((part) => Array.from(part).length > 2);
    const small = parts.map((part) => part.toLowerCase());
    const said = small.filter((part) => !WORDS.has(part));
    const whole = [name, name.toLowerCase()].filter((each) => !WORDS.has(each));
    for (const word of new Set([...whole, ...parts, ...said])) put(words, word, instead);
    for (const part of new Set(small)) put(marked, part, instead);
  }
  const free = anyOf([...words.keys()], '(?<![\\p{L}\\p{N}])');
  const after = anyOf([...marked.keys()], '(?<=[-@])');
  return (text) =>
    text
      .replace(free, (word) => words.get(word) ?? SOMEBODY)
      .replace(after, (word) => marked.get(word) ?? SOMEBODY);
}

function anyOf(words: readonly string[], before: string): RegExp {
  const escaped = words
    .toSorted((a, b) => b.length - a.length)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return words.length === 0
    ? /$^/
    : new RegExp(`${before}(?:${escaped.join('|')})(?![\\p{L}\\p{N}])`, 'gu');
}

/** The finished document, without the people whom no event names by their id: authors of changes. */
export function withoutAuthors(postmortem: ToldPostmortem): ToldPostmortem {
  const author = 'a developer';
  return {
    ...postmortem,
    withoutPeople: true,
    changes: postmortem.changes.map((change) => ({
      ...change,
      commits: change.commits.map((commit) => ({ ...commit, author })),
      pullRequests: change.pullRequests.map((pull) => ({ ...pull, author })),
    })),
  };
}

/** As systems tell who wrote what would be lost, such as Contentful. */
const WRITTEN_BY = /\b((?:published|edited) [\d-]+ [\d:]+ UTC by ).+?(?=; |, not published|$)/gm;

function withoutWriters<T>(value: T): T {
  const without = (each: unknown): unknown => {
    if (typeof each === 'string') return each.replace(WRITTEN_BY, '$1somebody');
    if (Array.isArray(each)) return each.map(without);
    if (each === null || typeof each !== 'object') return each;
    return Object.fromEntries(Object.entries(each).map(([key, inner]) => [key, without(inner)]));
  };
  return without(value) as T;
}

/** Contacts are `role: name`. */
function withoutNames(event: Recorded): Recorded {
  if (event.type === 'plan.proposed') return { ...event, data: withoutWriters(event.data) };
  if (event.type !== 'contacts.called') return event;
  const contacts = event.data.contacts.map((contact, index) =>
    contact.includes(':') ? contact.replace(/:.*/s, '') : `contact ${index + 1}`,
  );
  return { ...event, data: { contacts } };
}
