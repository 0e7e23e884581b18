/** Coordinated releases in Slack: what the two stories about them do not tell. */

import { describe, expect, it } from 'vitest';
import { prepareRelease } from '../../src/sandbox/stories/release-scenes.ts';
import { aBot, type Bot } from '../support/a-bot.ts';
import { PATIENT } from '../support/patient.ts';
import { eventually, refused, refusedInModal, settled } from './watch.ts';

const settings = { content: {}, worker: true };

/** Production runs 2.3.1, and Cleo's release has its restore point. */
async function captured(bot: Bot): Promise<string> {
  const { cleo } = bot.stage.people;
  const channel = await prepareRelease(bot.stage);
  await cleo.click('Start', { channel });
  await cleo.sees('Release is out', { channel, timeoutMs: 60_000 });
  return channel;
}

const before = ({ cloud }: Bot['stage']): void =>
  cloud.azure.swapBehindYourBack('ben@acme.example');

describe.concurrent('a release', PATIENT, () => {
  it('that is called off gives back what it held, and deletes what it captured', async (test) => {
    const bot = await aBot(test, { settings, before });
    const { cleo } = bot.stage.people;
    const space = bot.stage.cloud.contentful.space();
    const channel = await captured(bot);
    expect(space.environments).toHaveLength(3);

    await cleo.click('Call it off…', { channel });
    await cleo.fill('Why?', 'The bank is down');
    await cleo.submit();
    await eventually('it is over', () => bot.incident().status === 'resolved');

    expect(space.environments).toEqual(['release-1', 'backstop-2-3-1']);
    expect(space.publish('cleo', 'home')).toBe(true);
    expect(bot.stage.cloud.worker.pausedBy).toBeUndefined();
    await cleo.sees('Called off', { channel: 'incidents' });
    expect(bot.logged).toEqual([]);
  });

  it('goes on where it was when the bot is stopped while it captures', async (test) => {
    const bot = await aBot(test, { settings: { ...settings, flags: true }, before });
    const { cleo } = bot.stage.people;
    const channel = await prepareRelease(bot.stage);
    await cleo.click('Start', { channel });
    await eventually('the editors are held', () =>
      bot.recorded().some(({ type }) => type === 'step.succeeded'),
    );

    await bot.restart();
    await cleo.sees('Release is out', { channel, timeoutMs: 60_000 });
    await cleo.sees('✓ flags: new-checkout on, banner on', { channel });

    expect(bot.incident().release?.point).toMatchObject({
      flags: [
        { component: 'flags', name: 'new-checkout', state: 'on' },
        { component: 'flags', name: 'banner', state: 'on' },
      ],
      notCovered: [],
    });
    expect(bot.stage.cloud.contentful.mutations['PUT environment']).toBe(1);
    expect(bot.recorded().filter(({ type }) => type === 'release.captured')).toHaveLength(1);
    expect(bot.logged).toEqual([]);
  });

  it('is rolled back with its content left alone when only code is wanted', async (test) => {
    const bot = await aBot(test, { settings, before });
    const { ana, ben, cleo } = bot.stage.people;
    const { azure, contentful } = bot.stage.cloud;
    const channel = await captured(bot);
    azure.swapBehindYourBack('cleo@acme.example');
    contentful.space().addEnvironment('release-2', { from: 'release-1' });
    contentful.space().repoint('release-2');
    await cleo.click('Release is out', { channel });
    await cleo.sees('Out, and not healthy', { channel, timeoutMs: 60_000 });
    await ana.sees('Status: Issues', { channel: 'incidents' });

    await ana.command(channel, '/rollback code only');
    await ana.click('Request approval', { channel });
    await ben.click('Approve', { channel });
    await ben.sees('has recovered', { channel, timeoutMs: 60_000 });

    expect(azure.slot('production').release?.version).toBe('2.3.1');
    expect(contentful.space().live).toBe('release-2');
    expect(bot.logged).toEqual([]);
  });

  it('is the owner’s to start, and one at a time', async (test) => {
    const bot = await aBot(test, { settings, before });
    const { ana } = bot.stage.people;
    const channel = await prepareRelease(bot.stage);
    await settled(bot);

    await refused(bot, ana, () => ana.click('Start', { channel }), /Only the release owner/);
    await refused(
      bot,
      ana,
      () => ana.command(channel, '/release tea 1.0.0'),
      /no service or environment “tea”/,
    );
    await ana.command('incidents', '/release checkout 2.5.0');
    await ana.fill('Changes included', 'More');
    await refusedInModal(bot, ana, 'Version', /REL-0001 .* is under way/);
  });
});
