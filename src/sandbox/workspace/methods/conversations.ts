/** conversations.*: making, describing and closing channels. */
import { channelView } from '../channel-view.ts';
import {
  createChannel,
  describeChannel,
  joinChannel,
  leaveChannel,
  renameChannel,
  setArchived,
} from '../membership.ts';
import { SlackError } from '../model.ts';
import type { Slack } from '../slack.ts';
import { directMessage } from '../state.ts';
import { flag, ids, required, text } from './args.ts';
import { activeChannel, findUser, notDirect, requireMember, theChannel } from './find.ts';
import { invite } from './invite.ts';
import type { Method, Methods } from './method.ts';

export const conversationMethods: Methods = {
  'conversations.create': (slack, args) => {
    const channel = createChannel(slack, {
      name: required(args, 'name', 'invalid_name_required'),
      isPrivate: flag(args, 'is_private'),
      creator: slack.state.botUserId,
    });
    return { channel: channelView(slack, channel) };
  },

  'conversations.invite': invite,
  'conversations.setTopic': describe('topic'),
  'conversations.setPurpose': describe('purpose'),

  'conversations.rename': (slack, args) => {
    const channel = notDirect(activeChannel(slack, args));
    const name = required(args, 'name', 'invalid_name_required');
    renameChannel(slack, channel, slack.state.botUserId, name);
    return { channel: channelView(slack, channel) };
  },

  'conversations.join': (slack, args) => {
    const channel = theChannel(slack, args);
    if (channel.kind !== 'public') throw new SlackError('method_not_supported_for_channel_type');
    if (channel.isArchived) throw new SlackError('is_archived');
    const already = channel.members.includes(slack.state.botUserId);
    joinChannel(slack, channel, slack.state.botUserId);
    return {
      channel: channelView(slack, channel),
      ...(already ? { warning: 'already_in_channel' } : {}),
    };
  },

  'conversations.leave': (slack, args) => {
    const channel = notDirect(theChannel(slack, args));
    if (channel.isArchived) throw new SlackError('is_archived');
    if (channel.name === 'general') throw new SlackError('cant_leave_general');
    if (!channel.members.includes(slack.state.botUserId)) return { not_in_channel: true };
    leaveChannel(slack, channel, slack.state.botUserId);
    return {};
  },

  'conversations.kick': (slack, args) => {
    const channel = notDirect(theChannel(slack, args));
    requireMember(slack, channel);
    const user = findUser(slack, required(args, 'user'));
    if (user.id === slack.state.botUserId) throw new SlackError('cant_kick_self');
    if (channel.name === 'general') throw new SlackError('cant_kick_from_general');
    if (!channel.members.includes(user.id)) throw new SlackError('not_in_channel');
    leaveChannel(slack, channel, user.id, slack.state.botUserId);
    return {};
  },

  'conversations.archive': (slack, args) => {
    const channel = notDirect(theChannel(slack, args));
    if (channel.isArchived) throw new SlackError('already_archived');
    if (channel.name === 'general') throw new SlackError('cant_archive_general');
    requireMember(slack, channel);
    setArchived(slack, channel, slack.state.botUserId, true);
    return {};
  },

  'conversations.unarchive': (slack, args) => {
    const channel = notDirect(theChannel(slack, args));
    if (!channel.isArchived) throw new SlackError('not_archived');
    setArchived(slack, channel, slack.state.botUserId, false);
    return { channel: channelView(slack, channel) };
  },

  'conversations.open': (slack, args) => {
    const users = ids(args, 'users');
    const given = text(args, 'channel');
    if (given !== undefined) return { channel: opened(slack, theChannel(slack, args).id) };
    const [id] = users;
    if (id === undefined) throw new SlackError('users_list_not_supplied');
    if (users.length > 1) throw new SlackError('method_not_supported_for_channel_type');
    const user = findUser(slack, id);
    if (user.isBot) throw new SlackError('cannot_dm_bot');
    if (user.deactivated) throw new SlackError('user_disabled');
    return { channel: opened(slack, directMessage(slack.state, id).id) };
  },
};

function opened(slack: Slack, id: string): { readonly id: string } {
  if (slack.state.channels.get(id)?.kind !== 'im') throw new SlackError('channel_not_found');
  return { id };
}

function describe(what: 'topic' | 'purpose'): Method {
  return (slack, args) => {
    const channel = notDirect(activeChannel(slack, args));
    const value = text(args, what) ?? '';
    describeChannel(slack, channel, slack.state.botUserId, what, value);
    return { channel: channelView(slack, channel), [what]: value };
  };
}
