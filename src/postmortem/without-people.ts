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
    return actor.kind === 'operator' ? { ...actor, name: label(`operator ${actor.name}`) } : actor;
  };
  const pairs = [
    ...[...known].map(([id, name]) => [name, label(id)] as const),
    ...[...operators].map((name) => [name, label(`operator ${name}`)] as const),
  ].filter(([name]) => name.length > 2);
  return {
    event: (event) => withoutNames({ ...event, actor: actorOf(event.actor) }),
    names: (id) => (USER.test(id) ? label(id) : id),
    text: (text) => pairs.reduce((rest, [name, instead]) => rest.replaceAll(name, instead), text),
  };
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

/** Contacts are `role: name`. */
function withoutNames(event: Recorded): Recorded {
  if (event.type !== 'contacts.called') return event;
  const contacts = event.data.contacts.map((contact, index) =>
    contact.includes(':') ? contact.replace(/:.*/s, '') : `contact ${index + 1}`,
  );
  return { ...event, data: { contacts } };
}
