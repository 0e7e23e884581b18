/** An incident told without the names of those who were in it: people are called by their role. */

import type { Actor, Recorded } from '../events.ts';
import type { Names } from '../timeline/plain-words.ts';
import { ROLE_WORDS } from '../timeline/wording.ts';
import type { Postmortem } from './postmortem.ts';

export interface Unnamed {
  readonly events: readonly Recorded[];
  /** What each person is called instead. */
  readonly names: Names;
  /** Takes the names that are known out of a text. */
  readonly text: (text: string) => string;
}

/** A user's id in Slack. */
const USER = /^[UW][A-Z0-9]+$/;

/**
 * The events as if nobody had told their name: whoever held a role is called by the first one they held, everybody else
 * `person 1`, `person 2`, … in the order they appear.
 * @param known names by user id, which are also taken out of texts.
 */
export function withoutPeople(
  events: readonly Recorded[],
  known: ReadonlyMap<string, string>,
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
  const unnamed = events.map((event) => withoutNames({ ...event, actor: actorOf(event.actor) }));
  const pairs = [
    ...[...known].map(([id, name]) => [name, label(id)] as const),
    ...events.flatMap(({ actor }) =>
      actor.kind === 'operator' ? [[actor.name, label(`operator ${actor.name}`)] as const] : [],
    ),
  ].filter(([name]) => name.length > 2);
  return {
    events: unnamed,
    names: (id) => (USER.test(id) ? label(id) : id),
    text: (text) => pairs.reduce((rest, [name, instead]) => rest.replaceAll(name, instead), text),
  };
}

/** The finished document, without the people whom no event names by their id: authors of changes. */
export function withoutAuthors(postmortem: Postmortem): Postmortem {
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
