/** Reads the thread of a message, for the timeline of the incident that is declared from it. */

import type { CapturedMessage } from '../events.ts';
import { messageAddress } from '../message-address.ts';
import type { Desk } from './desk.ts';
import { type FoundMessage, isOutside, keptOf, WRITTEN } from './read-messages.ts';

/** Slack asks for no more than this at a time (docs.slack.dev/reference/methods/conversations.replies). */
const PAGE = 200;
/** The most of a thread that is kept with its message: more than a meeting of people writes, less than a flood of a monitor. */
const THREAD_LIMIT = 600;
/**
 * Real milliseconds after which no further page is asked for: the form is answered within three seconds, of which one look
 * at Slack may take two.
 */
const READING_MS = 800;

/** A message with its thread, in the order in which they were written. */
interface ReadThread {
  readonly messages: readonly Omit<CapturedMessage, 'via'>[];
  /** What of the thread is not kept, and what to do about it, for the person who declares. */
  readonly lacks?: string;
  /** The same for whoever reads the timeline: how much is not in it, and where it is. */
  readonly notKept?: string;
}

/** The message and those of its thread. Where Slack does not give them, the message alone, as it was sent along. */
export async function withThread(
  desk: Desk,
  { thread, ...sent }: Omit<CapturedMessage, 'via'> & { readonly thread?: string },
): Promise<ReadThread> {
  const { channel, ts } = sent;
  const root = thread ?? ts;
  try {
    const { found, more } = await readThread(desk, channel, root);
    const messages = found
      .filter(({ subtype }) => WRITTEN.has(subtype) || subtype === 'bot_message')
      .map((message) => keptOf(channel, message))
      .filter(({ text, files = [] }) => text !== '' || files.length > 0);
    const whole = messages.some((message) => message.ts === ts) ? messages : [...messages, sent];
    return { messages: whole, ...(more ? leftOut(desk, channel, root, found) : {}) };
  } catch (error) {
    if (isOutside(error)) {
      const words = `Its thread was not read: Backstop is not in <#${channel}> and does not see edits or removals there. Invite it (\`/invite @Backstop\`), then keep what matters with *Add to the timeline*.`;
      return { messages: [sent], lacks: words };
    }
    desk.onError(error);
    const words =
      'Slack did not give its thread; keep what matters of it with *Add to the timeline*.';
    return { messages: [sent], lacks: words };
  }
}

/** From its first message on, as much as there is room and time for. @throws as the Web API does, for the first page. */
async function readThread(
  desk: Desk,
  channel: string,
  ts: string,
): Promise<{ readonly found: readonly FoundMessage[]; readonly more: boolean }> {
  const began = Date.now();
  const found = new Map<string, FoundMessage>();
  let cursor: string | undefined;
  do {
    const room = Math.min(PAGE, THREAD_LIMIT - found.size);
    const page = { channel, ts, limit: room, ...(cursor ? { cursor } : {}) };
    const asked = desk.client.conversations.replies(page);
    // What was read before is kept when a later page fails.
    const answer = await (cursor ? asked.catch(() => undefined) : asked);
    if (!answer) break;
    // Slack begins every page with the first message of the thread.
    for (const message of (answer.messages ?? []) as readonly FoundMessage[]) {
      found.set(message.ts ?? '', message);
    }
    cursor = answer.response_metadata?.next_cursor || undefined;
  } while (cursor && found.size < THREAD_LIMIT && Date.now() - began < READING_MS);
  return { found: [...found.values()], more: cursor !== undefined };
}

function leftOut(
  { workspaceUrl }: Desk,
  channel: string,
  root: string,
  found: readonly FoundMessage[],
): Pick<ReadThread, 'lacks' | 'notKept'> {
  const replies = found.find(({ ts }) => ts === root)?.reply_count;
  const rest = replies === undefined ? 0 : replies + 1 - found.length;
  const amount = rest > 0 ? `${rest} more are` : 'the rest is';
  const address = messageAddress(workspaceUrl, channel, root);
  const where = address === undefined ? `<#${channel}>` : `<${address}|the thread>`;
  return {
    lacks: `Of its thread the first ${found.length} messages are kept; ${amount} only in ${where}.`,
    notKept: `Of the thread that it was declared from, the first ${found.length} messages are kept here; ${amount} in Slack only${address === undefined ? '' : `: ${address}`}`,
  };
}
