/** Messages that people mark, with a pin or an emoji, go into the timeline; edits and removals are followed. */

import type { CapturedMessage } from '../events.ts';
import { captureMessage, editMessage, recordLeft, releaseMessage } from '../flows/capture.ts';
import { recordInvited } from '../flows/open-channel.ts';
import type { Incident } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { type Desk, incidentOfChannel, personOf } from './desk.ts';
import { keptOf, messageAt, WRITTEN } from './read-messages.ts';

/** Registers what Slack tells of messages, marks and people in incident channels. */
export function registerCapture(desk: Desk): void {
  desk.app.event('pin_added', async ({ event, body }) => {
    await capture(desk, body.event_id, event.user, event.channel_id, tsOf(event.item), 'pin');
  });
  desk.app.event('pin_removed', async ({ event, body }) => {
    await release(desk, body.event_id, event.user, event.channel_id, tsOf(event.item));
  });
  desk.app.event('reaction_added', async ({ event, body }) => {
    if (event.reaction !== desk.captureEmoji) return;
    const { channel, ts } = event.item;
    await capture(desk, body.event_id, event.user, channel, ts, 'reaction');
  });
  desk.app.event('reaction_removed', async ({ event, body }) => {
    if (event.reaction !== desk.captureEmoji) return;
    await release(desk, body.event_id, event.user, event.item.channel, event.item.ts);
  });
  desk.app.event('message', async ({ event, body, context }) => {
    if (event.subtype === 'message_changed') {
      const { message } = event;
      if (!('text' in message) || message.text === undefined) return;
      if ('bot_id' in message && message.bot_id === context.botId) return;
      const user = 'user' in message ? message.user : undefined;
      const flow = editMessage(event.channel, message.ts, message.text);
      await followKept(desk, body.event_id, user, event.channel, message.ts, flow);
    } else if (event.subtype === 'message_deleted') {
      const { channel, deleted_ts: ts } = event;
      await followKept(desk, body.event_id, undefined, channel, ts, releaseMessage(channel, ts));
    } else if (WRITTEN.has(event.subtype) && !('bot_id' in event && event.bot_id)) {
      desk.heard(event.channel);
    }
  });
  desk.app.event('member_joined_channel', async ({ event, body, context }) => {
    if (event.user === context.botUserId) return;
    if (incidentOfChannel(desk, event.channel)?.private !== true) return;
    const { user, channel } = event;
    await follow(desk, body.event_id, user, channel, recordInvited([user]));
  });
  desk.app.event('member_left_channel', async ({ event, body }) => {
    await follow(desk, body.event_id, event.user, event.channel, recordLeft(event.user));
  });
}

async function capture(
  desk: Desk,
  delivery: string,
  user: string,
  channel: string,
  ts: string | undefined,
  via: CapturedMessage['via'],
): Promise<void> {
  const incident = incidentOfChannel(desk, channel);
  if (!incident || ts === undefined || isKept(incident, channel, ts)) return;
  const found = await messageAt(desk, channel, ts);
  if (!found) return;
  const flow = captureMessage({ ...keptOf(channel, found), via });
  await follow(desk, delivery, user, channel, flow);
}

/** A message stays while another pin or emoji marks it. */
async function release(
  desk: Desk,
  delivery: string,
  user: string,
  channel: string,
  ts: string | undefined,
): Promise<void> {
  const incident = incidentOfChannel(desk, channel);
  if (!incident || ts === undefined || !isKept(incident, channel, ts)) return;
  const found = await messageAt(desk, channel, ts);
  const reacted = found?.reactions?.some(({ name }) => name === desk.captureEmoji) ?? false;
  const pinned = (found?.pinned_to ?? []).includes(channel);
  if (reacted || pinned) return;
  await follow(desk, delivery, user, channel, releaseMessage(channel, ts));
}

/** A message may be kept by an incident whose channel it was not written in. */
async function followKept(
  desk: Desk,
  delivery: string,
  user: string | undefined,
  channel: string,
  ts: string,
  flow: Flow,
): Promise<void> {
  const keeping = desk.loop.incidents().filter((incident) => isKept(incident, channel, ts));
  const actor = user === undefined ? ({ kind: 'backstop' } as const) : personOf(desk, user);
  for (const { id } of keeping) {
    await desk.loop.decide(id, actor, flow, `${delivery} ${id}`);
  }
}

async function follow(
  desk: Desk,
  delivery: string,
  user: string,
  channel: string,
  flow: Flow,
): Promise<void> {
  const incident = incidentOfChannel(desk, channel);
  if (!incident) return;
  await desk.loop.decide(incident.id, personOf(desk, user), flow, delivery);
}

function isKept({ captured }: Incident, channel: string, ts: string): boolean {
  return captured.some((each) => each.channel === channel && each.ts === ts);
}

function tsOf(item: object): string | undefined {
  if (!('message' in item)) return undefined;
  return (item.message as { readonly ts?: string } | undefined)?.ts;
}
