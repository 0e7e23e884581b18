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
}

export const EMPTY: PageState = {
  setting: undefined,
  channels: new Map(),
  modals: [],
  home: undefined,
  world: undefined,
  isOnline: true,
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

/** How many messages in the channel are new to this person, and whether one of them calls them. */
export function unread(
  { info, messages }: Channel,
  { me, groups }: Setting,
): { readonly count: number; readonly isCalled: boolean } {
  const fresh = messages.filter(
    ({ ts, user, subtype }) =>
      ts > info.lastRead && user !== me && (subtype === undefined || !QUIET.test(subtype)),
  );
  const calls = [
    `<@${me}>`,
    ...groups.filter(({ members }) => members.includes(me)).map(({ id }) => `<!subteam^${id}`),
  ];
  const isCalled = fresh.some((message) => {
    const text = JSON.stringify([message.text, message.blocks ?? []]);
    return calls.some((call) => text.includes(call));
  });
  return { count: fresh.length, isCalled: isCalled || (info.kind === 'im' && fresh.length > 0) };
}

/** The replies of a thread, oldest first. */
export function repliesOf({ messages }: Channel, ts: string): readonly Message[] {
  return messages.filter((message) => message.thread_ts === ts && message.ts !== ts);
}

/** The messages that stand in the channel itself. */
export function mainMessages({ messages }: Channel): readonly Message[] {
  return messages.filter(({ thread_ts, ts }) => thread_ts === undefined || thread_ts === ts);
}
