import { describe, expect, it } from 'vitest';
import { openProposal } from '../../src/incident.ts';
import {
  assess,
  declare,
  planRollback,
  takeCommandAndConfirm,
} from '../../src/sandbox/stories/scenes.ts';
import { declared, eventually, settled } from '../e2e/watch.ts';
import { aBot, type Bot } from '../support/a-bot.ts';

/** Ana has asked for approval of a plan; the name of the channel. */
async function asked(bot: Bot): Promise<string> {
  const channel = await declared(bot);
  await assess(bot.stage, channel, ['All of them']);
  await takeCommandAndConfirm(bot.stage, channel, 'rollback');
  await planRollback(bot.stage, channel);
  await bot.stage.people.ben.sees('Approve', { channel });
  await settled(bot);
  return channel;
}

function count(bot: Bot, type: string): number {
  return bot.recorded().filter((entry) => entry.type === type).length;
}

/** A rollback is carried out in some of them. */
const LONG = { timeout: 60_000 };

describe.concurrent('what Slack delivers', LONG, () => {
  it('once more, much later and after a restart, decides nothing again', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    const { workspace } = bot.stage;
    await ana.click('All of them', { channel });
    const click = workspace.deliveries.findLast(({ kind }) => kind === 'interaction');
    if (!click) throw new Error('No click was delivered');
    await settled(bot);
    const before = bot.recorded().length;

    await workspace.faults.replay(click);
    await bot.restart();
    await workspace.faults.replay(click);
    await settled(bot);

    expect(count(bot, 'assessment.answered')).toBe(1);
    expect(bot.recorded()).toHaveLength(before);
  });

  it('in another order than people acted in, is judged by what is true when it comes', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await asked(bot);
    const plan = bot.incident().proposals[0]?.plan.id;

    const held = bot.stage.workspace.faults.holdDeliveries();
    const approving = ben.click('Approve', { channel });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const planning = ana.command(channel, '/rollback');
    await new Promise((resolve) => setTimeout(resolve, 20));
    held.release('reversed');
    await Promise.all([approving, planning]);
    await eventually('there is a newer plan, or a run', () => {
      const incident = bot.incident();
      return incident.runs.length > 0 || openProposal(incident)?.plan.id !== plan;
    });
    await settled(bot);

    // Whichever came first: an approval counts for the plan it was given for, and for no other.
    for (const { plan: of, approvals, state } of bot.incident().proposals) {
      expect([of.id, approvals.length]).toEqual([of.id, state === 'approved' ? 1 : 0]);
    }
    expect(bot.stage.cloud.azure.swapsApplied).toBeLessThanOrEqual(1);
  });

  it('without hearing that it was taken, is clicked again, and counts once', async (test) => {
    const bot = await aBot(test);
    const { ben } = bot.stage.people;
    const channel = await asked(bot);
    const { deliveries, faults } = bot.stage.workspace;

    faults.loseNextAck();
    const first = await ben.click('Approve', { channel });
    const seen = deliveries.findLast(({ kind }) => kind === 'interaction');
    if (seen) await faults.replay(seen);
    await ben.sees('recovered', { channel });
    await settled(bot);

    expect(first?.status).toBe('timeout');
    expect([count(bot, 'approval.given'), count(bot, 'run.started')]).toEqual([1, 1]);
    expect(bot.stage.cloud.azure.swapsApplied).toBe(1);
  });

  it('while it renews one connection after the other, arrives at the first try and counts once', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const { deliveries, faults } = bot.stage.workspace;
    const channel = await declared(bot);
    const note = (text: string) => ana.command(channel, `/incident note ${text}`);
    const before = deliveries.length;

    for (let renewed = 0; renewed < 3; renewed += 1) {
      await eventually('both connections are open', () => faults.socket.open === 2);
      // One note under way when the connection goes, and others until its successor is there.
      const underWay = note(`Note ${renewed}, under way`);
      faults.socket.refreshOldest();
      expect(faults.socket.open).toBe(1);
      for (let said = 0; said < 4; said += 1) await note(`Note ${renewed}, then ${said}`);
      await underWay;
    }
    await settled(bot);

    const sent = deliveries.slice(before);
    expect(sent.length).toBeGreaterThanOrEqual(15);
    expect(sent.filter(({ ack }) => ack?.status === 'not delivered')).toEqual([]);
    expect(count(bot, 'note.added')).toBe(15);
  });

  it('as a retry only, because nothing was connected before, is taken', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const { deliveries, faults } = bot.stage.workspace;
    const channel = await declared(bot);
    await ana.say(channel, 'Half of them cannot pay');
    await settled(bot);

    faults.socket.drop();
    await ana.react('pushpin', { channel, in: 'Half of them' });
    await eventually('nobody took it', () => reactions()[0]?.ack?.status === 'not delivered');
    await eventually('it is connected again', () => faults.socket.open > 0);
    bot.stage.workspace.retryNow();
    await eventually('it is kept', () => count(bot, 'message.captured') === 1);
    await settled(bot);

    expect(reaction()?.attempt).toBeGreaterThan(0);
    expect(reactions().filter(({ ack }) => ack?.status === 'ok')).toHaveLength(1);

    function reactions() {
      return deliveries.filter(({ payload }) =>
        JSON.stringify(payload).includes('"reaction_added"'),
      );
    }
    function reaction() {
      return reactions().at(-1);
    }
  });

  it('three times at once, counts once', async (test) => {
    const bot = await aBot(test);
    const { ben } = bot.stage.people;
    const channel = await asked(bot);

    bot.stage.workspace.faults.duplicateNextDelivery(2);
    await ben.click('Approve', { channel });
    await ben.sees('recovered', { channel });
    await settled(bot);

    expect([count(bot, 'approval.given'), count(bot, 'run.started')]).toEqual([1, 1]);
    expect(bot.stage.cloud.azure.swapsApplied).toBe(1);
  });
});

describe.concurrent('when Slack limits one method', LONG, () => {
  it.for(['users.info', 'usergroups.users.list', 'conversations.setTopic', 'pins.add'])(
    '%s, the card still changes with every click',
    async (method, test) => {
      const bot = await aBot(test);
      const { ben } = bot.stage.people;
      // For longer than the test has patience for, on the clock of the story too.
      const limited = bot.stage.workspace.faults.onMethod(method, { rateLimited: 3_600 });

      const channel = await declare(bot.stage);
      await assess(bot.stage, channel, ['All of them']);
      await ben.click('Take command', { channel });
      await ben.sees('Incident commander: @Ben', { channel, timeoutMs: 8_000 });
      await ben.click('Confirm rollback', { channel });
      await ben.sees('Identified', { channel, timeoutMs: 8_000 });

      expect(limited.hits).toBeGreaterThan(0);
      limited.remove();
    },
  );
});
