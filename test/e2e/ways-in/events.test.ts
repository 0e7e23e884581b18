/** Every event that the app listens for, about what it does not know, out of order, or twice: nothing comes of it but once. */

import { describe, expect, it } from 'vitest';
import { announce, announceMessage } from '../../../src/sandbox/workspace/events.ts';
import type { Json } from '../../../src/sandbox/workspace/json.ts';
import { PATIENT } from '../../support/patient.ts';
import { eventually, settled } from '../watch.ts';
import { registered } from './registered.ts';
import { channelNamed } from './send.ts';
import { anIncident } from './worlds.ts';

interface Ground {
  readonly user: string;
  readonly channel: string;
  readonly ts: string;
}

/** The event as Slack sends it, about that message or that person. */
const EVENTS: Readonly<Record<string, (ground: Ground) => Json>> = {
  app_home_opened: ({ user, channel }) => ({ user, channel, tab: 'home', event_ts: '1.1' }),
  pin_added: ({ user, channel, ts }) => ({
    user,
    channel_id: channel,
    item: { type: 'message', channel, message: { ts, text: 'x' } },
  }),
  pin_removed: ({ user, channel, ts }) => ({
    user,
    channel_id: channel,
    item: { type: 'message', channel, message: { ts, text: 'x' } },
  }),
  reaction_added: ({ user, channel, ts }) => ({
    user,
    reaction: 'pushpin',
    item: { type: 'message', channel, ts },
  }),
  reaction_removed: ({ user, channel, ts }) => ({
    user,
    reaction: 'pushpin',
    item: { type: 'message', channel, ts },
  }),
  message: ({ user, channel, ts }) => ({
    subtype: 'message_changed',
    channel,
    channel_type: 'channel',
    message: { type: 'message', user, ts, text: 'something else' },
    previous_message: { type: 'message', user, ts, text: 'x' },
  }),
  member_joined_channel: ({ user, channel }) => ({ user, channel, channel_type: 'C' }),
  member_left_channel: ({ user, channel }) => ({ user, channel, channel_type: 'C' }),
};

describe('events', PATIENT, () => {
  it('are all of those that are listened for', () => {
    expect([...registered().events].sort()).toEqual(Object.keys(EVENTS).sort());
  });

  it('about what is not there, not kept or not open change nothing and break nothing', async (test) => {
    const scene = await anIncident(test);
    const { bot, closed } = scene;
    const { slack } = bot.stage.workspace;
    const { ana } = bot.stage.people;
    const here = channelNamed(bot, scene.channel).id;
    const said = await ana.say(scene.channel, 'nobody marked this');
    const late = await ana.say(closed.channel, 'nobody marked this either');
    await settled(bot);
    const before = bot.recorded();
    const first = bot.stage.workspace.deliveries.length;

    const unmarked = ['pin_removed', 'reaction_removed', 'message', 'member_left_channel'];
    for (const [type, event] of Object.entries(EVENTS)) {
      const grounds: readonly Ground[] = [
        { user: ana.id, channel: 'C0NOWHERE', ts: said.ts },
        { user: ana.id, channel: here, ts: '1.000001' },
        { user: 'U0NOBODY', channel: channelNamed(bot, closed.channel).id, ts: late.ts },
        ...(unmarked.includes(type) ? [{ user: ana.id, channel: here, ts: said.ts }] : []),
      ];
      for (const ground of grounds) {
        if (type === 'message')
          announceMessage(slack, channelNamed(bot, scene.channel), event(ground));
        else announce(slack, { type, ...event(ground) });
      }
    }
    await eventually('every event is answered', () =>
      bot.stage.workspace.deliveries.slice(first).every(({ ack }) => ack !== undefined),
    );
    await settled(bot);

    const deliveries = bot.stage.workspace.deliveries.slice(first);
    expect(deliveries.length).toBeGreaterThan(20);
    expect(deliveries.map(({ ack }) => ack?.status)).toEqual(deliveries.map(() => 'ok'));
    expect(bot.recorded()).toEqual(before);
    expect(bot.logged.filter((line) => !/not_found/.test(line))).toEqual([]);
  });

  it('that come three times and once more later count once', async (test) => {
    const { bot, channel } = await anIncident(test);
    const { ana } = bot.stage.people;
    const { faults } = bot.stage.workspace;
    await ana.say(channel, 'the queue is at 9000');
    await settled(bot);
    const first = bot.stage.workspace.deliveries.length;
    faults.duplicateNextDelivery(2);
    await ana.react('pushpin', { channel, in: 'the queue' });
    await eventually('it is kept', () => bot.incident().captured.length === 1);
    const [delivery] = bot.stage.workspace.deliveries.slice(first);
    if (delivery) await faults.replay(delivery);
    await settled(bot);

    const kept = bot.recorded().filter(({ type }) => type === 'message.captured');
    expect(kept).toHaveLength(1);
    expect(bot.logged).toEqual([]);
  });
});
