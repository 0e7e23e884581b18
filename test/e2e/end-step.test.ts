/** A command of a cancelled run is ended from its card, over the real bot, also when that is started anew meanwhile. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { alive } from '../integrations/command/places.ts';
import { aBot } from '../support/a-bot.ts';
import { withDeafCommand } from '../support/a-deaf-command.ts';
import { aFolder } from '../support/journal.ts';
import { declared } from './watch.ts';

const LONG = { timeoutMs: 60_000 };
const until = (holds: () => boolean) => vi.waitUntil(holds, { timeout: 60_000, interval: 50 });

it('ends what ignores SIGTERM, and says that a person has to look', {
  timeout: 240_000,
}, async (test) => {
  const folder = aFolder();
  const mark = `mark-${folder}`;
  const first = `echo half of it; touch ${join(folder, 'up')}`;
  const bot = await aBot(test, { config: withDeafCommand(folder, mark, first) });
  const { ana, ben } = bot.stage.people;
  const channel = await declared(bot);
  await ben.click('Take command', { channel });
  await ana.command(channel, '/rollback do purge-cache');
  await ana.click('Request approval', { channel, ...LONG });
  await ben.click('Approve', { channel, ...LONG });
  await until(() => existsSync(join(folder, 'up')));

  await ben.click('Cancel…', { channel, ...LONG });
  await ben.fill('Why?', 'The wrong cache.');
  await ben.submit();
  await ben.sees('unless you end it now', { channel, ...LONG });
  await bot.restart();
  await ben.click('End Purge the cache…', { channel, ...LONG });
  await ben.seesModal('SIGTERM, and SIGKILL five seconds later');
  await ben.fill('Why can it not be left to end by itself?', 'It never will.');
  await ben.submit();

  await ben.sees('Nobody knows what became of', { channel, ...LONG });
  await until(() => alive(mark).length === 0);
  const types = bot.recorded().map(({ type }) => type);
  expect(types.filter((type) => type === 'step.ending')).toHaveLength(1);
  expect(types.filter((type) => type === 'step.submitted')).toHaveLength(1);
  expect(bot.incident().runs.at(-1)).toMatchObject({ status: 'finished', outcome: 'cancelled' });
});
