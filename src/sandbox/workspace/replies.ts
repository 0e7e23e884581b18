/** Answers to a command and through a response_url (docs.slack.dev/interactivity/handling-user-interaction). */

import { asObject, type Json } from './json.ts';
import { readText } from './message-text.ts';
import {
  botAuthor,
  changeEphemeral,
  type Draft,
  deleteMessage,
  editMessage,
  postEphemeral,
  postMessage,
} from './messages.ts';
import { type ChannelRecord, SlackError } from './model.ts';
import type { ResponseTarget, Slack } from './slack.ts';
import { messageAt } from './state.ts';

/**
 * Shows what the app answered: a new message, only for the person unless `response_type` is in_channel, or a change of
 * the message they acted on. Throws SlackError for a body Slack would not show.
 */
export function applyReply(slack: Slack, target: ResponseTarget, body: Json): void {
  const channel = slack.state.channels.get(target.channel);
  if (!channel) throw new SlackError('channel_not_found');
  if (body['delete_original'] === true && target.original) {
    removeOriginal(slack, channel, target.original);
    return;
  }
  const draft = draftOf(slack, body);
  if (body['replace_original'] === true && target.original) {
    replaceOriginal(slack, channel, target.original, draft);
    return;
  }
  if (body['response_type'] === 'in_channel') postMessage(slack, channel, draft);
  else postEphemeral(slack, channel, target.user, draft);
}

/** Whether an ack carries a message to show. */
export function isReply(body: unknown): body is Json {
  const reply = asObject(body);
  return reply?.['text'] !== undefined || reply?.['blocks'] !== undefined;
}

function draftOf(slack: Slack, body: Json): Draft {
  const { thread_ts } = body;
  return {
    ...botAuthor(slack),
    ...readText(body, { maxText: 40_000 }),
    ...(typeof thread_ts === 'string' ? { thread_ts } : {}),
  };
}

type Original = NonNullable<ResponseTarget['original']>;

function removeOriginal(slack: Slack, channel: ChannelRecord, original: Original): void {
  if (original.ephemeral) {
    changeEphemeral(slack, channel, original.ts, undefined);
    return;
  }
  const message = messageAt(channel, original.ts);
  if (message) deleteMessage(slack, channel, message);
}

function replaceOriginal(
  slack: Slack,
  channel: ChannelRecord,
  original: Original,
  draft: Draft,
): void {
  if (original.ephemeral) {
    changeEphemeral(slack, channel, original.ts, draft);
    return;
  }
  const message = messageAt(channel, original.ts);
  if (!message) throw new SlackError('message_not_found');
  const { blocks: _, ...rest } = message;
  editMessage(slack, channel, { ...rest, ...draft, type: 'message', ts: message.ts });
}
