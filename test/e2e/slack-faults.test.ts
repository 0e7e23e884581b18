import { describe, expect, it } from 'vitest';
import { assess, planRollback, takeCommandAndConfirm } from '../../src/sandbox/stories/scenes.ts';
import { deleteMessage } from '../../src/sandbox/workspace/messages.ts';
import type { Message } from '../../src/sandbox/workspace/model.ts';
import { aBot, type Bot, type Mode } from '../support/a-bot.ts';
import { PATIENT } from '../support/patient.ts';
import { declared, eventually, inSight, settled } from './watch.ts';

const CHANNEL = 'inc-0001-checkout-is-failing';

describe.concurrent('when Slack', PATIENT, () => {
  it('is too fast for edits, they come a little later, and none is lost', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    const limited = bot.stage.workspace.faults.onMethod(
      'chat.update',
      { rateLimited: 7 },
      { times: 3 },
    );

    await assess(bot.stage, channel, ['5% or more', 'No']);
    await ana.sees('(3 of 6)', { channel });

    expect(limited.hits).toBe(3);
    const updates = bot.stage.workspace.calls.filter(({ method }) => method === 'chat.update');
    const refusal = updates.findIndex(({ status }) => status === 429);
    const waited = (updates[refusal + 1]?.at ?? 0) - (updates[refusal]?.at ?? 0);
    expect(waited).toBeGreaterThanOrEqual(7_000);
    expect(bot.logged).toEqual([]);
  });

  it('answers 500 to everything for a while, the conversation still comes to what it should be', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const { faults } = bot.stage.workspace;
    const broken = [
      'conversations.create',
      'chat.postMessage',
      'chat.update',
      'conversations.invite',
      'pins.add',
      'conversations.setTopic',
    ].map((method) => faults.onMethod(method, { status: 500 }, { times: 3 }));

    const channel = await declared(bot);
    await assess(bot.stage, channel, ['5% or more']);
    await ana.sees('(2 of 6)', { channel });
    await settled(bot);

    expect(broken.map(({ hits }) => hits)).toEqual([3, 3, 3, 3, 3, 3]);
    expect(twice(bot)).toEqual([]);
    expect(pinned(bot)).toHaveLength(1);
  });

  it.for([
    { name: 'cuts the connection', fault: { dropAfter: true } as const },
    { name: 'answers 500 to a post that it made', fault: { status: 500, applied: true } as const },
  ])('$name, nothing is posted a second time', async ({ fault }, test) => {
    const bot = await aBot(test);
    const lost = bot.stage.workspace.faults.onMethod('chat.postMessage', fault, { times: 2 });

    await declared(bot);
    await settled(bot);

    expect(lost.hits).toBe(2);
    expect(twice(bot)).toEqual([]);
    expect(ours(bot).length).toBe(2);
  });

  it('loses the answer to a post and cannot say what is there, nothing is posted until it can', async (test) => {
    const bot = await aBot(test);
    const { faults } = bot.stage.workspace;
    faults.onMethod('chat.postMessage', { dropAfter: true }, { times: 1 });
    const blind = faults.onMethod('conversations.history', { status: 500 }, { times: 9 });

    const channel = await declared(bot);
    await assess(bot.stage, channel, ['5% or more']);
    await bot.stage.people.ana.sees('(2 of 6)', { channel });
    await settled(bot);

    expect(blind.hits).toBeGreaterThan(3);
    expect(twice(bot)).toEqual([]);
  });

  it('drops the socket, the next click counts', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    const { faults } = bot.stage.workspace;

    faults.socket.drop();
    await eventually(
      'the click arrives',
      async () => (await ana.click('5% or more', { channel }))?.status === 'ok',
      200,
    );
    await ana.sees('(2 of 6)', { channel });
    faults.socket.disconnect('refresh_requested');
    await eventually(
      'the click arrives',
      async () => (await ana.click('No', { channel }))?.status === 'ok',
      200,
    );
    await ana.sees('(3 of 6)', { channel });
  });

  it('hands a command over too late to open a form, the person is asked to try again', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    bot.stage.workspace.faults.delayNextDelivery(600);
    await ana.command('incidents', '/incident checkout is failing');
    await ana.sees('this took longer. Please try again', { channel: 'incidents' });
    expect(ana.modal()).toBeUndefined();
  });

  it('is gone for minutes, people find everything as it should be afterwards', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    await assess(bot.stage, channel, ['All of them']);
    await takeCommandAndConfirm(bot.stage, channel, 'rollback');
    await planRollback(bot.stage, channel);
    await ben.click('Approve', { channel });

    bot.stage.workspace.faults.unreachable(true);
    await eventually('it has recovered', () => bot.incident().status === 'monitoring');
    bot.stage.workspace.faults.unreachable(false);

    await ana.sees('has recovered', { channel });
    await settled(bot);
    expect(twice(bot)).toEqual([]);
    expect(bot.stage.cloud.azure.swapsApplied).toBe(1);
  });

  it('no longer has the card, because somebody deleted it, it comes back and is pinned', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const { slack, state } = bot.stage.workspace;
    const channel = await declared(bot);
    const card = await ana.sees('(1 of 6)', { channel });
    const record = state.channels.get(card.channelId);
    if (!record) throw new Error('The card is nowhere.');
    await ana.click('5% or more', { channel });
    await settled(bot);
    const now = record.messages.find(({ ts }) => ts === card.message.ts);
    if (now) deleteMessage(slack, record, now);
    await ana.command(channel, '/incident command');

    const anew = await ana.sees('(2 of 6)', { channel });
    await settled(bot);
    expect(anew.message.ts).not.toBe(card.message.ts);
    expect(pinned(bot)).toEqual([anew.message.ts]);
    expect(twice(bot)).toEqual([]);
  });
});

describe.concurrent('the post-mortem', PATIENT, () => {
  it.for<Mode>(['socket', 'http'])(
    'that cannot be uploaded is told to the one who asked, over %s',
    async (mode, test) => {
      const bot = await aBot(test, { mode });
      const { ana } = bot.stage.people;
      const channel = await declared(bot);
      const broken = bot.stage.workspace.faults.onMethod('files.getUploadURLExternal', {
        status: 500,
      });

      await ana.command(channel, '/postmortem');
      await ana.sees('Something went wrong in Backstop, and nothing was changed', { channel });
      expect(bot.logged.join()).toMatch(/could not upload the post-mortem/);

      broken.remove();
      await ana.command(channel, '/postmortem');
      await ana.sees('Post-mortem of INC-0001', { channel });
      await settled(bot);
      expect(bot.recorded().filter(({ type }) => type === 'postmortem.exported')).toHaveLength(1);
    },
  );
});

describe.concurrent('the channel of an incident', PATIENT, () => {
  it('has the next name when somebody else has the first', async (test) => {
    const bot = await aBot(test, {
      before: ({ workspace }) => workspace.addChannel({ name: CHANNEL, members: ['dee'] }),
    });
    const { ana } = bot.stage.people;
    await ana.command('incidents', '/incident checkout is failing');
    await ana.submit();

    await ana.sees('(1 of 6)', { channel: `${CHANNEL}-2` });
    expect(bot.incident().channel?.name).toBe(`${CHANNEL}-2`);
    expect(bot.logged).toEqual([]);
  });

  it('is the one that was made when the answer to making it was lost', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const lost = bot.stage.workspace.faults.onMethod(
      'conversations.create',
      { dropAfter: true },
      { times: 1 },
    );

    await declared(bot);
    await settled(bot);

    expect(lost.hits).toBe(1);
    expect(bot.incident().channel?.name).toBe(CHANNEL);
    expect(ana.channels().filter((name) => name.startsWith('inc-'))).toEqual([CHANNEL]);
  });

  it('works without the announcement, and the log says what to do about that', async (test) => {
    const bot = await aBot(test, {
      before: ({ workspace: { state } }) => {
        const incidents = [...state.channels.values()].find(({ name }) => name === 'incidents');
        incidents?.members.splice(incidents.members.indexOf(state.botUserId), 1);
      },
    });
    const { ana } = bot.stage.people;
    await ana.command('incidents', '/incident checkout is failing');
    await ana.submit();
    await assess(bot.stage, CHANNEL, ['5% or more', 'No']);
    await ana.sees('(3 of 6)', { channel: CHANNEL });
    await settled(bot);

    expect(bot.logged.join()).toMatch(/not_in_channel.*Invite the bot/s);
    expect(twice(bot)).toEqual([]);

    const { state } = bot.stage.workspace;
    const incidents = [...state.channels.values()].find(({ name }) => name === 'incidents');
    incidents?.members.push(state.botUserId);
    bot.stage.clock.advance(120_000);
    await ana.sees('INC-0001', { channel: 'incidents' });
  });
});

describe.concurrent('a restart in the middle', PATIENT, () => {
  it.for<Mode>(['socket', 'http'])(
    'of a story changes nothing that people see, over %s',
    async (mode, test) => {
      const bot = await aBot(test, { mode });
      const { ana, ben } = bot.stage.people;
      const calm = async (): Promise<void> => {
        await settled(bot);
        const before = inSight(bot);
        await bot.restart();
        await settled(bot);
        expect(inSight(bot)).toEqual(before);
      };

      const channel = await declared(bot);
      await calm();
      await assess(bot.stage, channel, ['5% or more', 'No']);
      await ana.sees('(3 of 6)', { channel });
      await calm();
      await ana.click('Yes', { channel });
      await takeCommandAndConfirm(bot.stage, channel, 'rollback');
      await planRollback(bot.stage, channel);
      await ana.sees('your approval is needed', { channel });
      await calm();
      await ben.click('Approve', { channel });
      await ben.sees('Running', { channel });
      await bot.restart();

      await ben.sees('has recovered', { channel });
      await settled(bot);
      expect(bot.stage.cloud.azure.swapsApplied).toBe(1);
      expect(twice(bot)).toEqual([]);
      expect(bot.logged).toEqual([]);
      await calm();
    },
  );
});

function ours({ stage: { workspace } }: Bot): readonly Message[] {
  return [...workspace.state.channels.values()]
    .flatMap(({ messages }) => messages)
    .filter(({ user, metadata }) => user === workspace.state.botUserId && metadata !== undefined);
}

/** Keys of messages that stand in Slack more than once. */
function twice(bot: Bot): readonly string[] {
  const keys = ours(bot).map(({ metadata }) => JSON.stringify(metadata));
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}

function pinned({ stage: { workspace } }: Bot): readonly string[] {
  return [...workspace.state.channels.values()].flatMap(({ pins }) => pins.map(({ ts }) => ts));
}
