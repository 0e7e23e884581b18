/** Content goes back without a clone, over the real bot, also when it is stopped half-way. */

import { expect, it } from 'vitest';
import { aBot } from '../support/a-bot.ts';
import { declared, eventually } from './watch.ts';

const LONG = { timeoutMs: 60_000 };

it('is taken up where it was stopped, and changes nothing twice', {
  timeout: 60_000,
}, async (test) => {
  const bot = await aBot(test, { settings: { content: {} } });
  const { stage } = bot;
  const { ana, ben } = stage.people;
  const { contentful } = stage.cloud;
  const space = contentful.space();
  const since = new Date(stage.clock.now()).toISOString();
  space.write('cleo', { id: 'home', fields: { title: { 'en-US': 'Spring sale!' } } });
  space.publish('cleo', 'home');
  space.write('cleo', { id: 'sale', contentType: 'page', fields: {} });
  space.publish('cleo', 'sale');
  const before = { ...contentful.mutations };
  const done = (name: string): number => (contentful.mutations[name] ?? 0) - (before[name] ?? 0);
  const channel = await declared(bot);
  await ben.click('Take command', { channel });

  await ana.command(channel, `/rollback do revert-entries content home,sale@${since}`);
  await ana.sees('2 entries back to what was published before', { channel, ...LONG });
  await ana.click('Request approval', { channel });
  stage.cloud.faults.contentful.add({
    on: 'PUT entry/published',
    fault: { kind: 'hang', when: 'after' },
  });
  await ben.click('Approve', { channel });
  await eventually('the first entry is published again', () => done('PUT entry/published') === 1);
  await bot.restart();
  await eventually('both are back', () => done('DELETE entry/published') === 1);
  await eventually('the step is done', () =>
    bot.recorded().some(({ type }) => type === 'step.succeeded'),
  );

  expect(done('PUT entry')).toBe(1);
  expect(done('PUT entry/published')).toBe(1);
  expect(space.entry('sale').publishedVersion).toBeUndefined();
});
