/** The forms and commands by which people are told and the record is put right: what is wrong is said, and nothing comes of it. */

import { describe, expect, it } from 'vitest';
import { assess, takeCommandAndConfirm } from '../../src/sandbox/stories/scenes.ts';
import { aBot, type Bot } from '../support/a-bot.ts';
import { PATIENT } from '../support/patient.ts';
import {
  declared,
  eventually,
  forged,
  notifies,
  refused,
  refusedInModal,
  settled,
} from './watch.ts';

const LONG = 'x'.repeat(10_000);

function become(bot: Bot, id: string, what: { isGuest?: boolean; deactivated?: boolean }): void {
  const user = bot.stage.workspace.state.users.get(id);
  if (!user) throw new Error(`There is no user ${id}`);
  Object.assign(user, what);
}

describe.concurrent('the status page form', PATIENT, () => {
  it('says what is too long, empty or not filled in, publishes once, and notifies nobody', async (test) => {
    const bot = await aBot(test, { settings: { statusPage: true } });
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command(channel, '/incident command');
    await ana.command(channel, '/incident severity sev2 many see it');
    await ana.command(channel, '/incident statuspage');
    await ana.seesModal('Status page');
    await settled(bot);
    const said = (field: string, value: string) => forged(bot, ana, field, value);
    expect(await said('title', LONG)).toEqual({ title: expect.stringMatching(/under 150/) });
    expect(await said('text', LONG)).toEqual({ text: expect.stringMatching(/under 2000/) });
    expect(await said('text', '  ')).toEqual({ text: expect.stringMatching(/in a sentence/) });
    expect(await said('text', 'Impact:')).toEqual({ text: expect.stringMatching(/Not filled in/) });
    expect(await said('state', 'on fire')).toEqual({ state: expect.stringMatching(/Choose one/) });
    expect(bot.incident().statusPage).toEqual([]);

    const text = '<!channel> & <@U1> pay at <https://evil.example|here>';
    await ana.fill('What should people know?', text);
    bot.stage.workspace.faults.duplicateNextDelivery(3);
    await ana.submit();
    await ana.sees('Status page: Investigating', { channel });
    await eventually('it is published', () => bot.stage.cloud.statuspage.incidents.length > 0);
    await settled(bot);
    expect(bot.incident().statusPage).toMatchObject([{ text }]);
    expect(bot.stage.cloud.statuspage.incidents).toHaveLength(1);
    expect(notifies(bot)).toEqual([]);
    expect(bot.logged).toEqual([]);
  });

  it('that was open when the incident ended, or another spoke for it, publishes nothing', async (test) => {
    const bot = await aBot(test, { settings: { statusPage: true } });
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command(channel, '/incident command');
    await ana.command(channel, '/incident statuspage');
    await ana.seesModal('Status page');
    await ben.command(channel, '/incident command');
    await refusedInModal(bot, ana, 'Headline', /Only Ben can speak to people outside/);
    await ana.closeModal();
    await ben.command(channel, '/incident statuspage');
    await ben.seesModal('Status page');
    await ben.command(channel, '/incident resolve it is over');
    await ben.sees('is resolved', { channel });
    await refusedInModal(bot, ben, 'Where do things stand?', /only be told that it is over/);
    expect(bot.incident().statusPage).toEqual([]);
  });
});

describe.concurrent('a guest, or somebody who left,', PATIENT, () => {
  it('follows no service from a home tab of better days, and is told so there', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    ana.openHome();
    await ana.seesHome('Keep me posted');
    become(bot, ana.id, { isGuest: true });
    bot.stage.clock.advance(11 * 60_000);

    await ana.click('Keep me posted', { home: true });

    await ana.seesModal('is a guest here');
  });

  it('follows no service and takes no role', async (test) => {
    const bot = await aBot(test);
    const { ana, dee } = bot.stage.people;
    const channel = await declared(bot);
    dee.join(channel);
    become(bot, dee.id, { isGuest: true });
    bot.stage.clock.advance(11 * 60_000);
    await refused(
      bot,
      dee,
      () => dee.click('Keep me posted', { channel: 'incidents' }),
      /is a guest here/,
    );
    const wrong = (line: string, words: RegExp): Promise<void> =>
      refused(bot, dee, () => dee.command(channel, line), words);
    await wrong('/incident subscribe checkout', /is a guest here/);
    await wrong('/incident role scribe', /is a guest here/);
    await wrong('/incident command', /is a guest here/);
    await wrong('/postmortem curate', /Only those who were in INC-0001/);
    await wrong('/incident severity <!channel> why', /Choose one of these|incident commander/);
    become(bot, dee.id, { isGuest: false, deactivated: true });
    bot.stage.clock.advance(11 * 60_000);
    await refused(
      bot,
      ana,
      () => ana.command(channel, '/incident role scribe @dee'),
      /is not in this workspace any more|Nobody here is called/,
    );
    expect(bot.incident().roles).toEqual({});
  });
});

describe.concurrent('what was left open while the incident ended', PATIENT, () => {
  it('is answered in the form, under the field', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command(channel, '/incident command');
    await ben.click('More…', { channel });
    await ben.seesModal('Tell people');
    await ben.click('Give a role…');
    await ben.pick('Role', 'Scribe');
    await ana.command(channel, '/incident resolve it is over');
    await ana.sees('is resolved', { channel });
    await refusedInModal(bot, ben, 'Role', /INC-0001 is resolved/);
    expect(await forged(bot, ben, 'role', 'king')).toEqual({
      role: expect.stringMatching(/no such role/),
    });
    expect(bot.incident().roles.scribe).toBeUndefined();
  });

  it('and a forged choice in the mitigation form plans nothing', async (test) => {
    const bot = await aBot(test, { settings: { flags: true } });
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    const answers = ['5% or more', 'No', 'No', '2-5x slower', 'No, people are blocked', 'Longer'];
    await assess(bot.stage, channel, answers);
    await takeCommandAndConfirm(bot.stage, channel, 'mitigation');
    await ana.click('Mitigate…', { channel });
    await ana.seesModal('What is to be done?');
    await settled(bot);
    const said = (value: string) => forged(bot, ana, 'what', value);
    expect(await said(LONG)).toEqual({ what: expect.stringMatching(/too long to name/) });
    expect(await said('do dance')).toEqual({
      what: expect.stringMatching(/Nothing here can dance/),
    });
    expect(await said('flag')).toEqual({ what: expect.stringMatching(/Name the flag/) });
    expect(bot.recorded().map(({ type }) => type)).not.toContain('plan.wanted');
    expect(bot.logged).toEqual([]);
  });
});

describe.concurrent('the timeline put right', PATIENT, () => {
  it('takes no endless words, no time to come, and shows a mention as it was typed', async (test) => {
    const bot = await aBot(test);
    const { ana } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command(channel, '/postmortem curate');
    await ana.seesModal('The timeline');
    await ana.click('Add an entry');
    await ana.fill('When was it?', '2030-01-01 00:00');
    await ana.fill('What happened?', '<!channel> <https://evil.example|here>');
    await ana.submit();
    expect(Object.values(ana.modal()?.errors ?? {}).join()).toMatch(/in the future/);
    await ana.fill('When was it?', '2026-11-21 03:01');
    expect(await forged(bot, ana, 'text', LONG)).toEqual({
      time: expect.stringMatching(/under \d+ characters/),
    });
    bot.stage.workspace.faults.duplicateNextDelivery(2);
    await ana.submit();
    await ana.seesModal('evil.example');
    await settled(bot);
    const curated = bot.recorded().filter(({ type }) => type === 'timeline.curated');
    expect(curated).toHaveLength(1);
    expect(notifies(bot)).toEqual([]);
    expect(bot.logged).toEqual([]);
  });
});
