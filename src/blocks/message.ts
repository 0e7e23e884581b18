import type { KnownBlock } from '@slack/types';

/** A message that an incident's state calls for: posted once under its key, then edited in place. */
export interface DesiredMessage {
  readonly key: string;
  /** The incident's own channel, or the channel for announcements. */
  readonly where: 'incident' | 'announcements';
  /** The whole message in a sentence or two: for notifications, search and screen readers. */
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  readonly pinned?: true;
}

/** A message, and since when the incident calls for it. */
export interface Dated {
  readonly since: number;
  readonly message: DesiredMessage;
}

/** An answer that only the person concerned sees. */
export interface Reply {
  readonly text: string;
  readonly blocks: KnownBlock[];
}
