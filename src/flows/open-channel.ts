import type { Event } from '../events.ts';
import type { Flow } from '../loop.ts';

/** Records the incident's channel, once. @param url where people find it, if that is known. */
export function recordChannel(channel: string, name: string, url?: string): Flow {
  const data = { channel, name, ...(url === undefined ? {} : { url }) };
  return (incident): readonly Event[] =>
    incident.channel ? [] : [{ type: 'channel.opened', data }];
}

/** Records who was invited; people already recorded are left out. @param names what people are called, by id. */
export function recordInvited(
  users: readonly string[],
  names: ReadonlyMap<string, string> = new Map(),
): Flow {
  return (incident): readonly Event[] => {
    const fresh = [...new Set(users)].filter((user) => !incident.responders.includes(user));
    if (fresh.length === 0) return [];
    const known = fresh.flatMap((user): [string, string][] => {
      const name = names.get(user);
      return name === undefined ? [] : [[user, name]];
    });
    const called = known.length === 0 ? {} : { names: Object.fromEntries(known) };
    return [{ type: 'responders.invited', data: { users: fresh, ...called } }];
  };
}
