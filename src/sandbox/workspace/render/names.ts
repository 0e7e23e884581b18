/** How people, channels and groups are called where Slack writes only their ids. */
import type { State } from '../state.ts';

export interface Names {
  /** The display name, without the @. */
  user(id: string): string;
  /** The channel's name, without the #; the person's name for their direct message with the bot. */
  channel(id: string): string;
  /** The user group's handle, without the @. */
  group(id: string): string;
}

/** The workspace's own names, looked up at the time of the call. An unknown id stays as it is. */
export function namesIn(state: State): Names {
  const user = (id: string): string => state.users.get(id)?.realName ?? id;
  return {
    user,
    channel: (id) => {
      const channel = state.channels.get(id);
      return channel?.with === undefined ? (channel?.name ?? id) : user(channel.with);
    },
    group: (id) => state.groups.get(id)?.handle ?? id,
  };
}
