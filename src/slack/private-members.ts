/**
 * Who came into private incidents, or was taken out of them, while no Backstop was there to be told: read from Slack at a start, so that nobody is shown
 * what they may not see any more.
 */

import type { WebClient } from '@slack/web-api';
import { recordLeft } from '../flows/capture.ts';
import { recordInvited } from '../flows/open-channel.ts';
import type { Incident } from '../incident.ts';
import type { Loop } from '../loop.ts';
import { type CallContext, callSlack, slackCode } from './call.ts';
import { isUnreachable } from './direct.ts';

export interface PrivateMembersOptions {
  readonly loop: Loop;
  readonly client: WebClient;
  readonly context: Omit<CallContext, 'signal'>;
  readonly botUserId: string;
  /** Told of each incident of which nobody could be read; the others are read all the same. */
  readonly onError: (error: unknown) => void;
}

export interface PrivateMembers {
  /** Resolves when all that could be read is recorded. */
  start(): Promise<void>;
  /** Whether it is not known by now who is in the incident's channel: it has not been read since the start, or could not be. */
  isUnknown(incident: string): boolean;
  stop(): Promise<void>;
}

/** As many as Slack gives well at once. */
const PAGE = 200;

export function createPrivateMembers(options: PrivateMembersOptions): PrivateMembers {
  const { loop, client, botUserId, onError } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const context: CallContext = { ...options.context, signal };
  let reading: Promise<void> = Promise.resolve();
  // What is declared from here on is told of as it happens.
  const toRead = loop
    .incidents()
    .flatMap(({ id, channel, imported, private: isPrivate }) =>
      isPrivate && !imported && channel ? [{ id, channel: channel.id }] : [],
    );
  const unknown = new Set(toRead.map(({ id }) => id));

  async function readAll(): Promise<void> {
    for (const { id, channel } of toRead) {
      if (signal.aborted) return;
      try {
        const members = await membersOf(channel);
        const incident = loop.incident(id);
        if (incident) await record(incident, members);
        unknown.delete(id);
      } catch (error) {
        // Of a channel that is gone or that it was taken out of, Backstop is told nothing any more.
        const isGone = isUnreachable(error) && slackCode(error) !== 'missing_scope';
        if (!signal.aborted && !isGone) onError(error);
      }
    }
  }

  async function membersOf(channel: string): Promise<ReadonlySet<string>> {
    const detail = {
      method: 'conversations.members',
      attempted: 'read who is in a private channel',
      on: channel,
      repeatable: true,
    };
    const members = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await callSlack(detail, context, () =>
        client.conversations.members({ channel, limit: PAGE, ...(cursor ? { cursor } : {}) }),
      );
      for (const member of page.members ?? []) members.add(member);
      cursor = page.response_metadata?.next_cursor;
    } while (cursor);
    return members;
  }

  async function record(
    { id, responders, left }: Incident,
    members: ReadonlySet<string>,
  ): Promise<void> {
    const actor = { kind: 'backstop' } as const;
    const gone = responders.filter((user) => !members.has(user) && !left.includes(user));
    for (const user of gone) await loop.decide(id, actor, recordLeft(user));
    const known = new Set([...responders, botUserId]);
    const came = [...members].filter((user) => !known.has(user));
    if (came.length > 0) await loop.decide(id, actor, recordInvited(came));
  }

  return {
    start() {
      reading = readAll();
      return reading;
    },
    isUnknown: (incident) => unknown.has(incident),
    async stop() {
      stopping.abort();
      await reading;
    },
  };
}
