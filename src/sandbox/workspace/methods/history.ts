/** conversations.*: reading channels, members and messages. */

import { channelView } from '../channel-view.ts';
import type { Json } from '../json.ts';
import { type ChannelKind, type ChannelRecord, type Message, SlackError } from '../model.ts';
import type { Slack } from '../slack.ts';
import { messageAt } from '../state.ts';
import { flag, ids, nextPage, page, required, text } from './args.ts';
import { findChannel, requireMember, theChannel } from './find.ts';
import type { Methods } from './method.ts';

const LIST = { usual: 100, max: 1000 };
const MESSAGES = { usual: 100, max: 999 };
const KIND: Readonly<Record<string, ChannelKind>> = {
  public_channel: 'public',
  private_channel: 'private',
  im: 'im',
};

export const historyMethods: Methods = {
  'conversations.info': (slack, args) => {
    const { num_members, ...channel } = channelView(slack, theChannel(slack, args));
    return { channel: flag(args, 'include_num_members') ? { ...channel, num_members } : channel };
  },

  'conversations.list': (slack, args) => {
    const kinds = listedKinds(args);
    const all = [...slack.state.channels.values()].filter(
      (channel) =>
        kinds.includes(channel.kind) &&
        findChannel(slack, channel.id) !== undefined &&
        !(channel.isArchived && flag(args, 'exclude_archived')),
    );
    const { items, next } = page(all, args, LIST);
    return { channels: items.map((channel) => channelView(slack, channel)), ...nextPage(next) };
  },

  'conversations.members': (slack, args) => {
    const { items, next } = page(theChannel(slack, args).members, args, LIST);
    return { members: items, ...nextPage(next) };
  },

  'conversations.history': (slack, args) => {
    const channel = readable(slack, args);
    const top = channel.messages.filter(
      ({ ts, thread_ts, subtype }) =>
        thread_ts === undefined || thread_ts === ts || subtype === 'thread_broadcast',
    );
    const { items, next } = page(within(top, args).reverse(), args, MESSAGES);
    return { ...listing(items, next, args), pin_count: channel.pins.length };
  },

  'conversations.replies': (slack, args) => {
    const channel = readable(slack, args);
    const asked = messageAt(channel, required(args, 'ts'));
    if (!asked) throw new SlackError('thread_not_found');
    const root = asked.thread_ts ?? asked.ts;
    const replies = channel.messages.filter((message) => message.thread_ts === root);
    const parent = messageAt(channel, root);
    const answers = within(
      replies.filter((message) => message.ts !== root),
      args,
    );
    const { items, next } = page(parent ? [parent, ...answers] : answers, args, MESSAGES);
    return listing(items, next, args);
  },
};

/** The kinds of channel conversations.list is asked for. Throws invalid_types. */
export function listedKinds(args: Json): readonly ChannelKind[] {
  const types = ids(args, 'types');
  if (types.length === 0) return ['public'];
  return types.flatMap((type) => {
    if (type === 'mpim') return [];
    const kind = KIND[type];
    if (!kind) throw new SlackError('invalid_types');
    return [kind];
  });
}

function readable(slack: Slack, args: Json): ChannelRecord {
  const channel = theChannel(slack, args);
  requireMember(slack, channel);
  return channel;
}

/** Both bounds are exclusive unless `inclusive` is set. */
function within(messages: readonly Message[], args: Json): Message[] {
  const bounds = { oldest: text(args, 'oldest') ?? '0', latest: text(args, 'latest') };
  const inclusive = flag(args, 'inclusive');
  const oldest = Number(bounds.oldest);
  const latest = bounds.latest === undefined ? Number.POSITIVE_INFINITY : Number(bounds.latest);
  if (Number.isNaN(oldest)) throw new SlackError('invalid_ts_oldest');
  if (Number.isNaN(latest)) throw new SlackError('invalid_ts_latest');
  return messages.filter(({ ts }) => {
    const at = Number(ts);
    return inclusive ? at >= oldest && at <= latest : at > oldest && at < latest;
  });
}

function listing(messages: readonly Message[], next: string, args: Json): Json {
  const withMetadata = flag(args, 'include_all_metadata');
  return {
    messages: messages.map((message) => {
      const { metadata: _, ...plain } = message;
      return withMetadata ? message : plain;
    }),
    has_more: next !== '',
    ...(next === '' ? {} : nextPage(next)),
  };
}
