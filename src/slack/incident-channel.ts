/** The incident's own channel: opened once, found again after a crash, with the right people and topic. */

import type { WebClient } from '@slack/web-api';
import type { Incident } from '../incident.ts';
import { type CallContext, callSlack, slackCode } from './call.ts';
import { channelName } from './channel-name.ts';

export interface ChannelContext extends CallContext {
  readonly client: WebClient;
  readonly botUserId: string;
  readonly prefix: string;
}

export interface OpenedChannel {
  readonly id: string;
  readonly name: string;
}

const MAX_NAMES = 5;
/** The channel of a release is called `rel-0001-checkout-2-4-0`. */
const RELEASE_PREFIX = 'rel';

/**
 * Opens the incident's channel. A name that is taken by a channel of ours is the one opened before a crash and is used;
 * taken by others, the next name is tried.
 * @throws OutsideError
 */
export async function openChannel(
  context: ChannelContext,
  incident: Incident,
): Promise<OpenedChannel> {
  const { client, prefix } = context;
  for (let attempt = 1; ; attempt += 1) {
    const start = incident.release ? RELEASE_PREFIX : incident.drill ? `drill-${prefix}` : prefix;
    const name = channelName(start, incident.number, incident.title, attempt);
    const detail = {
      method: 'conversations.create',
      attempted: 'open the incident channel',
      on: `#${name}`,
      repeatable: true,
    };
    try {
      const { channel } = await callSlack(detail, context, () =>
        client.conversations.create({ name, is_private: incident.private }),
      );
      return { id: channel?.id ?? '', name: channel?.name ?? name };
    } catch (error) {
      if (slackCode(error) !== 'name_taken' || attempt === MAX_NAMES) throw error;
      const own = await findOwn(context, name, incident.private);
      if (own) return own;
    }
  }
}

/** Our own channel of that name, not yet archived. */
async function findOwn(
  context: ChannelContext,
  name: string,
  isPrivate: boolean,
): Promise<OpenedChannel | undefined> {
  const { client, botUserId } = context;
  const detail = {
    method: 'conversations.list',
    attempted: 'list the channels',
    on: 'the workspace',
    repeatable: true,
  };
  let cursor = '';
  do {
    const page = await callSlack(detail, context, () =>
      client.conversations.list({
        exclude_archived: true,
        types: isPrivate ? 'private_channel' : 'public_channel',
        limit: 200,
        ...(cursor ? { cursor } : {}),
      }),
    );
    const found = page.channels?.find((c) => c.name === name && c.creator === botUserId);
    if (found?.id) return { id: found.id, name };
    cursor = page.response_metadata?.next_cursor ?? '';
  } while (cursor);
  return undefined;
}

/** Slack's limit on one invitation. */
const INVITE_CHUNK = 100;

/**
 * Invites people, as far as Slack lets them in. Returns those who are in now; a person who cannot be invited (a guest,
 * somebody who left) does not keep the others out.
 */
export async function invite(
  context: ChannelContext,
  channel: string,
  users: readonly string[],
): Promise<readonly string[]> {
  const { client } = context;
  const detail = {
    method: 'conversations.invite',
    attempted: 'invite the responders',
    on: channel,
    repeatable: true,
  };
  const inside: string[] = [];
  for (let start = 0; start < users.length; start += INVITE_CHUNK) {
    const chunk = users.slice(start, start + INVITE_CHUNK);
    try {
      await callSlack(detail, context, () =>
        client.conversations.invite({ channel, users: chunk.join(','), force: true }),
      );
      inside.push(...chunk);
    } catch (error) {
      if (slackCode(error) === undefined) throw error;
      if (chunk.length > 1) {
        for (const user of chunk) inside.push(...(await invite(context, channel, [user])));
      } else if (slackCode(error) === 'already_in_channel') {
        inside.push(...chunk);
      }
    }
  }
  return inside;
}

/** Sets the topic unless it is set already; each change posts a line in the channel. */
export async function setTopic(
  context: ChannelContext,
  channel: string,
  topic: string,
): Promise<void> {
  const { client } = context;
  const detail = { attempted: 'set the topic', on: channel, repeatable: true };
  const { channel: now } = await callSlack(
    { ...detail, method: 'conversations.info' },
    context,
    () => client.conversations.info({ channel }),
  );
  if (now?.topic?.value === topic) return;
  await callSlack({ ...detail, method: 'conversations.setTopic' }, context, () =>
    client.conversations.setTopic({ channel, topic }),
  );
}
