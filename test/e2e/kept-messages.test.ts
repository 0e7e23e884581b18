/** Messages of other channels in the timeline: by the shortcuts, with their threads, and followed where they were written. */

import { describe, expect, it } from 'vitest';
import { joinChannel } from '../../src/sandbox/workspace/membership.ts';
import {
  deleteMessage,
  editMessage,
  postMessage,
  replace,
} from '../../src/sandbox/workspace/messages.ts';
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

/** So many replies, which nobody was told of. */
function flood(bot: Bot, channel: ChannelRecord, parent: Message, replies: number): void {
  const { state } = bot.stage.workspace;
  const { ts, user = '' } = parent;
  for (let reply = 1; reply <= replies; reply += 1) {
    const text = `reply ${reply}`;
    channel.messages.push({ type: 'message', user, text, thread_ts: ts, ts: state.newTs() });
  }
  replace(channel, { ...parent, thread_ts: ts, reply_count: replies });
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

  it('reads a long thread page by page, up to a limit, and says what is left in Slack and where', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    await ben.say('incidents', 'checkout says 500');
    const parent = await ana.sees('checkout says 500', { channel: 'incidents' });
    flood(bot, record(bot, 'incidents'), parent.message, 649);
    await ana.messageShortcut('declare-from-message', { channel: 'incidents', in: 'says 500' });
    await ana.seesModal('Declare an incident');
    await ana.submit();
    await ana.sees(/first 600 messages are kept; 50 more are only in the thread/, {
      channel: 'incidents',
    });

    expect(kept(bot)).toHaveLength(600);
    expect(kept(bot).slice(0, 2)).toEqual(['checkout says 500', 'reply 1']);
    expect(kept(bot).at(-1)).toBe('reply 599');
    const note = bot.recorded().find(({ type }) => type === 'note.added');
    const at = parent.message.ts.replace('.', '');
    expect(note?.data).toMatchObject({
      text: expect.stringMatching(
        new RegExp(`50 more are in Slack only: https://\\S+/archives/C\\w+/p${at}$`),
      ),
    });
    expect(bot.logged).toEqual([]);
  });

  it('keeps the pages that it has when a later one fails', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    await ben.say('incidents', 'checkout says 500');
    const parent = await ana.sees('checkout says 500', { channel: 'incidents' });
    flood(bot, record(bot, 'incidents'), parent.message, 249);
    await ana.messageShortcut('declare-from-message', { channel: 'incidents', in: 'says 500' });
    await ana.seesModal('Declare an incident');
    bot.stage.workspace.faults.onMethod(
      'conversations.replies',
      { error: 'internal_error' },
      { when: ({ cursor }) => cursor !== undefined },
    );
    await ana.submit();
    await ana.sees(/first 200 messages are kept; 50 more are only in the thread/, {
      channel: 'incidents',
    });

    expect(kept(bot)).toHaveLength(200);
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
      /no open incident that you can see/,
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
      /no open incident that you can see/,
    );
    await ana.messageShortcut('keep-message', place);
    await ana.seesModal('Add to the timeline');
    await ana.submit();
    await ana.sees('The message is in the timeline of INC-0001 now', { channel: 'general' });

    expect(kept(bot)).toEqual(['my bank calls about checkout']);
    expect(bot.logged).toEqual([]);
  });

  it('says that edits are not followed where Backstop is not, and follows them once it is invited', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const { slack, state } = bot.stage.workspace;
    await declared(bot);
    await ben.say('general', 'my bank calls about checkout');
    await ana.messageShortcut('keep-message', { channel: 'general', in: 'my bank' });
    await ana.seesModal('Add to the timeline');
    await ana.submit();
    await ana.sees(/Backstop is not in #general and does not see edits or removals there/, {
      channel: 'general',
    });
    const general = record(bot, 'general');
    const edit = (text: string) =>
      editMessage(slack, general, { ...latest(general, 'my bank'), text });
    edit('my bank calls about checkout, twice');
    await settled(bot);
    expect(kept(bot)).toEqual(['my bank calls about checkout']);

    joinChannel(slack, general, state.botUserId);
    edit('my bank calls about checkout, three times');
    await eventually('the edit is followed', () =>
      kept(bot).includes('my bank calls about checkout, three times'),
    );
    expect(bot.logged).toEqual([]);
  });

  it('says nothing of it where Backstop hears what becomes of the message', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    await declared(bot);
    await ben.say('incidents', 'my bank calls about checkout');
    await ana.messageShortcut('keep-message', { channel: 'incidents', in: 'my bank' });
    await ana.seesModal('Add to the timeline');
    await ana.submit();
    await ana.sees('The message is in the timeline of INC-0001 now', { channel: 'incidents' });

    expect(ana.ephemerals('incidents').at(-1)).not.toContain('Backstop is not in');
  });
});
