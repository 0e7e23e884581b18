/** Writing to one person alone. */

import { callSlack, slackCode } from './call.ts';
import type { MessageContext } from './messages.ts';

/** Answers after which it is of no use to write to that person or channel. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'user_disabled',
  'user_not_found',
  'cannot_dm_bot',
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'messages_tab_disabled',
  'missing_scope',
]);

/** True when trying again would give the same answer. */
export function isUnreachable(error: unknown): boolean {
  return UNREACHABLE.has(slackCode(error) ?? '');
}

/** Finds the direct message with a person, and remembers it. */
export function openDirects(
  context: MessageContext,
): (/** @throws OutsideError */ user: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (user) => {
    const before = known.get(user);
    if (before !== undefined) return before;
    const detail = {
      method: 'conversations.open',
      attempted: 'open a direct message',
      on: user,
      repeatable: true,
    };
    const { channel } = await callSlack(detail, context, () =>
      context.client.conversations.open({ users: user }),
    );
    const id = channel?.id ?? user;
    known.set(user, id);
    return id;
  };
}
