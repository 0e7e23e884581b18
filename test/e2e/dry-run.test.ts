import { expect, it } from 'vitest';
import { aBot } from '../support/a-bot.ts';
import { settled } from './watch.ts';

it('shows a plan to whoever only wants a look, and records and changes nothing', {
  timeout: 60_000,
}, async (test) => {
  const bot = await aBot(test);
  const { ana, ben } = bot.stage.people;
  await settled(bot);

  await ana.command('incidents', '/rollback checkout production --dry-run');
  await ana.sees('Put web app acme-checkout back to 2.3.1', { channel: 'incidents' });
  await settled(bot);

  expect(ben.messages('incidents').join('\n')).not.toContain('2.3.1');
  expect(bot.recorded()).toEqual([]);
  expect(bot.stage.cloud.exchanges.filter(({ mutating }) => mutating)).toEqual([]);
});
