/** `backstop export` to where people work: what reaches GitHub and Slack, from a terminal beside the bot. */

import { describe, expect, it } from 'vitest';
import { declared, eventually } from '../e2e/watch.ts';
import { aBot, type Bot } from '../support/a-bot.ts';
import { backstop, installed } from '../support/command-line.ts';
import { PATIENT } from '../support/patient.ts';

const NAMES = /\b(Ana|Ben|U0\w+)\b|<@/;

function sent(bot: Bot, channel: string) {
  const { issues } = bot.stage.cloud.github.repository();
  const canvas = [...bot.stage.workspace.state.channels.values()].find(
    ({ name }) => name === channel,
  )?.canvas;
  return { issues, canvas };
}

describe.concurrent('backstop export to GitHub and Slack', PATIENT, () => {
  it('opens the issue and its follow-ups once, and writes the canvas, as they were asked for', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command(channel, '/incident command');
    await ana.command(channel, '/incident follow-up ask @ben how Ana found it @ben');
    await eventually('it is there', () => bot.incident().tasks.length === 1);
    await ben.command(channel, '/incident note the-remark');
    await eventually('it is noted', () => bot.recorded().some(({ type }) => type === 'note.added'));
    const around = installed(test, bot.stage);
    const ask = (...args: readonly string[]) =>
      backstop(['export', 'INC-0001', '--db', bot.journalFile, ...args], around);

    const first = await ask(
      '--format',
      'github-issue',
      '--redact',
      'people',
      '--zone',
      'Asia/Tokyo',
    );
    const again = await ask('--format', 'github-issue');
    const canvas = await ask(
      '--format',
      'slack-canvas',
      '--redact',
      'people',
      '--kinds',
      'people',
      '--zone',
      'Asia/Tokyo',
    );

    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^Opened T1 https:.*\/issues\/2\nOpened https:.*\/issues\/1\n$/);
    expect(again.stdout).toMatch(/^Open: T1 https:.*\/issues\/2\nIt is there already: https:/);
    expect(canvas).toMatchObject({ code: 0, stderr: '' });
    const told = sent(bot, channel);
    expect(told.issues).toHaveLength(2);
    const issues = told.issues.map(({ title, body }) => `${title}\n${body}`);
    for (const text of [...issues, `${told.canvas?.title}\n${told.canvas?.markdown}`]) {
      expect(text).not.toMatch(NAMES);
      expect(text).toMatch(/incident commander|person \d/);
    }
    expect(issues[0]).toMatch(/Asia\/Tokyo/);
    expect(issues[1]).toMatch(/Follow-up T1 of the post-mortem https:.*\/issues\/1\./);
    expect(told.canvas?.markdown).toContain('Only a part of the timeline: of the kinds people.');
    expect(told.canvas?.markdown).not.toContain('the-remark');
    expect(told.canvas?.markdown).toMatch(/Asia\/Tokyo/);
    // The bot takes in what the terminal did, and says where it goes on.
    await ana.sees('goes on in the canvas of this channel, at its top, and in its issue', {
      channel,
    });
  });

  it('puts a private incident into no issue', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    await ana.command('incidents', '/incident private somebody is inside');
    await ana.seesModal('Declare an incident');
    await ana.submit();
    await ana.sees('Private: nothing about it is shown', {
      channel: 'inc-0001-somebody-is-inside',
    });
    const around = installed(test, bot.stage);

    const { code, stdout, stderr } = await backstop(
      ['export', 'INC-0001', '--db', bot.journalFile, '--format', 'github-issue'],
      around,
    );

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/INC-0001 is private and goes into no issue/);
    expect(bot.stage.cloud.github.repository().issues).toEqual([]);
  });
});
