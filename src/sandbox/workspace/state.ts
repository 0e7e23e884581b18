/** The workspace's memory: who is there, which channels, files, views and triggers exist, and how ids are made. */
import { randomBytes } from 'node:crypto';
import type { AppManifest } from './manifest.ts';
import type {
  ChannelKind,
  ChannelRecord,
  FileRecord,
  GroupRecord,
  Message,
  UserRecord,
} from './model.ts';
import type { ViewRecord } from './view-record.ts';

/** A permission to open a modal, given with each thing a person does: 3 s, single use. */
export interface Trigger {
  readonly user: string;
  readonly at: number;
  /** The modal the person acted in; only such a trigger can push. */
  readonly view: string | undefined;
  used: boolean;
}

export interface State {
  readonly manifest: AppManifest;
  /** Milliseconds. */
  now(): number;
  readonly teamId: string;
  readonly domain: string;
  readonly appId: string;
  readonly botId: string;
  readonly botUserId: string;
  readonly users: Map<string, UserRecord>;
  readonly groups: Map<string, GroupRecord>;
  readonly channels: Map<string, ChannelRecord>;
  readonly files: Map<string, FileRecord>;
  readonly triggers: Map<string, Trigger>;
  /** Open modals of each person, the top one last. */
  readonly modals: Map<string, ViewRecord[]>;
  readonly homes: Map<string, ViewRecord>;
  /** False makes usergroups.* answer plan_upgrade_required, as on a free plan. */
  paidPlan: boolean;
  newId(prefix: string): string;
  /** `seconds.micros`, strictly increasing over the whole workspace. */
  newTs(): string;
  newHash(): string;
  newTrigger(user: string, view?: string): string;
}

const TRIGGER_PREFIX = '13345224609';

/** An empty workspace with the app installed and its bot user in it. */
export function createState(manifest: AppManifest, now: () => number): State {
  const counters = new Map<string, number>();
  let lastMicros = 0;
  const newId = (prefix: string): string => {
    const next = (counters.get(prefix) ?? 0) + 1;
    counters.set(prefix, next);
    return `${prefix}0${next.toString(36).toUpperCase().padStart(8, '0')}`;
  };
  const newTs = (): string => {
    lastMicros = Math.max(Math.floor(now()) * 1000, lastMicros + 1);
    return tsOfMicros(lastMicros);
  };
  const state: State = {
    manifest,
    now,
    teamId: newId('T'),
    domain: 'sandbox',
    appId: newId('A'),
    botId: newId('B'),
    botUserId: newId('U'),
    users: new Map(),
    groups: new Map(),
    channels: new Map(),
    files: new Map(),
    triggers: new Map(),
    modals: new Map(),
    homes: new Map(),
    paidPlan: true,
    newId,
    newTs,
    newHash: () => `${Math.floor(now() / 1000)}.${randomBytes(4).toString('hex')}`,
    newTrigger: (user, view) => {
      const id = `${TRIGGER_PREFIX}.${Math.floor(now())}.${randomBytes(8).toString('hex')}`;
      state.triggers.set(id, { user, at: now(), view, used: false });
      return id;
    },
  };
  state.users.set(state.botUserId, {
    id: state.botUserId,
    name: manifest.botName.toLowerCase().replaceAll(/[^a-z0-9_-]+/g, ''),
    realName: manifest.botName,
    tz: 'America/Los_Angeles',
    tzOffset: -28_800,
    email: '',
    team: state.teamId,
    isBot: true,
    isGuest: false,
    deactivated: false,
  });
  return state;
}

function tsOfMicros(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  return `${seconds}.${String(micros % 1_000_000).padStart(6, '0')}`;
}

/** Whole seconds since 1970, as most of Slack's dates are. */
export function seconds(state: State): number {
  return Math.floor(state.now() / 1000);
}

/** A channel by its name, archived ones too. Direct messages have none. */
export function channelByName(state: State, name: string): ChannelRecord | undefined {
  return [...state.channels.values()].find((c) => c.kind !== 'im' && c.name === name);
}

/** The direct message between the bot and a person, opened when there is none yet. */
export function directMessage(state: State, userId: string): ChannelRecord {
  const open = [...state.channels.values()].find((c) => c.with === userId);
  return open ?? addChannelRecord(state, { name: '', kind: 'im', creator: userId, with: userId });
}

/** Adds an empty channel; a direct message has both its members from the start. */
export function addChannelRecord(
  state: State,
  channel: { name: string; kind: ChannelKind; creator: string; with?: string },
): ChannelRecord {
  const record: ChannelRecord = {
    id: state.newId(channel.kind === 'im' ? 'D' : 'C'),
    name: channel.name,
    previousNames: [],
    kind: channel.kind,
    ...(channel.with === undefined ? {} : { with: channel.with }),
    creator: channel.creator,
    created: seconds(state),
    isArchived: false,
    topic: '',
    purpose: '',
    members: channel.with === undefined ? [] : [channel.with, state.botUserId],
    messages: [],
    ephemerals: [],
    edits: [],
    pins: [],
    bookmarks: [],
  };
  state.channels.set(record.id, record);
  return record;
}

/** The message with that ts in the channel. */
export function messageAt(channel: ChannelRecord, ts: string): Message | undefined {
  return channel.messages.find((message) => message.ts === ts);
}

/** Whether the person could open the channel in their client: every public one, and those they are in. */
export function canSee(channel: ChannelRecord, user: UserRecord): boolean {
  if (user.deactivated) return false;
  return channel.members.includes(user.id) || (channel.kind === 'public' && !user.isGuest);
}
