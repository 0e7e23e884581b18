/** A team's own words for severities and statuses, wherever people read them; the ids stay in the journal. */

import { expect, it } from 'vitest';
import { aBot } from '../support/a-bot.ts';
import { declared, refused, settled } from './watch.ts';

const WORDS = `
  severities: { sev1: { label: P1, meaning: Everything is down }, sev2: { label: Major hit } }
  statuses: { identified: { label: Fixing } }
`;

it('shows the team’s own words on card, topic, list, forms, home tab and exports', async (test) => {
  const bot = await aBot(test, {
    config: (text) => text.replace('incidents:\n', `incidents:${WORDS}`),
  });
  const { ana } = bot.stage.people;
  const channel = await declared(bot);
  await ana.command(channel, '/incident command');
  await refused(
    bot,
    ana,
    () => ana.command(channel, '/incident severity huge all of it'),
    /Choose one of these: P1, Major hit, SEV3, SEV4/,
  );
  await refused(
    bot,
    ana,
    () => ana.command(channel, '/incident status parked nobody looks'),
    /Choose one of these: investigating, fixing, monitoring/,
  );
  await ana.command(channel, '/incident severity major hit many see it');
  await ana.sees('Major hit', { channel });
  await ana.command(channel, '/incident status Fixing the tax service gives no answer');
  await ana.sees('Fixing', { channel });
  await ana.click('Change severity…', { channel });
  await ana.seesModal('Change the severity');
  expect(ana.modal()?.text).toContain('Major hit ▾');
  await ana.closeModal();
  ana.openHome();
  await ana.seesHome('Fixing');
  await ana.command('incidents', '/incident list');
  await ana.sees('Major hit', { channel: 'incidents' });
  await ana.command(channel, '/incident resolve it was put back');
  await ana.command(channel, '/postmortem');
  await ana.sees('Post-mortem of INC-0001', { channel });
  await settled(bot);

  const record = [...bot.stage.workspace.state.channels.values()].find(
    ({ name }) => name === channel,
  );
  expect(record?.topic).toContain('Major hit | resolved');
  expect(bot.incident()).toMatchObject({ severity: { is: 'sev2' } });
  const files = [...bot.stage.workspace.state.files.values()];
  const textOf = (end: string) =>
    String(files.find(({ filename }) => filename.endsWith(end))?.content);
  expect(textOf('.md')).toContain('Changed the status to fixing');
  expect(textOf('.html')).toContain('Major hit');
  expect(textOf('.json')).toContain('sev2');
  expect(bot.logged).toEqual([]);
});
