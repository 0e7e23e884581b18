/** What is looked at before anything of a run is touched, and what becomes of a plan to take one back. */

import { expect, it } from 'vitest';
import { approve, requestApproval } from '../../src/flows/approve.ts';
import { askForUndo } from '../../src/flows/propose-plan.ts';
import { doneByHand, retryStep, undoRun } from '../../src/flows/run-steps.ts';
import { type Incident, lastRun } from '../../src/incident.ts';
import { ANA, BEN, planned } from './a-rollback.ts';
import type { Part } from './a-system.ts';

const RUN = 'INC-0001-R1';
const web = (more: Partial<Part> = {}): Part => ({ id: 'web', runs: '3', older: ['2'], ...more });
const worker = (more: Partial<Part> = {}): Part => ({
  id: 'worker',
  runs: '3',
  older: ['2'],
  ...more,
});
const isOver = (incident: Incident) => lastRun(incident)?.status === 'finished';
const hasHalted = (incident: Incident) => lastRun(incident)?.status === 'halted';
const newest = ({ proposals }: Incident) => proposals.at(-1)?.plan;

it('touches nothing where a component has changed whose turn comes later, and asks anew with the difference', async () => {
  const late = worker();
  const { world, until, decide, policy } = await planned([web(), late], ['jobs']);
  await decide(ANA, requestApproval('INC-0001-P1', policy));
  late.runs = '4';

  await decide(BEN, approve('INC-0001-P1', policy, 'yes'));
  const incident = await until(({ proposals }) => proposals.length === 2);

  expect(world.sent).toEqual([]);
  expect(incident.runs).toMatchObject([{ status: 'finished', outcome: 'cancelled' }]);
  expect(incident.proposals.map(({ state }) => state)).toEqual(['stale', 'shown']);
  expect(newest(incident)?.notes).toEqual(
    expect.arrayContaining([
      'Since the plan was made, worker has changed: found worker on 4.',
      'Different now: worker is at 4, was 3',
    ]),
  );
});

it('touches nothing while a component cannot be looked at, and asks a person once for all of them', async () => {
  const parts = [web(), worker()];
  const { world, until, decide, policy } = await planned(parts, ['jobs']);
  await decide(ANA, requestApproval('INC-0001-P1', policy));
  for (const part of parts) part.hidden = true;

  await decide(BEN, approve('INC-0001-P1', policy, 'yes'));
  const halted = await until(hasHalted);

  expect(world.sent).toEqual([]);
  const steps = Object.values(lastRun(halted)?.steps ?? {});
  expect(steps.filter(({ status }) => status === 'failed').map(({ id }) => id)).toEqual(['web']);
  for (const part of parts) part.hidden = false;
  await decide(BEN, retryStep(RUN, 'web'));
  await until((incident) => lastRun(incident)?.status === 'finished');
  expect(world.sent).toEqual(['jobs held', 'web to 2', 'worker to 2', 'jobs free']);
});

it('counts what a person did for it as done: what has changed by then halts the run, and it is not ended with something held', async () => {
  const [part, late] = [web(), worker()];
  const { world, until, decide, policy } = await planned([part, late]);
  await decide(ANA, requestApproval('INC-0001-P1', policy));
  part.hidden = true;
  await decide(BEN, approve('INC-0001-P1', policy, 'yes'));
  await until(hasHalted);
  late.runs = '4';

  await decide(BEN, doneByHand(RUN, 'web', 'Swapped it in the portal.'));
  const incident = await until((now) => lastRun(now)?.halt?.step === 'worker');

  expect(lastRun(incident)).toMatchObject({ status: 'halted' });
  expect(incident.proposals.map(({ state }) => state)).toEqual(['approved']);
  expect(world.sent).toEqual([]);
});

it('plans anew what takes a run back, when somebody else was faster', async () => {
  const part = web();
  const { world, until, decide, policy } = await done([part]);
  await decide(BEN, askForUndo(RUN, 'It is worse.'));
  await until((incident) => newest(incident)?.kind === 'undo');
  await decide(ANA, requestApproval('INC-0001-P2', policy));
  part.runs = '4';

  await decide(BEN, approve('INC-0001-P2', policy, 'yes'));
  const incident = await until(({ proposals }) => proposals.length === 3);

  expect(newest(incident)).toMatchObject({ kind: 'undo' });
  expect(newest(incident)?.notes?.[0]).toBe(
    'Since the plan was made, web has changed: found web on 4.',
  );
  expect(incident.proposals.at(-1)?.state).toBe('shown');
  expect(world.sent).toEqual(['web to 2']);
});

it('takes back also what people did by hand on behalf of the run', async () => {
  const part = web({ refuses: true });
  const { world, until, decide, policy } = await begun([part]);
  await until(hasHalted);
  part.runs = '2';
  part.refuses = false;
  await decide(BEN, doneByHand(RUN, 'web', 'Swapped it in the portal.'));
  await until(isOver);

  await decide(BEN, askForUndo(RUN, 'It is worse.'));
  await until((incident) => newest(incident)?.kind === 'undo');
  await decide(ANA, requestApproval('INC-0001-P2', policy));
  await decide(BEN, approve('INC-0001-P2', policy, 'yes'));
  await until((incident) => lastRun(incident)?.id !== RUN && isOver(incident));

  expect(world.sent).toEqual(['web to 2', 'web to 3']);
});

it('plans what takes a run back once that has ended, so that what was still at work is in it', async () => {
  let answer = (): void => undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const slow = worker({ until: () => answered });
  const api: Part = { id: 'api', runs: '3', older: ['2'] };
  const { until, decide } = await begun([web({ refuses: true }), slow, api], ['jobs']);
  await until((now) => hasHalted(now) && lastRun(now)?.steps['api']?.status === 'succeeded');

  const { incident } = await decide(BEN, undoRun(RUN, 'It is worse.'));

  expect(incident.runs[0]).toMatchObject({ status: 'running', cancelling: expect.any(String) });
  answer();
  const after = await until(({ planWanted }) => planWanted === undefined);
  expect(after.planRefused).toBeUndefined();
  expect(newest(after)?.steps.map(({ id, call }) => [id, call.input])).toEqual([
    ['api', { to: '3', from: '2' }],
    ['worker', { to: '3', from: '2' }],
  ]);
});

it('has nothing to take back where it only held what it releases by itself', async () => {
  const { until, decide } = await begun([web({ refuses: true })], ['jobs']);
  await until(hasHalted);

  await expect(decide(BEN, undoRun(RUN, 'It is worse.'))).rejects.toThrow(
    `${RUN} has done nothing yet that could be taken back. Cancel it instead.`,
  );
});

it('expects of every plan what past runs of its steps took', async () => {
  const { until, decide } = await done([web()]);

  await decide(BEN, askForUndo(RUN, 'It is worse.'));
  const incident = await until((now) => newest(now)?.kind === 'undo');

  const { startedAt = 0, endedAt = 0 } = incident.runs[0]?.steps['web'] ?? {};
  expect(incident.proposals[0]?.plan.steps[0]?.usualMs).toBe(1_000);
  expect(newest(incident)?.steps[0]?.usualMs).toBe(endedAt - startedAt);
});

/** A run that Ana asked for and Ben approved. */
async function begun(parts: readonly Part[], held: readonly string[] = []) {
  const rollback = await planned(parts, held);
  const { decide, policy } = rollback;
  await decide(ANA, requestApproval('INC-0001-P1', policy));
  await decide(BEN, approve('INC-0001-P1', policy, 'yes'));
  return rollback;
}

/** The same, at its end. */
async function done(parts: readonly Part[]) {
  const rollback = await begun(parts);
  await rollback.until(isOver);
  return rollback;
}
