import { expect, it } from 'vitest';
import { approve, requestApproval } from '../../src/flows/approve.ts';
import { askForPlan } from '../../src/flows/propose-plan.ts';
import { cancelRun } from '../../src/flows/run-steps.ts';
import { activeRun, lastRun, openProposal } from '../../src/incident.ts';
import { brokenInvariants } from './invariants.ts';
import { APPROVERS, COMMANDER, createModelWorld, MINUTE } from './model-world.ts';

it.each(['lost-before', 'throttled', 'busy'] as const)(
  'sends nothing again of a run that was cancelled after its request was %s',
  async (fate) => {
    const world = await createModelWorld('observable', 0);
    const { approval } = world.policy;
    const plan = () => openProposal(world.incidents()[0] ?? none())?.plan.id ?? '';
    world.fate(0, fate);
    await world.decide(0, 'U0DEE', askForPlan({ kind: 'rollback' }), 'plan');
    await world.pass(100);
    await world.decide(0, 'U0DEE', requestApproval(plan(), approval), 'request');
    const approved = plan();
    for (const who of APPROVERS) {
      await world.decide(0, who, approve(approved, approval, 'yes'), `approve ${who}`);
    }
    await world.pass(500);
    const run = activeRun(world.incidents()[0] ?? none())?.id ?? '';

    await world.decide(0, COMMANDER, cancelRun(run, 'Enough.'), 'cancel');
    await world.pass(60 * MINUTE);

    expect(world.sent.map(({ step }) => step).sort()).toEqual(['web', 'worker']);
    const ended = lastRun(world.incidents()[0] ?? none());
    expect(ended).toMatchObject({ id: run, status: 'finished', outcome: 'cancelled' });
    expect(ended?.outcomeReason).toMatch(/Enough\. Carried out before: .*worker/);
    expect(brokenInvariants(world)).toEqual([]);
  },
);

function none(): never {
  throw new Error('There is no incident');
}
