/** A swap in two phases over the real bot: prepared, looked at by a second person, then completed or cancelled. */

import { expect, it } from 'vitest';
import { assess, planRollback, takeCommandAndConfirm } from '../../src/sandbox/stories/scenes.ts';
import { aBot, type Bot } from '../support/a-bot.ts';
import { declared } from './watch.ts';

const LONG = { timeoutMs: 60_000 };

function withPreview(text: string): string {
  return text.replace(
    'kind: azure-app-service\n',
    'kind: azure-app-service\n            preview: true\n',
  );
}

/** The slot is prepared, and a second person is asked. */
async function prepared(bot: Bot): Promise<string> {
  const { stage } = bot;
  const { ana, ben, cleo } = stage.people;
  const channel = await declared(bot);
  await assess(stage, channel, ['All of them']);
  await takeCommandAndConfirm(stage, channel, 'rollback');
  await planRollback(stage, channel);
  await ana.sees('Prepare slot staging', { channel });
  await ben.click('Approve', { channel });
  await cleo.sees('Allow this step', { channel, ...LONG });
  expect(stage.cloud.azure.slot('staging').prepared?.target).toBe('production');
  expect(stage.cloud.azure.swapsApplied).toBe(0);
  return channel;
}

it('goes live once a second person has allowed it', { timeout: 60_000 }, async (test) => {
  const bot = await aBot(test, { config: withPreview });
  const { ben, cleo } = bot.stage.people;
  const channel = await prepared(bot);

  await bot.restart();
  await cleo.click('Allow this step', { channel });
  await ben.sees('recovered', { channel, ...LONG });

  expect(bot.stage.cloud.azure.swapsApplied).toBe(1);
  expect(bot.stage.cloud.azure.slot('production').release.version).toBe('2.3.1');
  expect(bot.stage.cloud.azure.slot('staging').prepared).toBeUndefined();
});

it('is reset when it is cancelled', { timeout: 60_000 }, async (test) => {
  const bot = await aBot(test, { config: withPreview });
  const { ana, ben, cleo } = bot.stage.people;
  const { azure } = bot.stage.cloud;
  const channel = await prepared(bot);

  await ben.click('Cancel…', { channel });
  await ben.fill('Why?', 'It does not start with the payment settings of production.');
  await ben.submit();
  await ana.sees('Cancelled', { channel, ...LONG });
  await ana.click('Take it back…', { channel });
  await ana.fill('Why is it taken back?', 'Nobody swaps it today.');
  await ana.submit();
  await ana.sees('Cancel the swap with preview', { channel, ...LONG });
  await ana.click('Request approval', { channel });
  await cleo.click('Approve', { channel });
  await ana.sees('It did not recover', { channel, ...LONG });

  expect(azure.slot('staging').prepared).toBeUndefined();
  expect(azure.swapsApplied).toBe(0);
  expect(azure.mutations).toMatchObject({ 'POST applySlotConfig': 1, 'POST resetSlotConfig': 1 });
});
