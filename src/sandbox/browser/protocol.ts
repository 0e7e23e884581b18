/** What the page and its server say to each other. Types only: both sides are compiled apart. */

import type { Json } from '../workspace/json.ts';
import type { ChannelKind, Message } from '../workspace/model.ts';
import type { InputValue } from '../workspace/view-record.ts';

export interface PersonInfo {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  /** IANA name of the zone they live in. */
  readonly tz: string;
  readonly isBot: boolean;
  /** What the person is here for; only for the four who can be played. */
  readonly role?: string;
}

export interface GroupInfo {
  readonly id: string;
  readonly handle: string;
  readonly members: readonly string[];
}

export interface CommandInfo {
  readonly command: string;
  readonly description: string;
  readonly usageHint: string;
}

export interface ShortcutInfo {
  readonly callbackId: string;
  readonly type: 'global' | 'message';
  readonly name: string;
}

export interface StoryInfo {
  readonly name: string;
  readonly about: string;
  readonly ends: string;
  /** Whether it is that of a playbook. */
  readonly isPlaybook: boolean;
  /** Why it cannot be told on this machine. */
  readonly missing?: string;
}

/** What does not change while a workspace lives. */
export interface Setting {
  /** Epoch milliseconds, by the sandbox's clock: in a story it is another day. */
  readonly now: number;
  readonly me: string;
  readonly botId: string;
  readonly people: readonly PersonInfo[];
  readonly groups: readonly GroupInfo[];
  readonly commands: readonly CommandInfo[];
  readonly shortcuts: readonly ShortcutInfo[];
  readonly hasHome: boolean;
  readonly stories: readonly StoryInfo[];
}

export interface ChannelInfo {
  readonly id: string;
  readonly name: string;
  readonly kind: ChannelKind;
  readonly topic: string;
  readonly isArchived: boolean;
  readonly isMember: boolean;
  readonly members: readonly string[];
  readonly pins: readonly { readonly ts: string; readonly by: string }[];
  readonly canvas?: CanvasInfo;
  /** The newest message this person has read; empty when none. */
  readonly lastRead: string;
}

/** The document at the top of a channel. */
export interface CanvasInfo {
  readonly id: string;
  readonly title: string;
  /** Another one whenever something else is written in it. */
  readonly version: string;
}

export interface ChannelPatch {
  readonly info: ChannelInfo;
  /** New and edited messages, ephemeral ones too. */
  readonly changed: readonly Message[];
  /** The `ts` of messages that are gone. */
  readonly removed: readonly string[];
}

export interface ModalInfo {
  readonly id: string;
  readonly hash: string;
  readonly title: Json | null;
  readonly submit: Json | null;
  readonly close: Json | null;
  readonly blocks: readonly Json[];
  /** By `valueKey`. */
  readonly values: Readonly<Record<string, InputValue>>;
  /** The app's complaints, by block id. */
  readonly errors: Readonly<Record<string, string>>;
}

export interface HomeInfo {
  readonly id: string;
  readonly blocks: readonly Json[];
}

/** A change of what a person sees; the first one after connecting has `setting` and everything. */
export interface Patch {
  readonly setting?: Setting;
  readonly channels?: readonly ChannelPatch[];
  /** The whole stack, the top one last. */
  readonly modals?: readonly ModalInfo[];
  /** The app's home tab as published last. */
  readonly home?: HomeInfo;
}

/** What Slack itself tells one person, for a moment. */
export interface Notice {
  readonly text: string;
}

export interface Sample {
  /** Epoch milliseconds, by the sandbox's clock. */
  readonly at: number;
  /** HTTP status of the checkout; 0 when there was no answer. */
  readonly status: number;
  /** How long the answer took, milliseconds. */
  readonly ms: number;
}

/** What a customer is told at the checkout. */
export interface ShopAnswer {
  readonly words: string;
  /** The version that answered. */
  readonly release: string;
}

export interface SlotInfo {
  readonly slot: string;
  readonly version: string;
  readonly message: string;
  readonly author: string;
  readonly deployedAt: string;
}

export interface ExchangeInfo {
  readonly id: string;
  readonly at: string;
  readonly service: string;
  readonly what: string;
  readonly outcome: string;
  readonly changes: boolean;
}

/** Something in a system, and how it is. */
export interface SystemRow {
  readonly what: string;
  readonly is: string;
  /** Since when, epoch milliseconds. */
  readonly at?: number;
  /** Whether customers have to do with it now. */
  readonly isLive?: boolean;
}

/** One of the systems beside the shop. */
export interface SystemInfo {
  readonly name: string;
  readonly rows: readonly SystemRow[];
}

export interface World {
  /** Epoch milliseconds, by the sandbox's clock. */
  readonly now: number;
  readonly shopUrl: string;
  /** One a second, oldest first. */
  readonly samples: readonly Sample[];
  /** What the customer who came last was told. */
  readonly shopSays: ShopAnswer;
  readonly slots: readonly SlotInfo[];
  /** Those that this run has. */
  readonly systems: readonly SystemInfo[];
  readonly hasJobs: boolean;
  /** What the bot asked of the outside, newest first. */
  readonly exchanges: readonly ExchangeInfo[];
  readonly bot: 'running' | 'stopped' | 'starting';
  /** Whether it can be killed; otherwise it can only be stopped. */
  readonly botIsProcess: boolean;
  readonly slackCutOff: boolean;
  readonly azureSlow: boolean;
  readonly swapWillFail: boolean;
  readonly story?: StoryProgress;
}

export type Pace = 'slow' | 'normal' | 'fast' | 'step';

export interface StoryProgress {
  readonly name: string;
  readonly pace: Pace;
  /** What was told last. */
  readonly caption: string;
  /** Whose turn it is, and what they do. */
  readonly act?: string;
  /** Whose turn it is: a name such as `ana`. */
  readonly by?: string;
  readonly state: 'playing' | 'waiting' | 'ended' | 'failed';
}

/** What a person does in Slack. */
export type Act =
  | {
      readonly act: 'say';
      readonly channel: string;
      readonly text: string;
      readonly thread?: string;
    }
  | { readonly act: 'command'; readonly channel: string; readonly text: string }
  | {
      readonly act: 'press';
      readonly at: ControlPlace;
      /** The value of the option taken from an overflow menu. */
      readonly option?: string;
    }
  | {
      readonly act: 'choose';
      readonly at: ControlPlace;
      /** The value of the option, the id of the person, or the seconds since 1970; null to choose nothing. */
      readonly option: string | null;
    }
  | {
      readonly act: 'tick';
      readonly at: ControlPlace;
      /** The values of all the boxes that are ticked. */
      readonly options: readonly string[];
    }
  | { readonly act: 'type'; readonly at: ControlPlace; readonly text: string }
  | { readonly act: 'submit'; readonly view: string }
  | {
      readonly act: 'close';
      readonly view: string;
      /** With all that is below it. */
      readonly all?: boolean;
    }
  | { readonly act: 'open-home' }
  | { readonly act: 'shortcut'; readonly callbackId: string }
  | {
      readonly act: 'message-shortcut';
      readonly callbackId: string;
      readonly channel: string;
      readonly ts: string;
    }
  | { readonly act: 'pin'; readonly channel: string; readonly ts: string }
  | {
      readonly act: 'react';
      readonly channel: string;
      readonly ts: string;
      readonly emoji: string;
    }
  | { readonly act: 'join'; readonly channel: string }
  | { readonly act: 'read'; readonly channel: string; readonly ts: string };

/** A control in a message (`channel` and `ts`) or in an open modal (`view`). */
export interface ControlPlace {
  readonly channel?: string;
  readonly ts?: string;
  readonly view?: string;
  readonly block: string;
  readonly action: string;
}

/** What somebody does to the world, or to the sandbox itself. */
export type Deed =
  | { readonly deed: 'ship-bad-release' }
  | { readonly deed: 'stop-bot' }
  | { readonly deed: 'start-bot' }
  | { readonly deed: 'cut-slack'; readonly on: boolean }
  | { readonly deed: 'slow-azure'; readonly on: boolean }
  | { readonly deed: 'fail-next-swap'; readonly on: boolean }
  | { readonly deed: 'buy' }
  | { readonly deed: 'start-export-job' }
  /** The shop alone, or with content, a worker and its jobs, and flags. */
  | { readonly deed: 'start-over'; readonly around: 'shop' | 'everything' }
  | { readonly deed: 'play'; readonly story: string; readonly pace: Pace }
  | { readonly deed: 'pace'; readonly pace: Pace }
  | { readonly deed: 'next-step' };

/** The answer to an act or a deed: words for the person when it was refused or has something to say. */
export type Reply =
  | { readonly ok: true; readonly words?: string }
  | { readonly ok: false; readonly words: string };
