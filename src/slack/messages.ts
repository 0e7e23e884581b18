/** Posting and editing the messages that an incident's state calls for, each exactly once. */

import type { KnownBlock, WebClient } from '@slack/web-api';
import { OutsideError } from '../errors.ts';
import { type CallContext, callSlack, slackCode } from './call.ts';
import type { Posted } from './posted.ts';

export interface Content {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

export interface MessageContext extends CallContext {
  readonly client: WebClient;
  readonly botUserId: string;
}

const METADATA_TYPE = 'backstop_message';

/** How far back to look for a message that may have been posted. */
const HISTORY_LIMIT = 200;

/**
 * Posts a message marked with its incident and key. When the answer is lost, the channel's history says whether it is
 * there.
 * @throws OutsideError
 */
export async function post(
  context: MessageContext,
  channel: string,
  incident: string,
  key: string,
  content: Content,
): Promise<Posted> {
  const detail = {
    method: 'chat.postMessage',
    attempted: 'post a message',
    on: channel,
    repeatable: false,
  };
  try {
    const { ts } = await callSlack(detail, context, () =>
      context.client.chat.postMessage({
        channel,
        text: content.text,
        blocks: [...content.blocks],
        unfurl_links: false,
        unfurl_media: false,
        metadata: { event_type: METADATA_TYPE, event_payload: { incident, key } },
      }),
    );
    return { channel, ts: ts ?? '' };
  } catch (error) {
    if (!(error instanceof OutsideError) || error.detail.kind !== 'ambiguous') throw error;
    const found = (await findPosted(context, channel, incident)).get(key);
    if (found) return found;
    throw error;
  }
}

/** Our messages of an incident in a channel's recent history, by key. @throws OutsideError */
export async function findPosted(
  context: MessageContext,
  channel: string,
  incident: string,
): Promise<ReadonlyMap<string, Posted>> {
  const detail = {
    method: 'conversations.history',
    attempted: 'read the history',
    on: channel,
    repeatable: true,
  };
  const history = await callSlack(detail, context, () =>
    context.client.conversations.history({
      channel,
      limit: HISTORY_LIMIT,
      include_all_metadata: true,
    }),
  );
  const found = new Map<string, Posted>();
  for (const { user, ts, metadata } of history.messages ?? []) {
    // Anybody can attach metadata to a message; only our own counts.
    if (user !== context.botUserId || metadata?.event_type !== METADATA_TYPE || !ts) continue;
    const payload = metadata.event_payload as { incident?: string; key?: string } | undefined;
    if (payload?.incident === incident && payload.key) found.set(payload.key, { channel, ts });
  }
  return found;
}

/** Edits a message in place. False when it is gone or can no longer be edited. @throws OutsideError */
export async function edit(
  context: MessageContext,
  { channel, ts }: Posted,
  content: Content,
): Promise<boolean> {
  const detail = {
    method: 'chat.update',
    attempted: 'edit a message',
    on: channel,
    repeatable: true,
  };
  try {
    await callSlack(detail, context, () =>
      context.client.chat.update({ channel, ts, text: content.text, blocks: [...content.blocks] }),
    );
    return true;
  } catch (error) {
    if (GONE.has(slackCode(error) ?? '')) return false;
    throw error;
  }
}

const GONE = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'is_inactive',
]);

/** Pins a message; one that is pinned already stays so. @throws OutsideError */
export async function pin(context: MessageContext, { channel, ts }: Posted): Promise<void> {
  const detail = { method: 'pins.add', attempted: 'pin the card', on: channel, repeatable: true };
  try {
    await callSlack(detail, context, () => context.client.pins.add({ channel, timestamp: ts }));
  } catch (error) {
    if (slackCode(error) !== 'already_pinned') throw error;
  }
}
