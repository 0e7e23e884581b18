/** What the page knows: the fold of the patches its server sent. */

import type {
  ChannelInfo,
  HomeInfo,
  ModalInfo,
  Patch,
  Setting,
  World,
} from '../browser/protocol.ts';
import type { Message } from '../workspace/model.ts';

export interface Channel {
  readonly info: ChannelInfo;
  /** Oldest first. An unchanged message stays the same object. */
  readonly messages: readonly Message[];
}

export interface PageState {
  readonly setting: Setting | undefined;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly modals: readonly ModalInfo[];
  readonly home: HomeInfo | undefined;
  readonly world: World | undefined;
  /** False while the server cannot be reached. */
  readonly isOnline: boolean;
  /** True when the server lets this page in no more: another one has taken its place. */
  readonly isShutOut: boolean;
}

export const EMPTY: PageState = {
  setting: undefined,
  channels: new Map(),
  modals: [],
  home: undefined,
  world: undefined,
  isOnline: true,
  isShutOut: false,
};

/** The state after the patch; one with a setting begins from nothing. */
export function applyPatch(state: PageState, patch: Patch): PageState {
  const channels = new Map(patch.setting ? [] : state.channels);
  for (const { info, changed, removed } of patch.channels ?? []) {
    const before = channels.get(info.id)?.messages ?? [];
    channels.set(info.id, { info, messages: merged(before, changed, removed) });
  }
  return {
    ...state,
    setting: patch.setting ?? state.setting,
    channels,
    modals: patch.modals ?? state.modals,
    home: patch.home ?? (patch.setting ? undefined : state.home),
  };
}

function merged(
  before: readonly Message[],
  changed: readonly Message[],
  removed: readonly string[],
): readonly Message[] {
  if (changed.length === 0 && removed.length === 0) return before;
  const byTs = new Map(before.map((message) => [message.ts, message]));
  for (const ts of removed) byTs.delete(ts);
  for (const message of changed) byTs.set(message.ts, message);
  return [...byTs.values()].sort((a, b) => (a.ts < b.ts ? -1 : 1));
}

/** Messages that are no news: who came and went. */
const QUIET = /^(channel|group)_(join|leave|topic|purpose|name|archive|unarchive)$|^pinned_item$/;

export interface Unread {
  /** How many messages are new to the person. */
  readonly count: number;
  /** Those of them that call the person: by name, by a group, or in a direct message. */
  readonly calls: readonly Message[];
}

/** What in the channel is new to this person. A reply is news only where it calls them, and what only they see never is. */
export function unreadIn({ info, messages }: Channel, { me, groups }: Setting): Unread {
  const marks = [
    `<@${me}>`,
    '<!here',
    '<!channel',
    '<!everyone',
    ...groups.filter(({ members }) => members.includes(me)).map(({ id }) => `<!subteam^${id}`),
  ];
  const isCall = (message: Message): boolean => {
    const text = JSON.stringify([message.text, message.blocks ?? []]);
    return info.kind === 'im' || marks.some((mark) => text.includes(mark));
  };
  const fresh = messages.filter(
    ({ ts, user, subtype, is_ephemeral }) =>
      ts > info.lastRead &&
      user !== me &&
      is_ephemeral !== true &&
      (subtype === undefined || !QUIET.test(subtype)),
  );
  const calls = fresh.filter(isCall);
  const count = fresh.filter((message) => !isReply(message) || calls.includes(message)).length;
  return { count, calls };
}

/** Whether the message stands in a thread below another one, and nowhere else. */
export function isReply({ thread_ts, ts, subtype }: Message): boolean {
  return thread_ts !== undefined && thread_ts !== ts && subtype !== 'thread_broadcast';
}

/** The replies of a thread, oldest first. */
export function repliesOf({ messages }: Channel, ts: string): readonly Message[] {
  return messages.filter((message) => message.thread_ts === ts && message.ts !== ts);
}

/** The messages that stand in the channel itself. */
export function mainMessages({ messages }: Channel): readonly Message[] {
  return messages.filter((message) => !isReply(message));
}
