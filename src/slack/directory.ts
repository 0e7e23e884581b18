/** Who people are and which groups they are in, as Slack says; cached briefly, and never guessed. */

import type { UsersInfoResponse, WebClient } from '@slack/web-api';
import type { Clock } from '../clock.ts';
import type { Membership } from '../flows/approve.ts';
import type { Principal } from '../service.ts';

export interface Directory {
  /**
   * Whether the person is one of the principals or in one of their groups; `unknown` when Slack cannot say. Guests, apps and
   * deactivated accounts have no right by a group, which people outside the team may be put into: guests have to be named.
   */
  membership(user: string, principals: readonly Principal[]): Promise<Membership>;
  /** The people behind principals. Groups that Slack cannot read are left out. */
  people(principals: readonly Principal[]): Promise<readonly string[]>;
  /** The name others see; the id when Slack cannot say. */
  name(user: string): Promise<string>;
  /** Whether the person is a full member of the workspace; `unknown` when Slack cannot say. */
  standing(user: string): Promise<Standing>;
  /** The IANA name of the zone the person is in; undefined when Slack cannot say. */
  zone(user: string): Promise<string | undefined>;
  /** The name if it is known without asking. */
  knownName(user: string): string | undefined;
  /** Reads the groups ahead of time, so that a click on a button does not wait for it. */
  warm(principals: readonly Principal[]): void;
}

type Standing = 'member' | 'guest' | 'bot' | 'gone' | 'unknown';

interface Account {
  readonly name: string;
  readonly standing: Standing;
  readonly zone: string | undefined;
}

const NO_RIGHT_BY_GROUP: ReadonlySet<Standing> = new Set(['guest', 'bot', 'gone']);

const GROUP_FRESH_MS = 60_000;
const NAME_FRESH_MS = 10 * 60_000;

interface Cached<T> {
  readonly at: number;
  readonly value: Promise<T>;
}

/** @param client with a short timeout: a person waits for each of these answers. */
export function createDirectory(client: WebClient, clock: Clock): Directory {
  const groups = new Map<string, Cached<readonly string[]>>();
  const accounts = new Map<string, Cached<Account>>();
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

  /** Undefined when Slack cannot say. */
  async function accountOf(user: string): Promise<Account | undefined> {
    try {
      return await cached(accounts, user, NAME_FRESH_MS, async () => {
        const { user: found } = await client.users.info({ user });
        const name = found?.profile?.display_name || found?.real_name || found?.name || user;
        known.set(user, name);
        return { name, standing: standingOf(found), zone: found?.tz };
      });
    } catch {
      return undefined;
    }
  }

  function isGroup(principal: Principal): boolean {
    return principal.startsWith('S');
  }

  return {
    async membership(user, principals) {
      if (principals.includes(user)) return 'yes';
      const lists = await Promise.allSettled(principals.filter(isGroup).map(membersOf));
      const read = lists.filter((list) => list.status === 'fulfilled');
      if (read.some((list) => list.value.includes(user))) {
        const account = await accountOf(user);
        return account && NO_RIGHT_BY_GROUP.has(account.standing) ? 'no' : 'yes';
      }
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
    name: async (user) => (await accountOf(user))?.name ?? user,
    standing: async (user) => (await accountOf(user))?.standing ?? 'unknown',
    zone: async (user) => (await accountOf(user))?.zone,
    knownName: (user) => known.get(user),
    warm(principals) {
      for (const group of principals.filter(isGroup)) membersOf(group).catch(() => undefined);
    },
  };
}

function standingOf(user: UsersInfoResponse['user']): Standing {
  if (!user) return 'unknown';
  if (user.deleted) return 'gone';
  if (user.is_bot) return 'bot';
  return user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member';
}
