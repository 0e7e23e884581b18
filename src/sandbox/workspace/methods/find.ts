/** Finding the channel or person a call is about, with the error codes for those the bot cannot use. */
import type { Json } from '../json.ts';
import { type ChannelRecord, SlackError, type UserRecord } from '../model.ts';
import type { Slack } from '../slack.ts';
import { required } from './args.ts';

/** The channel with that id, as far as the bot may know of it: a private one only from inside. */
export function findChannel(slack: Slack, id: string): ChannelRecord | undefined {
  const channel = slack.state.channels.get(id);
  const hidden = channel?.kind === 'private' && !channel.members.includes(slack.state.botUserId);
  return hidden ? undefined : channel;
}

/** The channel named by an argument. Throws channel_not_found. */
export function theChannel(slack: Slack, args: Json, name = 'channel'): ChannelRecord {
  const channel = findChannel(slack, required(args, name, 'channel_not_found'));
  if (!channel) throw new SlackError('channel_not_found');
  return channel;
}

/** A channel the bot is in and that is not archived. Throws channel_not_found, is_archived, not_in_channel. */
export function activeChannel(slack: Slack, args: Json, name = 'channel'): ChannelRecord {
  const channel = theChannel(slack, args, name);
  if (channel.isArchived) throw new SlackError('is_archived');
  requireMember(slack, channel);
  return channel;
}

/** A channel that is no direct message. Throws method_not_supported_for_channel_type. */
export function notDirect(channel: ChannelRecord): ChannelRecord {
  if (channel.kind === 'im') throw new SlackError('method_not_supported_for_channel_type');
  return channel;
}

/** Throws not_in_channel when the bot is no member. */
export function requireMember(slack: Slack, channel: ChannelRecord): void {
  if (!channel.members.includes(slack.state.botUserId)) throw new SlackError('not_in_channel');
}

/** The person with that id, deactivated ones too. Throws user_not_found. */
export function findUser(slack: Slack, id: string): UserRecord {
  const user = slack.state.users.get(id);
  if (!user) throw new SlackError('user_not_found');
  return user;
}
