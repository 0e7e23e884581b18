/** Once a day those who answer for a service are told, each alone, when something stands in the way of a rollback. */

import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/sandbox/workspace/model.ts';
import { aBot, type Bot } from '../support/a-bot.ts';
import { PATIENT } from '../support/patient.ts';
import { eventually, settled } from './watch.ts';

const DAY_MS = 24 * 3_600_000;

/** What somebody was told in direct messages, oldest first. */
function toldTo(bot: Bot, user: string): readonly Message[] {
  return [...bot.stage.workspace.state.channels.values()]
    .filter(({ kind, members }) => kind === 'im' && members.includes(user))
    .flatMap(({ messages }) => [...messages]);
}

/** How often each of the four was told. */
function counts(bot: Bot): readonly number[] {
  const { ana, ben, cleo, dee } = bot.stage.people;
  return [ana, ben, cleo, dee].map(({ id }) => toldTo(bot, id).length);
}

function wordsOf({ text, blocks }: Message): string {
  return `${text} ${JSON.stringify(blocks)}`;
}

/** The stage begins at 4:07 in its zone. */
function toldAt(hour: string): (text: string) => string {
  return (text) => text.replace('daily: off', `daily: "${hour}"`);
}

describe.concurrent('the daily look at whether services can be rolled back', PATIENT, () => {
  it('tells each owner alone once a day what is off, since when and what to do, and nobody when all is well', async (test) => {
    const bot = await aBot(test, {
      config: toldAt('05:00'),
      before: ({ cloud }) => cloud.azure.setRunning('staging', false),
    });
    const { stage } = bot;
    const { ana } = stage.people;

    stage.clock.advance(3_600_000);
    await eventually('all owners are told', () => counts(bot).join() === '1,1,1,0');
    await settled(bot);
    await bot.restart();
    await settled(bot);
    expect(counts(bot)).toEqual([1, 1, 1, 0]);
    const [first] = toldTo(bot, ana.id);
    const words = first ? wordsOf(first) : '';
    expect(first?.text).toBe('Checkout could not be rolled back in production now.');
    expect(words).toContain('Slot staging is stopped; start it first.');
    expect(words).toContain('Start staging in the portal');
    expect(words).toContain('(new)');
    // What a plan remarks of settings that differ is as it should be.
    expect(words).not.toContain('PAYMENT_MODE');

    await ana.click('Look again');
    await ana.sees('1 of 1 could not be rolled back now');

    stage.clock.advance(DAY_MS);
    await eventually('they are told the next day', () => counts(bot).join() === '2,2,2,0');
    const second = toldTo(bot, ana.id).at(-1);
    expect(second ? wordsOf(second) : '').toMatch(/since <!date\^\d+\^/);

    stage.cloud.azure.setRunning('staging', true);
    stage.clock.advance(DAY_MS);
    await eventually('the third day is looked at', () => looks(bot).length === 3);
    await settled(bot);
    expect(looks(bot).at(-1)).toMatchObject({ off: [], blocked: [] });
    expect(counts(bot)).toEqual([2, 2, 2, 0]);
    expect(bot.logged).toEqual([]);
    expect(bot.verify()).toMatchObject({ ok: true });
  });

  it('tells the others what one cannot be told, and nobody twice when an answer of Slack was lost', async (test) => {
    const bot = await aBot(test, {
      config: toldAt('04:00'),
      started: false,
      before: ({ cloud }) => cloud.azure.setRunning('staging', false),
    });
    const { workspace } = bot.stage;
    const fault = { error: 'user_disabled' } as const;
    workspace.faults.onMethod('conversations.open', fault, { times: 1 });
    workspace.faults.onMethod('chat.postMessage', { dropAfter: true }, { times: 1 });
    await bot.start();
    await eventually('that is all for the day', () =>
      bot.entriesOf('readiness/checkout').some(({ type }) => type === 'readiness.told'),
    );
    expect(told(bot)).toBe(2);
    await settled(bot);
    await bot.restart();
    await settled(bot);
    expect(told(bot)).toBe(2);
    expect(looks(bot)).toHaveLength(1);
  });

  it('leaves it until the next day when Backstop starts long after the hour', async (test) => {
    const bot = await aBot(test, {
      config: toldAt('23:00'),
      before: ({ cloud }) => cloud.azure.setRunning('staging', false),
    });
    await settled(bot);
    expect(looks(bot)).toEqual([]);
    expect(told(bot)).toBe(0);
  });
});

/** The looks in the journal, oldest first. */
function looks(bot: Bot): readonly unknown[] {
  return bot
    .entriesOf('readiness/checkout')
    .filter(({ type }) => type === 'readiness.looked')
    .map(({ data }) => data);
}

function told(bot: Bot): number {
  return counts(bot).reduce((sum, each) => sum + each, 0);
}
