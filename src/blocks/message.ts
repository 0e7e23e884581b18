import type { KnownBlock } from '@slack/types';
import type { Severity } from '../assessment.ts';

/** What the messages of an incident need to know besides its state. */
export interface Surroundings {
  /** Milliseconds that people may hear nothing, by severity. */
  readonly updates?: Readonly<Partial<Record<Severity, number>>>;
  /** Where the message stands that was posted under that key; undefined while it is not posted. */
  readonly linkTo?: (key: string) => string | undefined;
}

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
