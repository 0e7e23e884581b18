/** What people do with a playbook besides walking through it. */

import { describe, expect, it } from 'vitest';
import { aBot } from '../support/a-bot.ts';
import { PATIENT } from '../support/patient.ts';
import { declared, refused, settled } from './watch.ts';

describe('in an incident’s channel', PATIENT, () => {
  it('a playbook is listed, chosen by a form, gone on with by hand, stopped, and says what is wrong', async (test) => {
    const bot = await aBot(test);
    const { ana, ben } = bot.stage.people;
    const channel = await declared(bot);
    await ana.command(channel, '/incident playbook');
    await ana.sees('memory-leak', { channel });
    await refused(
      bot,
      ana,
      () => ana.command(channel, '/incident playbook tea'),
      /no playbook “tea”/,
    );
    await refused(
      bot,
      ana,
      () => ana.command(channel, '/incident playbook data-loss'),
      /Somebody has to be incident commander/,
    );
    await ben.command(channel, '/incident command');
    await refused(
      bot,
      ben,
      () => ben.command(channel, '/incident playbook security-breach'),
      /\/incident private/,
    );
    await ana.click('All of them', { channel });
    await ben.click('Another playbook…', { channel });
    await ben.seesModal('Choose a playbook');
    await ben.pick('Playbook', 'Recovering from data loss');
    await ben.submit();
    const step = await ana.sees('Step 1: Stop writes', { channel });
    await ana.click('Leave the rest', { channel });
    await ana.sees('Step 2: Call the database administrator', { channel });
    await refused(
      bot,
      ben,
      () => ben.click('tick-playbook.writes', { on: step }),
      /done already; nothing was changed/,
    );
    await ana.click('Done by hand…', { channel });
    await ana.seesModal('Go on');
    await ana.fill('What was done, or why can it be left?', 'Called by phone <!channel>.');
    await ana.submit();
    await ben.sees('Called by phone', { channel });
    await refused(
      bot,
      ana,
      () => ana.command(channel, '/incident playbook stop'),
      /Only the incident/,
    );
    await ben.click('Stop playbook', { channel });
    await ben.sees('Stopped (Ben', { channel });
    expect(bot.logged).toEqual([]);
  });

  it('a playbook is as it was after a restart, and goes on by the clock', async (test) => {
    const bot = await aBot(test);
    const { ben } = bot.stage.people;
    const channel = await declared(bot);
    await ben.command(channel, '/incident command');
    await ben.command(channel, '/incident playbook performance-degradation');
    const place = { channel, in: 'Playbook: Performance degradation' };
    await ben.click('Leave the rest', place);
    await ben.sees('Step 2', { channel });
    await ben.click('Decide to mitigate', place);
    await ben.sees('Step 3: Relieve it with one click', { channel });
    await ben.click('go-on-in-playbook', place);
    await ben.seesModal('Go on');
    await ben.fill('What was done, or why can it be left?', 'Scaled by hand.');
    await ben.submit();
    await ben.sees('Step 5', { channel });
    await ben.click('Leave the rest', place);
    await ben.sees('Step 6: Let it take effect', { channel });
    await settled(bot);
    const shown = (): readonly string[] =>
      [...bot.stage.workspace.state.channels.values()]
        .flatMap(({ messages }) => messages.filter(({ text }) => /Playbook/.test(text ?? '')))
        .map(({ ts, blocks }) => `${ts} ${JSON.stringify(blocks)}`);
    const before = shown();
    expect(before).toHaveLength(1);

    await bot.restart();
    await settled(bot);
    expect(shown()).toEqual(before);
    await bot.stop();
    bot.stage.clock.advance(6 * 60_000);
    await bot.start();

    await ben.sees('Step 7: Is it resolved?', { channel });
    expect(bot.recorded().filter(({ type }) => type === 'playbook.step-done')).toHaveLength(6);
  });
});
