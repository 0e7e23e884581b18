/** Follow-ups to their end: worked on in GitHub, watched from here. */

import { describe, expect, it } from 'vitest';
import { linkTask } from '../../src/flows/tasks.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop } from '../../src/loop.ts';
import { githubFaults } from '../../src/sandbox/cloud/github/index.ts';
import type { Issue } from '../../src/sandbox/cloud/github/world.ts';
import { aBot, type Bot } from '../support/a-bot.ts';
import { PATIENT } from '../support/patient.ts';
import { declared, eventually, refused, settled } from './watch.ts';

const URL_OF_IT = 'https://github.test/acme/checkout/issues/7';
const ROUND_MS = 15 * 60_000;
const MINUTE_MS = 60_000;

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

const reopened = (bot: Bot) => bot.recorded().filter(({ type }) => type === 'task.reopened');

const asked = (bot: Bot) =>
  bot.stage.cloud.github.requests.filter(({ call }) => call === 'GET issue').length;

/** Waits round after round of the watch: when one begins, and what it sees, is not the test's to say. */
function roundsUntil(bot: Bot, what: string, isSo: () => boolean): Promise<void> {
  const next = (): boolean => {
    bot.stage.clock.advance(ROUND_MS);
    return isSo();
  };
  return eventually(what, next, 200);
}

const calls = (bot: Bot, call: string) =>
  bot.stage.cloud.github.requests.filter((each) => each.call === call).length;

describe.concurrent('/postmortem --format github-issue', PATIENT, () => {
  it('opens the issue and those of the follow-ups once, and closes what is ticked off here once', async (test) => {
    const bot = await aBot(test);
    const { github } = bot.stage.cloud;
    const { ana, ben } = bot.stage.people;
    const { issues } = github.repository();
    const channel = await declared(bot);
    await ana.command(channel, '/incident follow-up add a test @ana');
    await eventually('it is there', () => bot.incident().tasks.length === 1);

    const lost = github.faults.add({
      on: 'POST issues',
      fault: githubFaults.serverError('after'),
      times: 1,
    });
    await ana.command(channel, '/postmortem --format github-issue');
    await ana.sees('Typing it again opens only what is not there', { channel });
    expect(lost.hits).toBe(1);

    await ana.command(channel, '/postmortem —format github-issue');
    await ana.sees('is an issue already: https://', { channel });
    expect(issues.map(({ title }) => title)).toEqual([
      expect.stringMatching(/^Post-mortem INC-0001: /),
      expect.stringMatching(/^INC-0001 T1: add a test/),
    ]);
    expect(issues[1]).toMatchObject({ parent: issues[0]?.number, state: 'open' });
    // Each leads back: the issue to its channel, the follow-up to both, the channel to the issue.
    const { channel: where, issue } = bot.incident();
    const inSlack = `[#${channel}](${where?.url})`;
    expect(where?.url).toMatch(/^https:\/\/.*\.slack\.com\/archives\/C\w+$/);
    expect(issues[0]?.body).toContain(`| Channel | ${inSlack} |`);
    expect(issue).toMatch(new RegExp(`/issues/${issues[0]?.number}$`));
    expect(issues[1]?.body).toContain(`Follow-up T1 of the post-mortem ${issue}.`);
    expect(issues[1]?.body).toContain(`Slack channel: ${inSlack}.`);
    await ana.sees('The post-mortem of INC-0001 goes on in its issue', { channel });
    await ben.command(channel, '/postmortem --format github-issue');
    await ben.sees('with 1 follow-up', { channel });
    expect(issues).toHaveLength(2);
    expect(bot.incident().tasks[0]?.url).toMatch(/\/issues\/\d+$/);

    // The answer to closing it is lost, and the bot is started anew: it looks, and sends nothing again.
    const closing = github.faults.add({
      on: 'PATCH issue',
      fault: githubFaults.serverError('after'),
      times: 1,
    });
    await ana.command(channel, '/incident done T1');
    await eventually('the answer is lost', () => closing.hits === 1);
    await eventually('it is told', () => bot.logged.length > 1);
    expect(issues[1]?.state).toBe('closed');
    await bot.restart();
    await eventually('it is recorded', () => bot.incident().tasks[0]?.issueClosed === true);
    expect(calls(bot, 'PATCH issue')).toBe(1);

    // Whoever opens it again there takes the follow-up up again; nothing is closed against them.
    Object.assign(issues[1] ?? {}, { state: 'open' });
    await bot.restart();
    const isOpenAgain = () => bot.incident().tasks[0]?.done === undefined;
    await roundsUntil(bot, 'it is taken up again', isOpenAgain);
    await ana.command(channel, '/postmortem --format github-issue');
    await eventually('it was looked at', () => calls(bot, 'GET sub-issues') >= 3);
    await settled(bot);
    expect(issues[1]?.state).toBe('open');
    expect(calls(bot, 'PATCH issue')).toBe(1);
  });

  it('keeps a private incident out of it', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    await ana.command('incidents', '/incident private somebody is inside');
    await ana.seesModal('Declare an incident');
    await ana.submit();
    const channel = 'inc-0001-somebody-is-inside';
    await ana.sees('Private: nothing about it is shown', { channel });
    await settled(bot);

    const typed = '/postmortem --format github-issue';
    await refused(bot, ana, () => ana.command(channel, typed), /is private and goes into no issue/);

    expect(bot.stage.cloud.github.repository().issues).toEqual([]);
  });

  it('goes into the repositories of the service only', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command(channel, '/postmortem --format github-issue --repository acme/other');
    await ana.sees('its issues go into', { channel });
    await ana.command(channel, '/postmortem --format github-issue --repository nonsense');
    await ana.sees('nonsense is no repository', { channel });
    expect(calls(bot, 'POST issues')).toBe(0);
  });
});

describe.concurrent('a task', PATIENT, () => {
  it('gets a date, another and none by its number, each recorded', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    const due = () => bot.incident().tasks[0]?.due;
    await ana.command(channel, '/incident task call the bank');
    await eventually('it is there', () => bot.incident().tasks.length === 1);

    await ana.command(channel, '/incident due t1 by 23:30');
    await ana.sees('by today 23:30', { channel });
    const first = due();
    await ana.command(channel, '/incident due T1 tomorrow 9:00');
    await eventually('it is another', () => due() !== first && due() !== undefined);
    await ana.command(channel, '/incident due T1 none');
    await eventually('it is gone', () => due() === undefined);
    for (const [typed, says] of [
      ['T1 none', 'T1 has no date already'],
      ['T9 23:00', 'has no such task'],
      ['T1 soon', 'There is no time “soon”'],
      ['tomorrow', 'Say which task and until when'],
    ] as const) {
      await ana.command(channel, `/incident due ${typed}`);
      await ana.sees(says, { channel });
    }
    expect(bot.recorded().filter(({ type }) => type === 'task.rescheduled')).toHaveLength(3);
  });
});

describe.concurrent('a follow-up with an owner and a date', PATIENT, () => {
  it('calls its owner once when the date is there, also after a restart, until it is done', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    ben.openHome();
    await ana.command(channel, '/incident follow-up add a test @ben');
    await eventually('it is there', () => bot.incident().tasks.length === 1);
    await ana.command(channel, '/incident due T1 tomorrow 9:00');
    await eventually('it has a date', () => bot.incident().tasks[0]?.due !== undefined);
    await ben.seesHome('1 follow-up open');
    const due = bot.incident().tasks[0]?.due ?? 0;
    const given = () =>
      bot.recorded().filter(({ type, data }) => {
        return type === 'reminder.given' && (data as { readonly about: string }).about === 'task';
      });
    const calls = () =>
      [...bot.stage.workspace.state.channels.values()]
        .filter(({ name }) => name === channel)
        .flatMap(({ messages }) => [...messages])
        .filter(({ text }) => text?.includes('Task T1 was due'))
        .map(({ text }) => text);

    bot.stage.clock.advance(due - bot.stage.clock.now() - 20 * MINUTE_MS);
    await settled(bot);
    expect(given()).toEqual([]);
    bot.stage.clock.advance(35 * MINUTE_MS);
    await eventually('the owner is called', () => calls().length === 1);
    expect(calls()[0]).toContain(`<@${ben.id}>`);
    ben.openHome();
    await ben.seesHome('1 overdue');

    await bot.restart();
    bot.stage.clock.advance(24 * 60 * MINUTE_MS);
    await settled(bot);
    expect(given()).toHaveLength(1);
    expect(calls()).toHaveLength(1);

    await ben.command(channel, '/incident done T1');
    await eventually('it is settled', () => /It is settled/.test(calls()[0] ?? ''));
    expect(calls()[0]).not.toContain('<@');
    ben.openHome();
    await eventually('it is off the home tab', () => !/follow-up/i.test(ben.home() ?? 'follow-up'));
    bot.stage.clock.advance(24 * 60 * MINUTE_MS);
    await settled(bot);
    expect(given()).toHaveLength(1);
  });
});

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
    await roundsUntil(bot, 'it was limited', () => down.hits === 1);
    expect(ended(bot)).toEqual([]);

    issue.state = 'closed';
    await bot.restart();
    await eventually('it is done', () => ended(bot).length === 1);
    expect(ended(bot)[0]).toMatchObject({ actor: { kind: 'backstop' }, data: { task: 'T1' } });
    await ana.sees('Done by Backstop', { channel });
    ana.openHome();
    await eventually('it is off the home tab', () => !/T1/.test(ana.home() ?? 'T1'));

    await bot.restart();
    ana.openHome();
    const before = asked(bot);
    await roundsUntil(bot, 'it is looked at again', () => asked(bot) > before);
    expect(ended(bot)).toHaveLength(1);

    // Opened again there, it is taken up again here, once; closed again, it is done again.
    issue.state = 'open';
    await roundsUntil(bot, 'it is taken up again', () => reopened(bot).length === 1);
    expect(reopened(bot)[0]).toMatchObject({ actor: { kind: 'backstop' }, data: { task: 'T1' } });
    // Whoever opened it half an hour ago is no longer kept up to date.
    ana.openHome();
    await ana.seesHome('1 follow-up open');
    issue.state = 'closed';
    await roundsUntil(bot, 'it is done again', () => ended(bot).length === 2);
    expect(reopened(bot)).toHaveLength(1);

    // After two weeks nobody asks any more.
    await bot.stop();
    bot.stage.clock.advance(15 * 24 * 4 * ROUND_MS);
    await bot.start();
    const last = asked(bot);
    bot.stage.clock.advance(2 * ROUND_MS);
    await settled(bot);
    expect(asked(bot)).toBe(last);
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
