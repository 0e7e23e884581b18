/** Somebody changes one of several components between the plan and its approval: nothing at all is touched. */

import { expect, it } from 'vitest';
import { assess, planRollback, takeCommandAndConfirm } from '../../src/sandbox/stories/scenes.ts';
import { aBot } from '../support/a-bot.ts';
import { declared, settled } from './watch.ts';

const LONG = { timeoutMs: 60_000 };

it('asks for a new approval that shows the difference, and holds, swaps and recreates nothing', {
  timeout: 120_000,
}, async (test) => {
  const bot = await aBot(test, { settings: { worker: true } });
  const { ana, ben } = bot.stage.people;
  const { azure, worker } = bot.stage.cloud;
  azure.containerGroups.setImage('acme-worker', bot.stage.worker?.bad ?? '');
  const channel = await declared(bot);
  await assess(bot.stage, channel, ['All of them']);
  await takeCommandAndConfirm(bot.stage, channel, 'rollback');
  await planRollback(bot.stage, channel);
  const another = (bot.stage.worker?.bad ?? '').replace(/b+$/, (digest) =>
    'c'.repeat(digest.length),
  );
  azure.containerGroups.setImage('acme-worker', another);

  await ben.click('Approve', { channel });
  await ana.sees('worker has changed', { channel, ...LONG });
  await ana.sees(/Different now: .*worker/is, { channel, ...LONG });
  await settled(bot);

  const [run] = bot.incident().runs;
  expect(run).toMatchObject({ status: 'finished', outcome: 'cancelled' });
  expect(Object.values(run?.steps ?? {}).map(({ status }) => status)).not.toContain('succeeded');
  expect(bot.recorded().map(({ type }) => type)).not.toContain('step.intended');
  expect(azure.swapsApplied).toBe(0);
  expect(worker.pausedBy).toBeUndefined();
  expect(bot.incident().proposals.map(({ state }) => state)).toEqual(['stale', 'shown']);
});
