/** Channels as the Web API shows them. */
import type { Json } from './json.ts';
import type { ChannelRecord } from './model.ts';
import type { Slack } from './slack.ts';
import { seconds } from './state.ts';

/** The channel as conversations.info shows it. */
export function channelView(slack: Slack, channel: ChannelRecord): Json {
  const { state } = slack;
  const stamp = (value: string) => ({ value, creator: value ? channel.creator : '', last_set: 0 });
  if (channel.kind === 'im') {
    return {
      id: channel.id,
      created: channel.created,
      is_im: true,
      is_archived: false,
      user: channel.with,
      context_team_id: state.teamId,
    };
  }
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_im: false,
    is_mpim: false,
    is_private: channel.kind === 'private',
    is_archived: channel.isArchived,
    is_general: channel.name === 'general',
    is_shared: false,
    is_member: channel.members.includes(state.botUserId),
    creator: channel.creator,
    created: channel.created,
    updated: seconds(state) * 1000,
    context_team_id: state.teamId,
    topic: stamp(channel.topic),
    purpose: stamp(channel.purpose),
    previous_names: [...channel.previousNames],
    num_members: channel.members.length,
    ...(channel.canvas
      ? {
          properties: {
            canvas: { file_id: channel.canvas.id, is_empty: channel.canvas.markdown === '' },
          },
        }
      : {}),
  };
}
