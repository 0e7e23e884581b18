/** Who people are and which groups they are in, as Slack says; cached briefly, and never guessed. */

import type { WebClient } from '@slack/web-api';
import type { Clock } from '../clock.ts';
import type { Membership } from '../flows/approve.ts';
import type { Principal } from '../service.ts';

export interface Directory {
  /** Whether the person is one of the principals or in one of their groups; `unknown` when Slack cannot say. */
  membership(user: string, principals: readonly Principal[]): Promise<Membership>;
  /** The people behind principals. Groups that Slack cannot read are left out. */
  people(principals: readonly Principal[]): Promise<readonly string[]>;
  /** The name others see; the id when Slack cannot say. */
  name(user: string): Promise<string>;
  /** The name if it is known without asking. */
  knownName(user: string): string | undefined;
  /** Reads the groups ahead of time, so that a click on a button does not wait for it. */
  warm(principals: readonly Principal[]): void;
}

const GROUP_FRESH_MS = 60_000;
const NAME_FRESH_MS = 10 * 60_000;

interface Cached<T> {
  readonly at: number;
  readonly value: Promise<T>;
}

/** @param client with a short timeout: a person waits for each of these answers. */
export function createDirectory(client: WebClient, clock: Clock): Directory {
  const groups = new Map<string, Cached<readonly string[]>>();
  const names = new Map<string, Cached<string>>();
  const known = new Map<string, string>();

  function cached<T>(
    cache: Map<string, Cached<T>>,
    key: string,
    freshMs: number,
    read: () => Promise<T>,
  ): Promise<T> {
    const last = cache.get(key);
    if (last && clock.now() - last.at < freshMs) return last.value;
    const value = read();
    cache.set(key, { at: clock.now(), value });
    // A failure is not worth keeping.
    value.catch(() => cache.delete(key));
    return value;
  }

  function membersOf(group: string): Promise<readonly string[]> {
    return cached(groups, group, GROUP_FRESH_MS, async () => {
      const answer = await client.usergroups.users.list({ usergroup: group });
      return answer.users ?? [];
    });
  }

  function isGroup(principal: Principal): boolean {
    return principal.startsWith('S');
  }

  return {
    async membership(user, principals) {
      if (principals.includes(user)) return 'yes';
      const lists = await Promise.allSettled(principals.filter(isGroup).map(membersOf));
      const read = lists.filter((list) => list.status === 'fulfilled');
      if (read.some((list) => list.value.includes(user))) return 'yes';
      return read.length === lists.length ? 'no' : 'unknown';
    },
    async people(principals) {
      const lists = await Promise.allSettled(
        principals.map(async (principal) =>
          isGroup(principal) ? membersOf(principal) : [principal],
        ),
      );
      return [...new Set(lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : [])))];
    },
    async name(user) {
      try {
        return await cached(names, user, NAME_FRESH_MS, async () => {
          const { user: found } = await client.users.info({ user });
          const name = found?.profile?.display_name || found?.real_name || found?.name || user;
          known.set(user, name);
          return name;
        });
      } catch {
        return user;
      }
    },
    knownName: (user) => known.get(user),
    warm(principals) {
      for (const group of principals.filter(isGroup)) membersOf(group).catch(() => undefined);
    },
  };
}
