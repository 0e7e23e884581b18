/** What a run holds is let go of when the run is cancelled, also where holding it came only half-way. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { approve, requestApproval } from '../../src/flows/approve.ts';
import { cancelRun, skipStep } from '../../src/flows/run-steps.ts';
import { lastRun } from '../../src/incident.ts';
import {
  type ContentfulBench,
  EDITOR_POLICIES,
  openContentfulBench,
  PLAYS,
} from '../integrations/contentful-bench.ts';
import { ANA, BEN, plannedIn } from './a-rollback.ts';
import { aWorld } from './a-system.ts';

let bench: ContentfulBench;
beforeEach(async () => {
  bench = await openContentfulBench({
    ...PLAYS.repoint,
    settings: { editorRoles: ['editors', 'translators'] },
  });
});
afterEach(() => bench.close());

/** Content goes back; of two roles that are paused first, Contentful refuses the second. */
async function halted() {
  const { catalogue, component } = aWorld([{ id: 'web', runs: '3', older: ['2'], refuses: true }]);
  const components = [bench.component, component('web')];
  const started = await plannedIn(
    { ...catalogue, systems: async () => ({ components, probes: [] }) },
    { kind: 'rollback', restore: [{ component: 'content' }] },
  );
  const body = { sys: { type: 'Error', id: 'AccessDenied' }, message: 'Forbidden' };
  bench.faults.add({ on: 'PUT role', fault: { kind: 'status', status: 403, body }, skip: 1 });
  await started.decide(ANA, requestApproval('INC-0001-P1', started.policy));
  await started.decide(BEN, approve('INC-0001-P1', started.policy, 'yes'));
  const run = lastRun(await started.until((incident) => lastRun(incident)?.status === 'halted'));
  expect(run?.halt).toMatchObject({
    step: 'content.hold',
    reason: expect.stringMatching(/1 of 2 roles are done; Forbidden.*What is done stays done/),
  });
  expect(bench.space.role('editors').description).toContain('paused by Backstop');
  return started;
}

test('a pause of two roles that was refused for the second is given back to the first', async () => {
  const { decide, until } = await halted();

  await decide(BEN, cancelRun('INC-0001-R1', 'We leave content as it is.'));
  const over = lastRun(await until((incident) => lastRun(incident)?.status === 'finished'));

  expect(over?.outcome).toBe('cancelled');
  expect(over?.steps['content.release']).toMatchObject({ status: 'succeeded', how: 'applied' });
  expect(bench.space.role('editors')).toMatchObject({
    description: '',
    policies: EDITOR_POLICIES,
  });
  expect(bench.space.live).toBe('release-2');
});

test('so it is where somebody went on without it before, and cancelled then', async () => {
  const { decide, until } = await halted();
  await decide(BEN, skipStep('INC-0001-R1', 'content.hold', 'The editors are told.'));
  await until((incident) => lastRun(incident)?.halt?.step === 'web');

  await decide(BEN, cancelRun('INC-0001-R1', 'We do the web by hand.'));
  await until((incident) => lastRun(incident)?.status === 'finished');

  expect(bench.space.role('editors').policies).toEqual(EDITOR_POLICIES);
  expect(bench.space.live).toBe('backstop-2-3-1');
});
