/** Reads messages as Slack has them now, for the timeline. */

import type { ConversationsHistoryResponse } from '@slack/web-api';
import { WebAPIPlatformError } from '@slack/web-api';
import type { CapturedMessage } from '../events.ts';
import { CAPTURE_LIMIT } from '../flows/capture.ts';
import type { Desk } from './desk.ts';

/** Slack's types leave out where a message is pinned. */
export type FoundMessage = NonNullable<ConversationsHistoryResponse['messages']>[number] & {
  readonly pinned_to?: readonly string[];
};

/** Subtypes of what somebody wrote; the others tell of the channel. */
export const WRITTEN: ReadonlySet<string | undefined> = new Set([
  undefined,
  'file_share',
  'thread_broadcast',
]);

/** The message as it is now; in a thread it is no part of the channel's history. @throws as the Web API does. */
export async function messageAt(
  desk: Desk,
  channel: string,
  ts: string,
): Promise<FoundMessage | undefined> {
  const only = { channel, latest: ts, oldest: ts, inclusive: true, limit: 1 };
  const { messages = [] } = await desk.client.conversations.history(only);
  const found: FoundMessage | undefined = messages.find((message) => message.ts === ts);
  if (found) return found;
  const replies = await desk.client.conversations.replies({ ...only, ts, limit: 2 });
  return replies.messages?.find((message) => message.ts === ts) as FoundMessage | undefined;
}

/** What of a message the timeline keeps. Its files stay where they are: their names and addresses are kept. */
export function keptOf(
  channel: string,
  { ts = '', text = '', user, files = [] }: FoundMessage,
): Omit<CapturedMessage, 'via'> {
  const references = files.flatMap(({ name, title, permalink }) => {
    const words = name ?? title;
    if (words === undefined) return permalink ?? [];
    return permalink === undefined ? words : `${words} (${permalink})`;
  });
  return {
    channel,
    ts,
    text: text.slice(0, CAPTURE_LIMIT),
    ...(user ? { author: user } : {}),
    ...(references.length > 0 ? { files: references } : {}),
  };
}

/** Whether Slack says that the bot is not in the channel: it reads nothing there, and hears of no edit. */
export function isOutside(error: unknown): boolean {
  return error instanceof WebAPIPlatformError && NOT_IN.has(String(error.data.error));
}

const NOT_IN: ReadonlySet<string> = new Set(['not_in_channel', 'channel_not_found']);
