/** What the workspace keeps: Slack's own objects, as the Web API shows them. */
import type { Json } from './json.ts';

export type Block = Json & { readonly type: string; readonly block_id?: string };

/** A raw message. Never changed in place: an edit replaces it, so an older copy stays as it was. */
export interface Message extends MessageFields {
  readonly type: 'message';
  readonly ts: string;
  /** Further fields of Slack's subtypes: topic, purpose, name, old_name, inviter, … */
  readonly [field: string]: unknown;
}

/** What a message says and carries, without what the workspace adds. */
export interface MessageFields {
  readonly text: string;
  readonly subtype?: string;
  readonly hidden?: boolean;
  readonly user?: string;
  readonly bot_id?: string;
  readonly app_id?: string;
  readonly bot_profile?: Json;
  readonly team?: string;
  readonly blocks?: readonly Block[];
  readonly attachments?: readonly Json[];
  readonly thread_ts?: string;
  readonly parent_user_id?: string;
  readonly reply_count?: number;
  readonly reply_users?: readonly string[];
  readonly latest_reply?: string;
  readonly metadata?: Json;
  readonly edited?: { readonly user: string; readonly ts: string };
  readonly files?: readonly Json[];
  readonly upload?: boolean;
  readonly reactions?: readonly Reaction[];
  readonly pinned_to?: readonly string[];
  readonly client_msg_id?: string;
  readonly is_ephemeral?: boolean;
}

export interface Reaction {
  readonly name: string;
  readonly users: readonly string[];
  readonly count: number;
}

export interface UserRecord {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly tz: string;
  /** Seconds east of UTC. */
  readonly tzOffset: number;
  readonly email: string;
  readonly team: string;
  readonly isBot: boolean;
  readonly isGuest: boolean;
  deactivated: boolean;
}

export interface GroupRecord {
  readonly id: string;
  readonly handle: string;
  readonly members: string[];
  updated: number;
}

export type ChannelKind = 'public' | 'private' | 'im';

export interface Pin {
  readonly ts: string;
  readonly by: string;
  /** Seconds. */
  readonly at: number;
}

export interface Bookmark {
  readonly id: string;
  readonly channel_id: string;
  readonly title: string;
  readonly type: 'link';
  readonly link: string;
  readonly emoji: string;
  readonly date_created: number;
  readonly date_updated: number;
}

/** One change of a message: `next` is missing when it was deleted. */
export interface Edit {
  readonly at: number;
  readonly previous: Message;
  readonly next?: Message;
}

export interface Ephemeral {
  readonly to: string;
  readonly message: Message;
}

export interface ChannelRecord {
  readonly id: string;
  name: string;
  readonly previousNames: string[];
  readonly kind: ChannelKind;
  /** The person of a direct message with the bot. */
  readonly with?: string;
  readonly creator: string;
  /** Seconds. */
  readonly created: number;
  isArchived: boolean;
  topic: string;
  purpose: string;
  readonly members: string[];
  /** Oldest first. */
  readonly messages: Message[];
  readonly ephemerals: Ephemeral[];
  readonly edits: Edit[];
  readonly pins: Pin[];
  readonly bookmarks: Bookmark[];
  canvas?: CanvasRecord;
}

/** The canvas of a channel: one document that everybody in it reads. */
export interface CanvasRecord {
  readonly id: string;
  readonly title: string;
  markdown: string;
}

export interface FileRecord {
  readonly id: string;
  readonly filename: string;
  readonly length: number;
  readonly created: number;
  title: string;
  content: Buffer | undefined;
  completed: boolean;
  readonly shares: { channel: string; ts: string }[];
}

/** A Slack error answer: HTTP 200 with `ok: false` and this code. */
export class SlackError extends Error {
  readonly code: string;
  readonly extra: Json;
  constructor(code: string, extra: Json = {}) {
    super(code);
    this.code = code;
    this.extra = extra;
  }
}
