/** Those who follow a service are told of its incidents in plain words: each turn once, and nothing private. */

import { describe, expect, it } from 'vitest';
import { aBot, type Bot } from '../support/a-bot.ts';
import { declared, refused, settled, withDrills } from './watch.ts';

/** What Dee was told in her direct messages, oldest first. */
function toldTo(bot: Bot, user: string): readonly string[] {
  return [...bot.stage.workspace.state.channels.values()]
    .filter(({ kind, members }) => kind === 'im' && members.includes(user))
    .flatMap(({ messages }) => [...messages])
    .map(({ text }) => text);
}

describe.concurrent('a subscription', () => {
  it('tells of each turn of an incident once, also over a restart, until it is stopped', async (test) => {
    const bot = await aBot(test);
    const { ana, dee } = bot.stage.people;
    await dee.command('incidents', '/incident subscribe checkout');
    await dee.sees('You follow Checkout now', { channel: 'incidents' });
    const channel = await declared(bot);
    await dee.sees('Checkout has a problem');
    await ana.command(channel, '/incident command');
    await ana.command(channel, '/incident severity sev2 many see it');
    await dee.sees('Many people cannot use Checkout as usual');
    await ana.command(channel, '/incident update half of the payments go through');
    await dee.sees('half of the payments go through');
    await settled(bot);
    await bot.restart();
    await ana.command(channel, '/incident resolve the tax service was put back');
    await dee.sees('it is over');
    await settled(bot);
    await bot.restart();
    await settled(bot);

    expect(toldTo(bot, dee.id)).toEqual([
      expect.stringContaining('has a problem'),
      expect.stringContaining('SEV2'),
      expect.stringContaining('half of the payments'),
      expect.stringContaining('it is over'),
    ]);
    expect(toldTo(bot, ana.id)).toEqual([]);
    await dee.command('incidents', '/incident unsubscribe checkout');
    await dee.sees('no longer follow Checkout', { channel: 'incidents' });
    await ana.command('incidents', '/incident checkout is slow');
    await ana.seesModal('Declare an incident');
    await ana.submit();
    await ana.sees('INC-0002 is declared', { channel: 'incidents' });
    await settled(bot);
    expect(toldTo(bot, dee.id)).toHaveLength(4);
    expect(bot.logged).toEqual([]);
  });

  it('is taken by a button, and told in a channel that Backstop is in', async (test) => {
    const bot = await aBot(test, {
      before: ({ workspace }) => {
        workspace.addChannel({ name: 'status', members: ['ana', 'dee'], withBot: true });
        workspace.addChannel({ name: 'elsewhere', members: ['ana', 'dee'] });
      },
    });
    const { ana, dee } = bot.stage.people;
    await refused(
      bot,
      dee,
      () => dee.command('incidents', '/incident subscribe checkout #elsewhere'),
      /Invite it there first/,
    );
    await dee.command('incidents', '/incident subscribe checkout #status');
    await dee.sees('follows Checkout now', { channel: 'incidents' });
    const channel = await declared(bot);
    await dee.sees('Checkout has a problem', { channel: 'status' });
    await dee.click('Keep me posted', { channel: 'incidents' });
    await dee.sees('You follow Checkout now', { channel: 'incidents' });
    await ana.command(channel, '/incident command');
    await ana.command(channel, '/incident update it is being looked at');
    await dee.sees('it is being looked at', { channel: 'status' });
    await settled(bot);
    expect(toldTo(bot, dee.id)).toEqual([expect.stringContaining('it is being looked at')]);
    expect(bot.logged).toEqual([]);
  });

  it('tells nothing of private incidents and drills', async (test) => {
    const bot = await aBot(test, {
      config: withDrills,
    });
    const { ana, dee } = bot.stage.people;
    await dee.command('incidents', '/incident subscribe checkout');
    for (const kind of ['private', 'drill']) {
      await ana.command('incidents', `/incident ${kind} somebody is inside`);
      await ana.seesModal('Declare');
      await ana.pick('Environment', 'staging');
      await ana.submit();
      await settled(bot);
    }
    expect(bot.incidents()).toHaveLength(2);
    expect(toldTo(bot, dee.id)).toEqual([]);
  });

  it('is refused for what is not there, and for guests', async (test) => {
    const bot = await aBot(test);
    const { dee } = bot.stage.people;
    await dee.command('incidents', '/incident subscribe');
    await dee.sees('You follow no service yet', { channel: 'incidents' });
    await refused(
      bot,
      dee,
      () => dee.command('incidents', `/incident subscribe <!channel> ${'x'.repeat(5000)}`),
      /There is no service/,
    );
    await dee.command('incidents', '/incident unsubscribe checkout');
    await dee.sees('did not follow Checkout', { channel: 'incidents' });
  });
});
