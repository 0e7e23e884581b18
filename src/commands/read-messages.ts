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

/** The most of a thread that is kept with its message. */
const THREAD_LIMIT = 100;

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

/** A message with its thread, in the order in which they were written. */
interface ReadThread {
  readonly messages: readonly Omit<CapturedMessage, 'via'>[];
  /** Why it is not the whole thread, as a sentence. */
  readonly lacks?: string;
}

/** The message and those of its thread. Where Slack does not give them, the message alone, as it was sent along. */
export async function withThread(
  desk: Desk,
  { thread, ...sent }: Omit<CapturedMessage, 'via'> & { readonly thread?: string },
): Promise<ReadThread> {
  const { channel, ts } = sent;
  try {
    const answer = await desk.client.conversations.replies({
      channel,
      ts: thread ?? ts,
      limit: THREAD_LIMIT,
    });
    const found = (answer.messages ?? []) as readonly FoundMessage[];
    const messages = found
      .filter(({ subtype }) => WRITTEN.has(subtype) || subtype === 'bot_message')
      .map((message) => keptOf(channel, message))
      .filter(({ text, files = [] }) => text !== '' || files.length > 0);
    const whole = messages.some((message) => message.ts === ts) ? messages : [...messages, sent];
    return answer.has_more
      ? { messages: whole, lacks: `Of its thread the first ${THREAD_LIMIT} messages are kept.` }
      : { messages: whole };
  } catch (error) {
    const words = NOT_IN.has(codeOf(error))
      ? `Its thread was not read: Backstop is not in <#${channel}>. Invite it there, then keep what matters with *Add to the timeline*.`
      : 'Slack did not give its thread; keep what matters of it with *Add to the timeline*.';
    if (!NOT_IN.has(codeOf(error))) desk.onError(error);
    return { messages: [sent], lacks: words };
  }
}

/** What Slack answers about a channel that the bot is not in. */
const NOT_IN: ReadonlySet<string> = new Set(['not_in_channel', 'channel_not_found']);

function codeOf(error: unknown): string {
  return error instanceof WebAPIPlatformError ? String(error.data.error) : '';
}
