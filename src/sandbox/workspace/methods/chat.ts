/** chat.*: posting, updating and deleting the bot's messages. */
import type { Json } from '../json.ts';
import { permalink, requireMessage } from '../marks.ts';
import { readText } from '../message-text.ts';
import { botAuthor, deleteMessage, editMessage, postEphemeral, postMessage } from '../messages.ts';
import { type ChannelRecord, type Message, SlackError } from '../model.ts';
import type { Slack } from '../slack.ts';
import { channelByName, directMessage } from '../state.ts';
import { flag, object, required, text } from './args.ts';
import { activeChannel, findChannel, findUser, requireMember, theChannel } from './find.ts';
import type { Methods } from './method.ts';

/** chat.postMessage cuts longer texts, chat.update refuses them (docs.slack.dev/reference/methods/chat.update). */
const MAX_POST = 40_000;
const MAX_UPDATE = 4000;

export const chatMethods: Methods = {
  'chat.postMessage': (slack, args) => {
    const channel = postTarget(slack, required(args, 'channel', 'channel_not_found'));
    const content = readText(cut(args), { maxText: MAX_POST });
    const thread = text(args, 'thread_ts');
    const broadcast = thread !== undefined && flag(args, 'reply_broadcast');
    const message = postMessage(slack, channel, {
      ...botAuthor(slack),
      ...content,
      ...(thread === undefined ? {} : { thread_ts: thread }),
      ...(broadcast ? { subtype: 'thread_broadcast' } : {}),
      ...metadataOf(args),
    });
    return { channel: channel.id, ts: message.ts, message };
  },

  'chat.update': (slack, args) => {
    const { channel, message } = ownMessage(slack, args, 'cant_update_message');
    if (channel.isArchived) throw new SlackError('is_inactive');
    const content = readText(args, { maxText: MAX_UPDATE });
    const { blocks: _, edited: __, attachments, ...kept } = message;
    const next = editMessage(slack, channel, {
      ...kept,
      ...(args['attachments'] === undefined && attachments ? { attachments } : {}),
      ...content,
      ...(content.blocks
        ? {}
        : { edited: { user: slack.state.botUserId, ts: slack.state.newTs() } }),
      ...metadataOf(args),
    } as Message);
    return { channel: channel.id, ts: next.ts, text: next.text, message: next };
  },

  'chat.delete': (slack, args) => {
    const { channel, message } = ownMessage(slack, args, 'cant_delete_message');
    deleteMessage(slack, channel, message);
    return { channel: channel.id, ts: message.ts };
  },

  'chat.postEphemeral': (slack, args) => {
    const channel = activeChannel(slack, args);
    const user = findUser(slack, required(args, 'user'));
    if (!channel.members.includes(user.id)) throw new SlackError('user_not_in_channel');
    const content = readText(cut(args), { maxText: MAX_POST });
    const thread = text(args, 'thread_ts');
    const message = postEphemeral(slack, channel, user.id, {
      ...botAuthor(slack),
      ...content,
      ...(thread === undefined ? {} : { thread_ts: thread }),
    });
    return { message_ts: message.ts };
  },

  'chat.getPermalink': (slack, args) => {
    const channel = theChannel(slack, args);
    const { ts } = requireMessage(channel, required(args, 'message_ts'));
    return { channel: channel.id, permalink: permalink(slack, channel, ts) };
  },
};

/** A channel by id or name, or the direct message with a person by their id. */
function postTarget(slack: Slack, target: string): ChannelRecord {
  const { state } = slack;
  if (state.users.has(target)) return personTarget(slack, target);
  const named = channelByName(state, target.replace(/^#/, ''));
  const channel = findChannel(slack, target) ?? (named && findChannel(slack, named.id));
  if (!channel) throw new SlackError('channel_not_found');
  if (channel.isArchived) throw new SlackError('is_archived');
  if (channel.kind === 'im') requireMessagesTab(slack);
  const anywhere = channel.kind === 'public' && state.manifest.scopes.has('chat:write.public');
  if (!anywhere) requireMember(slack, channel);
  return channel;
}

function personTarget(slack: Slack, id: string): ChannelRecord {
  const user = findUser(slack, id);
  if (user.isBot) throw new SlackError('cannot_dm_bot');
  if (user.deactivated) throw new SlackError('channel_not_found');
  requireMessagesTab(slack);
  return directMessage(slack.state, id);
}

function requireMessagesTab(slack: Slack): void {
  if (!slack.state.manifest.messagesTab) throw new SlackError('messages_tab_disabled');
}

function cut(args: Json): Json {
  const said = text(args, 'text');
  return said === undefined ? args : { ...args, text: said.slice(0, MAX_POST) };
}

function ownMessage(
  slack: Slack,
  args: Json,
  refusal: string,
): { readonly channel: ChannelRecord; readonly message: Message } {
  const channel = theChannel(slack, args);
  const message = requireMessage(channel, required(args, 'ts', 'message_not_found'));
  if (message.bot_id !== slack.state.botId) throw new SlackError(refusal);
  return { channel, message };
}

function metadataOf(args: Json): { readonly metadata?: Json } {
  const metadata = object(args, 'metadata');
  if (!metadata) return {};
  const isEvent = typeof metadata['event_type'] === 'string' && object(metadata, 'event_payload');
  if (!isEvent && metadata['entities'] === undefined) {
    throw new SlackError('invalid_metadata_format');
  }
  return { metadata };
}
