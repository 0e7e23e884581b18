/** Posting, editing and deleting messages, with everything Slack does beside it. */
import { announce, announceMessage } from './events.ts';
import type { Json } from './json.ts';
import { where, who } from './live.ts';
import type { ChannelRecord, Message, MessageFields } from './model.ts';
import { SlackError } from './model.ts';
import type { Slack } from './slack.ts';
import { messageAt } from './state.ts';

/** A message without what the workspace adds. */
export type Draft = MessageFields & Json;

/** The fields that make a message the bot's own. */
export function botAuthor(slack: Slack): Json {
  const { state } = slack;
  return {
    user: state.botUserId,
    bot_id: state.botId,
    app_id: state.appId,
    bot_profile: {
      id: state.botId,
      app_id: state.appId,
      name: state.manifest.botName,
      deleted: false,
      updated: 0,
      team_id: state.teamId,
      icons: {},
    },
  };
}

/**
 * Adds a message to a channel, tells listeners and, if it is subscribed and a member, the app. `eventFields` are added
 * to the event only. A reply updates its thread's parent. Throws thread_not_found for a reply to nothing.
 */
export function postMessage(
  slack: Slack,
  channel: ChannelRecord,
  draft: Draft,
  eventFields: Json = {},
): Message {
  const parent = draft.thread_ts === undefined ? undefined : messageAt(channel, draft.thread_ts);
  if (draft.thread_ts !== undefined && !parent) throw new SlackError('thread_not_found');
  const message: Message = {
    type: 'message',
    team: slack.state.teamId,
    ...draft,
    ...(parent?.user === undefined ? {} : { parent_user_id: parent.user }),
    ts: slack.state.newTs(),
  };
  channel.messages.push(message);
  if (parent) countReply(channel, parent, message);
  const by = who(slack.state, message.user ?? slack.state.botUserId);
  const kind = channel.kind === 'im' ? 'dm' : 'message';
  slack.tell({ kind, channel: where(slack.state, channel), by, message });
  const { metadata: _, ...shown } = message;
  announceMessage(slack, channel, { ...shown, ...eventFields });
  mention(slack, channel, message);
  return message;
}

function countReply(channel: ChannelRecord, parent: Message, reply: Message): void {
  const users = new Set([...(parent.reply_users ?? []), reply.user ?? '']);
  replace(channel, {
    ...parent,
    thread_ts: parent.ts,
    reply_count: (parent.reply_count ?? 0) + 1,
    reply_users: [...users],
    latest_reply: reply.ts,
  });
}

function mention(slack: Slack, channel: ChannelRecord, message: Message): void {
  const { state } = slack;
  const byBot = message.bot_id !== undefined || message.subtype !== undefined;
  if (byBot || channel.kind === 'im' || !message.text.includes(`<@${state.botUserId}>`)) return;
  if (!channel.members.includes(state.botUserId)) return;
  const { user, text, ts, team, blocks, thread_ts, client_msg_id } = message;
  announce(slack, {
    ...JSON.parse(JSON.stringify({ user, text, ts, team, blocks, thread_ts, client_msg_id })),
    type: 'app_mention',
    channel: channel.id,
    event_ts: ts,
  });
}

/** Puts a changed copy in the place of the message with the same ts, silently. */
export function replace(channel: ChannelRecord, message: Message): void {
  const index = channel.messages.findIndex((other) => other.ts === message.ts);
  if (index >= 0) channel.messages[index] = message;
}

/** Replaces a message by its edited form and sends message_changed. */
export function editMessage(slack: Slack, channel: ChannelRecord, next: Message): Message {
  const previous = messageAt(channel, next.ts);
  if (!previous) throw new SlackError('message_not_found');
  replace(channel, next);
  channel.edits.push({ at: slack.state.now(), previous, next });
  slack.tell({ kind: 'edited', channel: where(slack.state, channel), message: next, previous });
  announceMessage(slack, channel, {
    subtype: 'message_changed',
    hidden: true,
    ts: slack.state.newTs(),
    message: next,
    previous_message: previous,
  });
  return next;
}

/** Takes a message away and sends message_deleted. */
export function deleteMessage(slack: Slack, channel: ChannelRecord, message: Message): void {
  const index = channel.messages.indexOf(message);
  if (index >= 0) channel.messages.splice(index, 1);
  const pin = channel.pins.findIndex((entry) => entry.ts === message.ts);
  if (pin >= 0) channel.pins.splice(pin, 1);
  channel.edits.push({ at: slack.state.now(), previous: message });
  slack.tell({ kind: 'deleted', channel: where(slack.state, channel), message });
  announceMessage(slack, channel, {
    subtype: 'message_deleted',
    hidden: true,
    ts: slack.state.newTs(),
    deleted_ts: message.ts,
    previous_message: message,
  });
}

/** Shows a message of the bot to one person only. It is in no history and cannot be updated by ts. */
export function postEphemeral(
  slack: Slack,
  channel: ChannelRecord,
  to: string,
  draft: Draft,
): Message {
  const message: Message = {
    type: 'message',
    team: slack.state.teamId,
    ...draft,
    is_ephemeral: true,
    ts: slack.state.newTs(),
  };
  channel.ephemerals.push({ to, message });
  slack.tell({
    kind: 'ephemeral',
    channel: where(slack.state, channel),
    to: who(slack.state, to),
    message,
  });
  return message;
}

/** Replaces an ephemeral message, or takes it away when `next` is missing. False when it is gone already. */
export function changeEphemeral(
  slack: Slack,
  channel: ChannelRecord,
  ts: string,
  next: Draft | undefined,
): boolean {
  const index = channel.ephemerals.findIndex((entry) => entry.message.ts === ts);
  const entry = channel.ephemerals[index];
  if (!entry) return false;
  const scene = { channel: where(slack.state, channel), to: who(slack.state, entry.to) };
  if (!next) {
    channel.ephemerals.splice(index, 1);
    slack.tell({ kind: 'deleted', message: entry.message, ...scene });
    return true;
  }
  const { blocks: _, attachments: __, ...rest } = entry.message;
  const message: Message = { ...rest, ...next, ts, type: 'message' };
  channel.ephemerals[index] = { to: entry.to, message };
  slack.tell({ kind: 'edited', message, previous: entry.message, ...scene });
  return true;
}
