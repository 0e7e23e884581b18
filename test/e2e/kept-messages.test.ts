/** Messages of other channels in the timeline: by the shortcuts, with their threads, and followed where they were written. */

import { describe, expect, it } from 'vitest';
import { deleteMessage, editMessage, postMessage } from '../../src/sandbox/workspace/messages.ts';
import type { ChannelRecord, Message } from '../../src/sandbox/workspace/model.ts';
import { aBot, type Bot } from '../support/a-bot.ts';
import { PATIENT } from '../support/patient.ts';
import { declared, eventually, refused, settled } from './watch.ts';

function record(bot: Bot, name: string): ChannelRecord {
  const found = [...bot.stage.workspace.state.channels.values()].find((each) => each.name === name);
  if (!found) throw new Error(`There is no channel ${name}`);
  return found;
}

function latest(channel: ChannelRecord, words: string): Message {
  const found = channel.messages.find(({ text }) => text?.includes(words));
  if (!found) throw new Error(`Nobody said ${words}`);
  return found;
}

function kept(bot: Bot): readonly string[] {
  return bot.incident().captured.map(({ text }) => text);
}

describe.concurrent('an incident declared from a message', PATIENT, () => {
  it('keeps the whole thread in its order, with links to images, and follows both', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const { slack } = bot.stage.workspace;
    const channel = record(bot, 'incidents');
    await ben.say('incidents', 'checkout says 500');
    const parent = await ana.sees('checkout says 500', { channel: 'incidents' });
    await ana.say('incidents', 'since ten minutes <!channel>', { thread: parent });
    postMessage(slack, channel, {
      user: ben.id,
      text: 'here is the graph',
      thread_ts: parent.message.ts,
      files: [
        { id: 'F1', name: 'graph.png', permalink: 'https://acme.slack.com/files/U1/F1/graph.png' },
      ],
    });
    await ana.messageShortcut('declare-from-message', {
      channel: 'incidents',
      in: 'since ten minutes',
    });
    await ana.seesModal('Declare an incident');
    await ana.submit();
    await ana.sees('INC-0001 is declared', { channel: 'incidents' });

    expect(kept(bot)).toEqual([
      'checkout says 500',
      'since ten minutes &lt;!channel&gt;',
      'here is the graph',
    ]);
    const image = bot.recorded().findLast(({ type }) => type === 'message.captured');
    expect(image?.data).toMatchObject({
      files: ['graph.png (https://acme.slack.com/files/U1/F1/graph.png)'],
      via: 'shortcut',
    });
    const reply = latest(channel, 'since ten minutes');
    editMessage(slack, channel, { ...reply, text: 'since a quarter of an hour' });
    await eventually('the edit is followed', () =>
      kept(bot).includes('since a quarter of an hour'),
    );
    deleteMessage(slack, channel, latest(channel, 'here is the graph'));
    await eventually('the removal is followed', () => kept(bot).length === 2);
    expect(bot.logged).toEqual([]);
  });

  it('keeps the message alone where Backstop is not, and says what to do about the rest', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    await ben.say('general', 'is checkout down?');
    const parent = await ana.sees('is checkout down?', { channel: 'general' });
    await ana.say('general', 'it is', { thread: parent });
    await ana.messageShortcut('declare-from-message', { channel: 'general', in: 'is checkout' });
    await ana.seesModal('Declare an incident');
    await ana.submit();
    await ana.sees('Its thread was not read: Backstop is not in', { channel: 'general' });

    expect(kept(bot)).toEqual(['is checkout down?']);
    expect(bot.logged).toEqual([]);
  });

  it('loses nothing when Slack fails to give the thread', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    await ben.say('incidents', 'checkout says 500');
    await ana.messageShortcut('declare-from-message', { channel: 'incidents', in: 'says 500' });
    await ana.seesModal('Declare an incident');
    bot.stage.workspace.faults.onMethod('conversations.replies', { error: 'internal_error' });
    await ana.submit();
    await ana.sees('Slack did not give its thread', { channel: 'incidents' });

    expect(kept(bot)).toEqual(['checkout says 500']);
  });
});

describe.concurrent('the shortcut “Add to the timeline”', PATIENT, () => {
  it('keeps a message of the incident’s channel at once, and only once', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    await ben.say(channel, 'the queue is at 9000');
    const place = { channel, in: 'the queue is' };
    bot.stage.workspace.faults.duplicateNextDelivery();
    await ana.messageShortcut('keep-message', place);
    await ana.sees('The message is in the timeline of INC-0001 now', { channel });
    await settled(bot);
    expect(kept(bot)).toEqual(['the queue is at 9000']);
    await refused(bot, ana, () => ana.messageShortcut('keep-message', place), /already/);
    await ana.command(channel, '/incident command');
    await ana.command(channel, '/incident resolve it is over');
    await ana.command(channel, '/incident close nothing is left to do');
    await ana.sees('is closed', { channel });
    await ben.say(channel, 'one thing more');
    await refused(
      bot,
      ana,
      () => ana.messageShortcut('keep-message', { channel, in: 'one thing more' }),
      /INC-0001 is closed/,
    );
  });

  it('asks elsewhere for the incident, of those that the person may see', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    await ben.say('general', 'my bank calls about checkout');
    const place = { channel: 'general', in: 'my bank' };
    await refused(
      bot,
      ana,
      () => ana.messageShortcut('keep-message', place),
      /No incident is open to you/,
    );
    await ana.command('general', '/incident private somebody is inside');
    await ana.seesModal('Declare an incident');
    await ana.submit();
    await ana.sees('INC-0001 is declared', { channel: 'general' });
    await settled(bot);
    await refused(
      bot,
      ben,
      () => ben.messageShortcut('keep-message', place),
      /No incident is open to you/,
    );
    await ana.messageShortcut('keep-message', place);
    await ana.seesModal('Add to the timeline');
    await ana.submit();
    await ana.sees('The message is in the timeline of INC-0001 now', { channel: 'general' });

    expect(kept(bot)).toEqual(['my bank calls about checkout']);
    expect(bot.logged).toEqual([]);
  });
});
