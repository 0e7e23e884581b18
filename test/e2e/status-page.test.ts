/** What people outside are told: drafted, approved, published once, resolved with the incident. */

import { describe, expect, it } from 'vitest';
import type { Publication } from '../../src/status-page.ts';
import type { Bot } from '../support/a-bot.ts';
import { aBot } from '../support/a-bot.ts';
import { declared, eventually, refused, settled } from './watch.ts';

const SETTINGS = { statusPage: true };

async function atSev2(bot: Bot): Promise<string> {
  const { ana } = bot.stage.people;
  const channel = await declared(bot);
  await ana.command(channel, '/incident command');
  await ana.command(channel, '/incident severity sev2 many see it');
  await ana.sees('Nothing is on the status page', { channel });
  return channel;
}

function published(bot: Bot, count: number): Promise<void> {
  const done = () =>
    bot
      .incident()
      .statusPage.flatMap(({ publications }) => publications)
      .filter(isPublished);
  return eventually(`${count} published`, () => done().length === count);
}

function isPublished({ state }: Publication): boolean {
  return state === 'published';
}

describe.concurrent('the status page', () => {
  it('is drafted, approved and changed in a form, updated, and resolved with the incident', async (test) => {
    const bot = await aBot(test, { settings: SETTINGS });
    const { ana, ben } = bot.stage.people;
    const { statuspage } = bot.stage.cloud;
    const channel = await atSev2(bot);
    expect(statuspage.incidents).toEqual([]);
    await refused(
      bot,
      ben,
      () => ben.click('Review and publish…', { channel }),
      /can speak to people outside/,
    );
    await ana.click('Review and publish…', { channel });
    await ana.seesModal('We know of a problem with Checkout');
    await ana.fill('What should people know?', 'Some payments fail. Please try again later.');
    await ana.submit();
    await published(bot, 1);
    await ana.sees('Status page: Investigating', { channel });
    await ana.command(channel, '/incident status identified it is the new tax service');
    await ana.sees('The status page is behind', { channel });
    await ana.command(channel, '/incident statuspage');
    await ana.seesModal('We have found the cause');
    await ana.submit();
    await eventually('it is updated', () => statuspage.incidents[0]?.status === 'identified');
    await ana.click('Resolve…', { channel });
    await ana.seesModal('What does the status page say?');
    await ana.fill('Why is it over?', 'the tax service was put back');
    await ana.submit();
    await eventually('it is resolved', () => statuspage.incidents[0]?.status === 'resolved');

    expect(statuspage.incidents).toHaveLength(1);
    expect(statuspage.incidents[0]).toMatchObject({
      name: 'Problems with Checkout',
      updates: [
        { status: 'resolved', body: expect.stringContaining('is over') },
        { status: 'identified' },
        { status: 'investigating', body: 'Some payments fail. Please try again later.' },
      ],
    });
    expect(statuspage.components.get(statuspage.componentId)?.status).toBe('operational');
    await ana.command(channel, '/postmortem');
    await ana.sees('Post-mortem of INC-0001', { channel });
    const files = [...bot.stage.workspace.state.files.values()].map(({ content }) =>
      String(content),
    );
    expect(files.some((text) => text.includes('Some payments fail. Please try'))).toBe(true);
    expect(bot.logged).toEqual([]);
  });

  it('is told once, though the answer is lost and the bot restarts', async (test) => {
    const bot = await aBot(test, { settings: SETTINGS });
    const { ana } = bot.stage.people;
    const { statuspage } = bot.stage.cloud;
    const channel = await atSev2(bot);
    statuspage.faults.add({ on: 'POST incidents', fault: { kind: 'reset', when: 'after' } });
    await ana.click('Review and publish…', { channel });
    await ana.seesModal('We know of a problem');
    await ana.submit();
    await eventually('it was sent', () => statuspage.incidents.length === 1);
    await bot.restart();
    await published(bot, 1);
    await settled(bot);
    expect(statuspage.incidents).toHaveLength(1);
    expect(statuspage.mailsSent).toBe(1);
  });

  it('asks a person when the page refuses, and tries again when told to', async (test) => {
    const bot = await aBot(test, { settings: SETTINGS });
    const { ana } = bot.stage.people;
    const { statuspage } = bot.stage.cloud;
    const channel = await atSev2(bot);
    statuspage.faults.add({ on: 'POST incidents', fault: { kind: 'status', status: 403 } });
    await ana.click('Review and publish…', { channel });
    await ana.seesModal('We know of a problem');
    await ana.submit();
    await ana.sees('was not published at status-page', { channel });
    await ana.click('Try again', { channel });
    await published(bot, 1);
    expect(statuspage.incidents).toHaveLength(1);
  });

  it('is left alone by private incidents and drills, and where there is none', async (test) => {
    const bot = await aBot(test, { settings: SETTINGS });
    const { ana } = bot.stage.people;
    await ana.command('incidents', '/incident private somebody is inside');
    await ana.seesModal('Declare an incident');
    await ana.submit();
    const channel = 'inc-0001-somebody-is-inside';
    await ana.sees('Private: nothing about it is shown', { channel });
    await ana.command(channel, '/incident command');
    await ana.command(channel, '/incident severity sev1 all of it');
    await settled(bot);
    await refused(bot, ana, () => ana.command(channel, '/incident statuspage'), /is private/);
    expect(bot.stage.cloud.statuspage.requests).toEqual([]);

    const without = await aBot(test);
    const other = await declared(without);
    const { ana: person } = without.stage.people;
    await refused(
      without,
      person,
      () => person.command(other, '/incident statuspage'),
      /No status page is set up/,
    );
  });
});
