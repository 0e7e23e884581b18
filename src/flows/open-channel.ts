import type { Event } from '../events.ts';
import type { Flow } from '../loop.ts';

/** Records the incident's channel, once. */
export function recordChannel(channel: string, name: string): Flow {
  return (incident): readonly Event[] =>
    incident.channel ? [] : [{ type: 'channel.opened', data: { channel, name } }];
}

/** Records who was invited; people already recorded are left out. */
export function recordInvited(users: readonly string[]): Flow {
  return (incident): readonly Event[] => {
    const fresh = [...new Set(users)].filter((user) => !incident.responders.includes(user));
    return fresh.length === 0 ? [] : [{ type: 'responders.invited', data: { users: fresh } }];
  };
}
