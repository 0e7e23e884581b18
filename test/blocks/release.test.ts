import { expect, it } from 'vitest';
import { conversation } from '../../src/blocks/conversation.ts';
import { callOffModal, releaseModal } from '../../src/blocks/release-modals.ts';
import { callOff, releaseIsOut, tickItem } from '../../src/flows/release.ts';
import { advanceRelease } from '../../src/flows/release-life.ts';
import { checkView } from '../../src/sandbox/workspace/block-rules/views.ts';
import { aRelease, prepared, type ReleaseTale, WISH } from '../support/a-release.ts';
import { ANA, BACKSTOP, CLEO } from '../support/an-incident.ts';
import { CHECKOUT } from '../support/asking.ts';

const messages = (tale: ReleaseTale) => conversation(tale.release(), CHECKOUT);

/** The words and buttons of a message. */
function words(tale: ReleaseTale, key: string): string {
  const found = messages(tale).find((message) => message.key === key);
  return JSON.stringify(found?.blocks ?? 'absent');
}

it('is announced in the form of guide 004', async () => {
  const tale = await aRelease();
  const announced = messages(tale).find(({ key }) => key === 'announcement');

  expect(announced?.where).toBe('announcements');
  for (const part of [
    /\*Deployment scheduled:\* REL-0001 checkout 2\.4\.0, <!date/,
    /\*Expected duration:\* 15 min/,
    /\*Expected impact:\* None/,
    /\*Changes included:\* Cart totals/,
    /\*Contact:\* <@U0CLEO>/,
  ]) {
    expect(words(tale, 'announcement')).toMatch(part);
  }
});

it('has a checklist that says who ticked what, and offers the rest until it is out', async () => {
  const tale = await prepared();
  await tale.put(ANA, tickItem('tests'));
  expect(words(tale, 'checklist')).toMatch(/1 of 7 ticked.*✓ All tests pass \(<@U0ANA>, <!date/);
  expect(words(tale, 'checklist')).toMatch(/tick-item\.review/);
  expect(words(tale, 'checklist')).not.toMatch(/tick-item\.tests/);
  await tale.put(CLEO, releaseIsOut());

  expect(words(tale, 'checklist')).toMatch(/6 open when it went out/);
  expect(words(tale, 'checklist')).not.toMatch(/tick-item/);
});

it('shows what the restore point covers, and what comes next', async () => {
  const tale = await aRelease();
  expect(words(tale, 'card')).not.toMatch(/Restore point\*|release-out/);
  const ready = await prepared();

  expect(words(ready, 'card')).toMatch(/✓ web app: version 2\.3\.1.*✓ content: p/);
  expect(words(ready, 'card')).toMatch(/release-out.*call-off/);
});

it('tells afterwards how it went, and follows it to its end', async () => {
  const tale = await prepared();
  await tale.put(CLEO, releaseIsOut());
  expect(words(tale, 'release-outcome')).toBe('"absent"');
  await tale.finish('not-recovered');
  expect(words(tale, 'release-outcome')).toMatch(/Deployment completed.*\*Status:\* Issues/);
  expect(words(tale, 'card')).toMatch(/Check again.*plan-rollback/);
  await tale.put(CLEO, releaseIsOut());
  await tale.finish('recovered');

  expect(words(tale, 'release-outcome')).toMatch(/\*Status:\* Success/);
});

it('asks editors to pause, and says when they may go on', async () => {
  const production = CHECKOUT.environments['production'];
  if (!production) throw new Error('No production.');
  const release = { settle: 1, contentGroup: 'S0EDIT' };
  const service = { ...CHECKOUT, environments: { production: { ...production, release } } };
  const tale = await prepared({ ...WISH, service });
  expect(words(tale, 'editors')).toMatch(/<!subteam\^S0EDIT>: \*please pause editing\*/);
  expect(words(tale, 'editors-free')).toBe('"absent"');
  await tale.put(CLEO, callOff('no'));
  await tale.put(BACKSTOP, advanceRelease());
  const plan = await tale.show('wind-down');
  const { hash } = tale.release().proposals.at(-1)?.plan ?? { hash: '' };
  const run = `REL-0001-R${tale.release().runs.length + 1}`;
  await tale.put(BACKSTOP, () => [{ type: 'run.started', data: { run, plan, hash } }]);
  await tale.finish();

  expect(words(tale, 'editors-free')).toMatch(/you can edit again/);
  expect(words(tale, 'editors')).toMatch(/Editing was paused/);
});

it('has forms that keep within what Slack takes, with the fields that its flow refuses by', async () => {
  const { environments } = CHECKOUT;
  const service = { ...CHECKOUT, name: '🦊'.repeat(500), environments };
  const form = releaseModal(service, 'v'.repeat(500), undefined, 'https://slack.test/response');
  const off = callOffModal((await aRelease()).release());

  expect(checkView(form, 'modal')).toEqual([]);
  expect(checkView(off, 'modal')).toEqual([]);
  const fields = form.blocks.flatMap((block) => (block.type === 'input' ? [block.block_id] : []));
  expect(fields).toEqual(['version', 'environment', 'when', 'takes', 'impact', 'changes']);
  expect(JSON.stringify(form)).toMatch(/"initial_option":\{[^}]*\}[^}]*"value":"production"/);
});
