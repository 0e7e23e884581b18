/** What happens in the workspace as it happens: for a transcript, a browser page, or a test that waits. */
import type { Json } from './json.ts';
import type { Bookmark, ChannelKind, ChannelRecord, Message } from './model.ts';
import type { State } from './state.ts';
import type { ViewRecord } from './view-record.ts';

export interface Who {
  readonly id: string;
  readonly name: string;
  readonly isBot: boolean;
}

export interface Where {
  readonly id: string;
  /** The channel's name, or the other person's name in a direct message. */
  readonly name: string;
  readonly kind: ChannelKind;
}

/** What a person did, before the app has answered. */
export type Deed =
  | { readonly did: 'command'; readonly where: Where; readonly text: string }
  | {
      readonly did: 'click';
      readonly where: Where | undefined;
      readonly label: string;
      readonly actionId: string;
      /** The confirm dialog that was shown and accepted. */
      readonly confirmed?: Json;
    }
  | {
      readonly did: 'choose';
      readonly where: Where | undefined;
      readonly label: string;
      readonly actionId: string;
      readonly option: string;
    }
  | {
      readonly did: 'submit';
      readonly viewId: string;
      readonly title: string;
      /** What stood in the inputs, in their order; empty ones are left out. */
      readonly answers?: readonly Answer[];
    }
  | { readonly did: 'close'; readonly viewId: string; readonly title: string }
  | { readonly did: 'open home' }
  | { readonly did: 'shortcut'; readonly callbackId: string };

/** One input of a modal in words. */
export interface Answer {
  readonly label: string;
  readonly answer: string;
}

export type Happening =
  | {
      readonly kind: 'message';
      readonly channel: Where;
      readonly by: Who;
      readonly message: Message;
    }
  | { readonly kind: 'dm'; readonly channel: Where; readonly by: Who; readonly message: Message }
  | {
      readonly kind: 'ephemeral';
      readonly channel: Where;
      readonly to: Who;
      readonly message: Message;
    }
  | {
      readonly kind: 'edited';
      readonly channel: Where;
      readonly message: Message;
      readonly previous: Message;
      /** Set when it was an ephemeral message. */
      readonly to?: Who;
    }
  | {
      readonly kind: 'deleted';
      readonly channel: Where;
      readonly message: Message;
      readonly to?: Who;
    }
  | {
      readonly kind: 'modal';
      readonly how: 'opened' | 'pushed' | 'updated' | 'closed';
      readonly person: Who;
      readonly view: ViewRecord;
    }
  | { readonly kind: 'home'; readonly person: Who; readonly view: ViewRecord }
  | {
      readonly kind: 'channel';
      readonly how: 'created' | 'archived' | 'unarchived' | 'renamed';
      readonly channel: Where;
      readonly by: Who;
    }
  | {
      readonly kind: 'topic' | 'purpose';
      readonly channel: Where;
      readonly by: Who;
      readonly text: string;
    }
  | {
      readonly kind: 'member';
      readonly how: 'joined' | 'left';
      readonly channel: Where;
      readonly who: Who;
      /** Who invited or removed them; missing when they came or went by themselves. */
      readonly by?: Who;
    }
  | {
      readonly kind: 'pin';
      readonly how: 'added' | 'removed';
      readonly channel: Where;
      readonly by: Who;
      readonly message: Message;
    }
  | {
      readonly kind: 'reaction';
      readonly how: 'added' | 'removed';
      readonly channel: Where;
      readonly by: Who;
      readonly emoji: string;
      readonly ts: string;
    }
  | {
      readonly kind: 'bookmark';
      readonly how: 'added' | 'edited' | 'removed';
      readonly channel: Where;
      readonly bookmark: Bookmark;
    }
  | {
      readonly kind: 'file';
      readonly channel: Where;
      readonly by: Who;
      readonly file: { readonly id: string; readonly name: string; readonly title: string };
    }
  | ({ readonly kind: 'person'; readonly person: Who } & Deed)
  | {
      /** What Slack itself tells a person after they acted: no answer, or complaints about their input. */
      readonly kind: 'notice';
      readonly person: Who;
      readonly text: string;
      readonly complaints?: readonly Answer[];
    };

/** A happening with its time (ms, by the workspace's clock). */
export type WorkspaceEvent = Happening & { readonly at: number };

/** The person or bot with that id, by the name others see. */
export function who(state: State, userId: string): Who {
  const user = state.users.get(userId);
  return { id: userId, name: user?.name ?? userId, isBot: user?.isBot ?? false };
}

/** A channel's id and the name people know it by. */
export function where(state: State, channel: ChannelRecord): Where {
  const name = channel.with === undefined ? channel.name : who(state, channel.with).name;
  return { id: channel.id, name, kind: channel.kind };
}
