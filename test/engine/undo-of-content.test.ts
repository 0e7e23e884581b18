/** What readers see now is kept before the alias goes back, also where Backstop itself takes its own rollback back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { approve, requestApproval } from '../../src/flows/approve.ts';
import { undoRun } from '../../src/flows/run-steps.ts';
import { type Incident, lastRun, openProposal } from '../../src/incident.ts';
import {
  type ContentfulBench,
  openContentfulBench,
  PLAYS,
} from '../integrations/contentful-bench.ts';
import { ANA, BEN, plannedIn } from './a-rollback.ts';
import { aWorld } from './a-system.ts';

let bench: ContentfulBench;
beforeEach(async () => {
  bench = await openContentfulBench(PLAYS.repoint);
});
afterEach(() => bench.close());

const PAGE = { title: { 'en-US': 'Sorry, we are back' } };

/** Content has gone back to the clone, and the code could not: Ben has to decide. */
async function halted() {
  const { catalogue, component } = aWorld([{ id: 'web', runs: '3', older: ['2'], refuses: true }]);
  const components = [bench.component, component('web')];
  const started = await plannedIn(
    { ...catalogue, systems: async () => ({ components, probes: [] }) },
    { kind: 'rollback', restore: [{ component: 'content' }] },
  );
  const carryOut = async (plan: string) => {
    await started.decide(ANA, requestApproval(plan, started.policy));
    await started.decide(BEN, approve(plan, started.policy, 'yes'));
  };
  await carryOut('INC-0001-P1');
  await started.until((incident) => lastRun(incident)?.status === 'halted');
  return { ...started, carryOut };
}
const exportsIn = (plan: ReturnType<typeof openProposal>) =>
  plan?.plan.steps.flatMap(({ call }) =>
    call.operation === 'export-entries' ? [(call.input as { file: string }).file] : [],
  ) ?? [];
/** The plan is there, and the run that it takes back has let go of what it held. */
const isToBeUndone = (incident: Incident) =>
  openProposal(incident)?.plan.kind === 'undo' && incident.runs[0]?.status === 'finished';
const undone = ({ runs }: Incident) => runs.at(1)?.status === 'finished';

test('what was published into the clone since is named in the plan that takes it back, exported first, and then hidden', async () => {
  const { decide, until, carryOut } = await halted();
  expect(bench.space.live).toBe('backstop-2-3-1');
  bench.pass(60_000);
  bench.space.write('ben', { id: 'home', fields: PAGE });
  bench.space.publish('ben', 'home');

  await decide(BEN, undoRun('INC-0001-R1', 'The page must come back.'));
  const plan = openProposal(await until(isToBeUndone));

  expect(plan?.plan.losses.join(' ')).toMatch(
    /"Sorry, we are back" \(home\): published .* by Ben Okoro/,
  );
  expect(plan?.plan.steps.map(({ call }) => call.operation)).toEqual([
    'export-entries',
    'repoint-alias',
    // Given back already when the run was called off.
    'resume-editors',
  ]);
  expect(plan?.plan.steps[1]?.after).toEqual([plan?.plan.steps[0]?.id]);
  expect(plan?.plan.notes).toEqual(['Why: The page must come back.']);

  await carryOut('INC-0001-P2');
  await until(undone);

  expect(bench.space.live).toBe('release-2');
  const [file = ''] = exportsIn(plan);
  const kept: unknown = JSON.parse(readFileSync(join(bench.exports, file), 'utf8'));
  expect(kept).toMatchObject({
    environment: 'backstop-2-3-1',
    entries: [{ sys: { id: 'home' }, fields: PAGE }],
  });
}, 60_000);

test('the alias stays where it is when what would be hidden could not be exported', async () => {
  const { decide, until, carryOut } = await halted();
  bench.pass(60_000);
  bench.space.write('ben', { id: 'home', fields: PAGE });
  await decide(BEN, undoRun('INC-0001-R1', 'The page must come back.'));
  await until(isToBeUndone);
  // Of the plan, which read the entries alone.
  const fault = { kind: 'status', status: 403, body: { sys: { id: 'AccessDenied' } } } as const;
  bench.faults.add({ on: 'GET assets', fault, times: Number.POSITIVE_INFINITY });

  await carryOut('INC-0001-P2');
  const halt = await until((incident) => lastRun(incident)?.status === 'halted');

  expect(lastRun(halt)?.id).toBe('INC-0001-R2');
  expect(lastRun(halt)?.halt?.reason).toMatch(/AccessDenied/);
  expect(bench.space.live).toBe('backstop-2-3-1');
}, 60_000);
