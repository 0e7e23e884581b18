/** Pins and reactions, by the bot or by people. */
import { announceIn } from './events.ts';
import { where, who } from './live.ts';
import { postMessage, replace } from './messages.ts';
import type { ChannelRecord, Message } from './model.ts';
import { SlackError } from './model.ts';
import type { Slack } from './slack.ts';
import { messageAt, seconds } from './state.ts';

/** The address of a message in the browser. */
export function permalink(slack: Slack, channel: ChannelRecord, ts: string): string {
  return `https://${slack.state.domain}.slack.com/archives/${channel.id}/p${ts.replace('.', '')}`;
}

/** The message at `ts`; throws message_not_found. */
export function requireMessage(channel: ChannelRecord, ts: string): Message {
  const message = messageAt(channel, ts);
  if (!message) throw new SlackError('message_not_found');
  return message;
}

/** Pins a message. Throws already_pinned. */
export function addPin(slack: Slack, channel: ChannelRecord, by: string, ts: string): void {
  const message = requireMessage(channel, ts);
  if (channel.pins.some((pin) => pin.ts === ts)) throw new SlackError('already_pinned');
  channel.pins.push({ ts, by, at: seconds(slack.state) });
  const pinned: Message = { ...message, pinned_to: [channel.id] };
  replace(channel, pinned);
  tellPin(slack, channel, by, pinned, 'added');
  postMessage(slack, channel, {
    subtype: 'pinned_item',
    user: by,
    text: `<@${by}> pinned a message to this channel.`,
  });
}

/** Takes a pin away. Throws no_pin. */
export function removePin(slack: Slack, channel: ChannelRecord, by: string, ts: string): void {
  const message = requireMessage(channel, ts);
  const index = channel.pins.findIndex((pin) => pin.ts === ts);
  if (index < 0) throw new SlackError('no_pin');
  channel.pins.splice(index, 1);
  const { pinned_to: _, ...unpinned } = message;
  replace(channel, unpinned as Message);
  tellPin(slack, channel, by, unpinned as Message, 'removed');
}

function tellPin(
  slack: Slack,
  channel: ChannelRecord,
  by: string,
  message: Message,
  how: 'added' | 'removed',
): void {
  slack.tell({
    kind: 'pin',
    how,
    channel: where(slack.state, channel),
    by: who(slack.state, by),
    message,
  });
  announceIn(slack, channel, {
    type: `pin_${how}`,
    user: by,
    channel_id: channel.id,
    item: pinItem(slack, channel, { ts: message.ts, by, at: seconds(slack.state) }),
    item_user: message.user,
    pin_count: channel.pins.length,
    pinned_info: { channel: channel.id, pinned_by: by, pinned_ts: seconds(slack.state) },
    has_pins: channel.pins.length > 0,
    event_ts: slack.state.newTs(),
  });
}

/** A pin as pins.list and the events show it. */
export function pinItem(
  slack: Slack,
  channel: ChannelRecord,
  pin: { readonly ts: string; readonly by: string; readonly at: number },
): Readonly<Record<string, unknown>> {
  return {
    type: 'message',
    channel: channel.id,
    created: pin.at,
    created_by: pin.by,
    message: { ...messageAt(channel, pin.ts), permalink: permalink(slack, channel, pin.ts) },
  };
}

/** Adds a reaction. Throws invalid_name and already_reacted. */
export function addReaction(
  slack: Slack,
  channel: ChannelRecord,
  by: string,
  emoji: string,
  ts: string,
): void {
  if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(emoji)) throw new SlackError('invalid_name');
  const message = requireMessage(channel, ts);
  const others = (message.reactions ?? []).filter((reaction) => reaction.name !== emoji);
  const users = message.reactions?.find((reaction) => reaction.name === emoji)?.users ?? [];
  if (users.includes(by)) throw new SlackError('already_reacted');
  const reaction = { name: emoji, users: [...users, by], count: users.length + 1 };
  replace(channel, { ...message, reactions: [...others, reaction] });
  tellReaction(slack, channel, by, emoji, message, 'added');
}

/** Takes a reaction away. Throws no_reaction. */
export function removeReaction(
  slack: Slack,
  channel: ChannelRecord,
  by: string,
  emoji: string,
  ts: string,
): void {
  const message = requireMessage(channel, ts);
  const reaction = message.reactions?.find((entry) => entry.name === emoji);
  if (!reaction?.users.includes(by)) throw new SlackError('no_reaction');
  const users = reaction.users.filter((user) => user !== by);
  const others = (message.reactions ?? []).filter((entry) => entry.name !== emoji);
  const left = users.length > 0 ? [{ name: emoji, users, count: users.length }] : [];
  replace(channel, { ...message, reactions: [...others, ...left] });
  tellReaction(slack, channel, by, emoji, message, 'removed');
}

function tellReaction(
  slack: Slack,
  channel: ChannelRecord,
  by: string,
  emoji: string,
  message: Message,
  how: 'added' | 'removed',
): void {
  slack.tell({
    kind: 'reaction',
    how,
    channel: where(slack.state, channel),
    by: who(slack.state, by),
    emoji,
    ts: message.ts,
  });
  announceIn(slack, channel, {
    type: `reaction_${how}`,
    user: by,
    reaction: emoji,
    item: { type: 'message', channel: channel.id, ts: message.ts },
    item_user: message.user,
    event_ts: slack.state.newTs(),
  });
}
