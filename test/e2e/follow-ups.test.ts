/** Follow-ups to their end: worked on in GitHub, watched from here. */

import { describe, expect, it } from 'vitest';
import { linkTask } from '../../src/flows/tasks.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop } from '../../src/loop.ts';
import { githubFaults } from '../../src/sandbox/cloud/github/index.ts';
import type { Issue } from '../../src/sandbox/cloud/github/world.ts';
import { aBot, type Bot } from '../support/a-bot.ts';
import { PATIENT } from '../support/patient.ts';
import { declared, eventually } from './watch.ts';

const URL_OF_IT = 'https://github.test/acme/checkout/issues/7';
const ROUND_MS = 15 * 60_000;

/** As `backstop export --format github-issue` does, in a process of its own. */
async function link(bot: Bot, url: string): Promise<void> {
  const journal = openSqliteJournal({ file: bot.journalFile, now: () => bot.stage.clock.now() });
  try {
    const operator = { kind: 'operator', name: 'ops' } as const;
    await createLoop(journal, () => bot.stage.clock.now()).decide(
      'INC-0001',
      operator,
      linkTask('T1', url),
    );
  } finally {
    await journal.close();
  }
}

const ended = (bot: Bot) => bot.recorded().filter(({ type }) => type === 'task.done');

const asked = (bot: Bot) =>
  bot.stage.cloud.github.requests.filter(({ call }) => call === 'GET issue').length;

describe.concurrent('a follow-up with an issue', PATIENT, () => {
  it('is done once its issue is closed, also when GitHub was away and the bot was started anew', async (test) => {
    const bot = await aBot(test);
    const { github } = bot.stage.cloud;
    const { ana } = bot.stage.people;
    const issue: Issue = {
      number: 7,
      title: 'INC-0001 T1: add a test',
      createdAt: '2026-11-21T03:00:00Z',
      state: 'open',
    };
    github.repository().issues.push(issue);
    const channel = await declared(bot);
    ana.openHome();
    await ana.command(channel, '/incident follow-up add a test @ana');
    await ana.seesHome('1 follow-up open');
    bot.stage.clock.advance(ROUND_MS);
    await link(bot, URL_OF_IT);
    await ana.seesHome('Its issue');
    expect(ana.home()).toMatch(/INC-0001 T1/);

    const down = github.faults.add({
      on: 'GET issue',
      fault: githubFaults.secondaryLimit(1_200),
      times: 1,
    });
    bot.stage.clock.advance(ROUND_MS);
    await eventually('it was limited', () => down.hits === 1);
    expect(ended(bot)).toEqual([]);

    issue.state = 'closed';
    await bot.restart();
    await eventually('it is done', () => ended(bot).length === 1);
    expect(ended(bot)[0]).toMatchObject({ actor: { kind: 'backstop' }, data: { task: 'T1' } });
    const before = asked(bot);

    await bot.restart();
    bot.stage.clock.advance(2 * ROUND_MS);
    await ana.sees('Done by Backstop', { channel });
    expect(ended(bot)).toHaveLength(1);
    expect(asked(bot)).toBe(before);
    expect(bot.logged).toHaveLength(1);
    expect(bot.logged[0]).toMatch(/GitHub limits requests/);
  });

  it('is left as it is where its issue cannot be found, and that is told once', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command(channel, '/incident follow-up add a test');
    await eventually('it is there', () => bot.incident().tasks.length === 1);
    await link(bot, URL_OF_IT);
    await eventually('it is linked', () => bot.incident().tasks[0]?.url === URL_OF_IT);

    const again = () => {
      bot.stage.clock.advance(ROUND_MS);
      return asked(bot) >= 3;
    };
    await eventually('it was asked for again', again, 200);

    expect(ended(bot)).toEqual([]);
    await eventually('it is told', () => bot.logged.length > 0);
    expect(bot.logged).toHaveLength(1);
    expect(bot.logged[0]).toMatch(/404/);
  });
});
