/** Furnishing the workspace before the app starts: people, user groups, channels. Nothing here sends an event. */
import type { ChannelRecord, GroupRecord, UserRecord } from './model.ts';
import { addChannelRecord, channelByName, type State, seconds } from './state.ts';

export interface NewUser {
  /** The @name. */
  readonly name: string;
  readonly realName: string;
  /** IANA name; default Europe/London. */
  readonly tz?: string;
  readonly isGuest?: boolean;
}

export interface NewGroup {
  readonly handle: string;
  /** Ids or @names. */
  readonly members: readonly string[];
}

export interface NewChannel {
  readonly name: string;
  /** Ids or @names; the first one is the creator. */
  readonly members?: readonly string[];
  readonly private?: boolean;
  /** Whether the bot is a member from the start; default false. */
  readonly withBot?: boolean;
}

/** Adds a person, as a member of #general unless they are a guest. Throws when the name is taken. */
export function addUser(state: State, user: NewUser): UserRecord {
  if ([...state.users.values()].some((other) => other.name === user.name)) {
    throw new Error(`There is already a user ${user.name}. Choose another name.`);
  }
  const tz = user.tz ?? 'Europe/London';
  const record: UserRecord = {
    id: state.newId('U'),
    name: user.name,
    realName: user.realName,
    tz,
    tzOffset: offsetSeconds(tz, state.now()),
    email: `${user.name}@sandbox.example`,
    team: state.teamId,
    isBot: false,
    isGuest: user.isGuest === true,
    deactivated: false,
  };
  state.users.set(record.id, record);
  if (!record.isGuest) channelByName(state, 'general')?.members.push(record.id);
  return record;
}

/** Adds a user group. Throws when a member is unknown. */
export function addGroup(state: State, group: NewGroup): GroupRecord {
  const record: GroupRecord = {
    id: state.newId('S'),
    handle: group.handle,
    members: group.members.map((member) => userId(state, member)),
    updated: seconds(state),
  };
  state.groups.set(record.id, record);
  return record;
}

/** Adds a channel. Throws when the name is taken or a member is unknown. */
export function addChannel(state: State, channel: NewChannel): ChannelRecord {
  if (channelByName(state, channel.name)) {
    throw new Error(`There is already a channel #${channel.name}. Choose another name.`);
  }
  const members = (channel.members ?? []).map((member) => userId(state, member));
  const record = addChannelRecord(state, {
    name: channel.name,
    kind: channel.private === true ? 'private' : 'public',
    creator: members[0] ?? state.botUserId,
  });
  record.members.push(...members, ...(channel.withBot === true ? [state.botUserId] : []));
  return record;
}

function userId(state: State, idOrName: string): string {
  if (state.users.has(idOrName)) return idOrName;
  const user = [...state.users.values()].find((entry) => entry.name === idOrName);
  if (!user) throw new Error(`There is no user ${idOrName}. Add them first.`);
  return user.id;
}

/** Seconds east of UTC at a moment (ms). */
function offsetSeconds(tz: string, at: number): number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: tz, timeZoneName: 'longOffset' });
  const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /^GMT([+-])(\d\d):(\d\d)$/.exec(name);
  if (!match) return 0;
  const size = Number(match[2]) * 3600 + Number(match[3]) * 60;
  return match[1] === '-' ? -size : size;
}
