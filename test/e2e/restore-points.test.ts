/** What there is to go back to, for whoever asks at 3 a.m.: each restore point with its age, and why one cannot be put back. */

import { expect, it } from 'vitest';
import { aBot } from '../support/a-bot.ts';
import { PATIENT } from '../support/patient.ts';
import { declared, refused, settled } from './watch.ts';

const HOUR_MS = 3_600_000;
const LONG = { timeoutMs: 60_000 };

it(
  'lists the restore points of an environment, and records and changes nothing',
  PATIENT,
  async (test) => {
    const bot = await aBot(test, { settings: { content: {} } });
    const { stage } = bot;
    const { ana, ben } = stage.people;
    const { contentful } = stage.cloud;
    const by = contentful.viewer.id;
    const at = stage.clock.now() - 5 * HOUR_MS;
    contentful.space().addEnvironment('backstop-2-4-0', { from: 'release-1', at, by });
    const channel = await declared(bot);
    const before = bot.recorded().length;

    await ana.command(channel, '/rollback points');
    const { text } = await ana.sees('Restore points of checkout production', { channel, ...LONG });
    expect(text).toMatch(/backstop-2-4-0.*5 h.* old/);
    expect(text).toMatch(/backstop-2-3-1.*30 d.* old/);
    expect(text.indexOf('backstop-2-4-0')).toBeLessThan(text.indexOf('backstop-2-3-1'));
    expect(text).toContain('/rollback only content=…');

    // Somebody who is in no incident types what they know.
    await ben.command('incidents', '/rollback backups checkout');
    await ben.sees('backstop-2-3-1', { channel: 'incidents', ...LONG });

    stage.cloud.faults.contentful.add({
      on: 'GET environments',
      fault: { kind: 'status', status: 403 },
      times: Number.POSITIVE_INFINITY,
    });
    await ana.command('incidents', '/rollback points checkout production');
    await ana.sees(/Contentful could not/, { channel: 'incidents', ...LONG });
    await settled(bot);
    expect(bot.recorded()).toHaveLength(before);
    expect(stage.cloud.exchanges.filter(({ mutating }) => mutating)).toEqual([]);
  },
);

it('says where there are none, and what is not known', PATIENT, async (test) => {
  const bot = await aBot(test);
  const { ana } = bot.stage.people;
  await ana.command('incidents', '/rollback points checkout production');
  await ana.sees('Nothing in checkout production has restore points', { channel: 'incidents' });
  for (const line of [
    '/rollback points',
    '/rollback points nowhere',
    '/rollback points checkout moon',
  ]) {
    await refused(bot, ana, () => ana.command('incidents', line), /These are known/);
  }
});
