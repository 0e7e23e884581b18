import { expect, it } from 'vitest';
import { approve, requestApproval } from '../../src/flows/approve.ts';
import { askForPlan } from '../../src/flows/propose-plan.ts';
import { activeRun, lastRun, openProposal } from '../../src/incident.ts';
import { APPROVERS, createModelWorld, MINUTE, type ModelWorld } from './model-world.ts';

/** Everything people do for a rollback, as far as it is not done yet. */
async function decideAgain(world: ModelWorld): Promise<void> {
  const incident = () => world.incidents()[0];
  const deliver = `again ${world.clock.now()}`;
  const waiting = incident();
  if (!waiting || activeRun(waiting) || lastRun(waiting)) return;
  if (!openProposal(waiting) && !waiting.planWanted) {
    await world.decide(0, 'U0DEE', askForPlan({ kind: 'rollback' }), `${deliver} plan`);
  }
  await world.pass(1_000);
  const current = incident();
  const plan = (current && openProposal(current)?.plan.id) ?? '';
  await world.decide(0, 'U0DEE', requestApproval(plan, world.policy.approval), `${deliver} ask`);
  for (const who of APPROVERS) {
    const flow = approve(plan, world.policy.approval, 'yes');
    await world.decide(0, who, flow, `${deliver} ${who}`);
  }
}

it('does nothing a second time when any older backup of its journal is put back', async () => {
  const reference = await createModelWorld('observable', 0);
  await decideAgain(reference);
  await reference.pass(30 * MINUTE);
  const length = reference.journal.head().seq;
  const first = [...reference.journal.after(0)].findIndex(({ type }) => type === 'plan.proposed');
  expect(reference.systems.map((system) => system.applied())).toEqual([1, 1]);

  for (let entries = first + 1; entries < length; entries += 1) {
    const world = await createModelWorld('observable', 0);
    await decideAgain(world);
    await world.pass(30 * MINUTE);

    await world.restore(entries);
    await decideAgain(world);
    await world.pass(60 * MINUTE);

    expect(
      world.systems.map((system) => system.applied()),
      `after ${entries}`,
    ).toEqual([1, 1]);
    expect(world.systems.map((system) => system.state())).toEqual(['new', 'new']);
    const [incident] = world.incidents();
    const run = incident && lastRun(incident);
    // An approval that had been given counts, and nobody asks for it again; one that had not runs out.
    if (run) expect(run.outcome, `after ${entries}`).toBe('recovered');
    else expect(incident?.proposals.map(({ state }) => state)).toEqual(['expired']);
    expect(world.errors).toEqual([]);
  }
});
