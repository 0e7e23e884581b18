/** Channels and who is in them: create, join, leave, archive, rename, topic, purpose, with their messages and events. */
import { announce, announceIn } from './events.ts';
import { where, who } from './live.ts';
import { postMessage } from './messages.ts';
import type { ChannelRecord } from './model.ts';
import { SlackError } from './model.ts';
import type { Slack } from './slack.ts';
import { addChannelRecord, channelByName } from './state.ts';

const MAX_NAME = 80;
const MAX_TOPIC = 250;

/** Throws Slack's invalid_name* for a name it would refuse, and name_taken for one in use, also by an archived channel. */
function checkChannelName(slack: Slack, name: string, except?: ChannelRecord): void {
  if (name === '') throw new SlackError('invalid_name_required');
  if (name.length > MAX_NAME) throw new SlackError('invalid_name_maxlength');
  if (!/^[a-z0-9_-]+$/.test(name)) throw new SlackError('invalid_name_specials');
  if (/^[_-]+$/.test(name)) throw new SlackError('invalid_name_punctuation');
  const holder = channelByName(slack.state, name);
  if (holder && holder !== except) throw new SlackError('name_taken');
}

/** Creates a channel with its creator in it. */
export function createChannel(
  slack: Slack,
  channel: { name: string; isPrivate: boolean; creator: string },
): ChannelRecord {
  checkChannelName(slack, channel.name);
  const record = addChannelRecord(slack.state, {
    name: channel.name,
    kind: channel.isPrivate ? 'private' : 'public',
    creator: channel.creator,
  });
  const by = who(slack.state, channel.creator);
  slack.tell({ kind: 'channel', how: 'created', channel: where(slack.state, record), by });
  if (record.kind === 'public') {
    const { id, name, created, creator } = record;
    announce(slack, {
      type: 'channel_created',
      channel: { id, name, created, creator },
      event_ts: slack.state.newTs(),
    });
  }
  joinChannel(slack, record, channel.creator);
  return record;
}

/** Makes a person or the bot a member; nothing happens when they are one. */
export function joinChannel(
  slack: Slack,
  channel: ChannelRecord,
  userId: string,
  inviter?: string,
): void {
  if (channel.members.includes(userId)) return;
  channel.members.push(userId);
  slack.tell({
    kind: 'member',
    how: 'joined',
    channel: where(slack.state, channel),
    who: who(slack.state, userId),
    ...(inviter === undefined ? {} : { by: who(slack.state, inviter) }),
  });
  announceIn(slack, channel, {
    type: 'member_joined_channel',
    user: userId,
    channel: channel.id,
    channel_type: channel.kind === 'private' ? 'G' : 'C',
    team: slack.state.teamId,
    ...(inviter === undefined ? {} : { inviter }),
    event_ts: slack.state.newTs(),
  });
  note(
    slack,
    channel,
    userId,
    'join',
    `<@${userId}> has joined the channel`,
    inviter === undefined ? {} : { inviter },
  );
}

/** Ends a membership; `remover` is set when somebody else ended it. */
export function leaveChannel(
  slack: Slack,
  channel: ChannelRecord,
  userId: string,
  remover?: string,
): void {
  const index = channel.members.indexOf(userId);
  if (index < 0) return;
  channel.members.splice(index, 1);
  slack.tell({
    kind: 'member',
    how: 'left',
    channel: where(slack.state, channel),
    who: who(slack.state, userId),
    ...(remover === undefined ? {} : { by: who(slack.state, remover) }),
  });
  announceIn(slack, channel, {
    type: 'member_left_channel',
    user: userId,
    channel: channel.id,
    channel_type: channel.kind === 'private' ? 'G' : 'C',
    team: slack.state.teamId,
    event_ts: slack.state.newTs(),
  });
  note(slack, channel, userId, 'leave', `<@${userId}> has left the channel`);
}

/** Archives or reopens a channel. Everybody stays a member in the listing, as with Slack. */
export function setArchived(
  slack: Slack,
  channel: ChannelRecord,
  by: string,
  archived: boolean,
): void {
  channel.isArchived = archived;
  slack.tell({
    kind: 'channel',
    how: archived ? 'archived' : 'unarchived',
    channel: where(slack.state, channel),
    by: who(slack.state, by),
  });
  const name = archived ? 'archive' : 'unarchive';
  announceIn(slack, channel, {
    type: `${channel.kind === 'private' ? 'group' : 'channel'}_${name}`,
    channel: channel.id,
    user: by,
    event_ts: slack.state.newTs(),
  });
  note(slack, channel, by, name, `<@${by}> ${name}d the channel`);
}

/** Renames a channel; the old name can be taken by another from then on. */
export function renameChannel(
  slack: Slack,
  channel: ChannelRecord,
  by: string,
  name: string,
): void {
  checkChannelName(slack, name, channel);
  const old = channel.name;
  channel.previousNames.push(old);
  channel.name = name;
  slack.tell({
    kind: 'channel',
    how: 'renamed',
    channel: where(slack.state, channel),
    by: who(slack.state, by),
  });
  announceIn(slack, channel, {
    type: channel.kind === 'private' ? 'group_rename' : 'channel_rename',
    channel: { id: channel.id, name, created: channel.created },
    event_ts: slack.state.newTs(),
  });
  note(slack, channel, by, 'name', `<@${by}> has renamed the channel from "${old}" to "${name}"`, {
    old_name: old,
    name,
  });
}

/** Sets the topic or the purpose. Throws too_long over 250 characters. */
export function describeChannel(
  slack: Slack,
  channel: ChannelRecord,
  by: string,
  what: 'topic' | 'purpose',
  text: string,
): void {
  if (text.length > MAX_TOPIC) throw new SlackError('too_long');
  channel[what] = text;
  slack.tell({
    kind: what,
    channel: where(slack.state, channel),
    by: who(slack.state, by),
    text,
  });
  note(slack, channel, by, what, `<@${by}> set the channel ${what}: ${text}`, { [what]: text });
}

function note(
  slack: Slack,
  channel: ChannelRecord,
  user: string,
  what: string,
  text: string,
  fields: Readonly<Record<string, unknown>> = {},
): void {
  const prefix = channel.kind === 'private' ? 'group' : 'channel';
  postMessage(slack, channel, { subtype: `${prefix}_${what}`, user, text, ...fields });
}
