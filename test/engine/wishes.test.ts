import { describe, expect, it } from 'vitest';
import type { PlanWish } from '../../src/events.ts';
import { declareIncident } from '../../src/flows/declare.ts';
import { answerWish, proposePlan } from '../../src/flows/propose-plan.ts';
import { quickFixDeployed, startQuickFix } from '../../src/flows/quick-fix.ts';
import { overrideResponse } from '../../src/flows/respond.ts';
import { takeRole } from '../../src/flows/take-role.ts';
import type { Incident } from '../../src/incident.ts';
import { type PlanContent, verifyOnly } from '../../src/plan.ts';
import { aPlan } from '../support/a-plan.ts';
import { ANA, BACKSTOP, MINUTE } from '../support/an-incident.ts';
import { openLoop } from '../support/journal.ts';

const SERVICE = {
  id: 'checkout',
  name: 'Checkout',
  responders: [],
  contacts: [],
  environments: { production: {} as never },
};
const { id: _id, hash: _hash, madeAt: _madeAt, ...content } = aPlan();
const PLAN: PlanContent = content;

/** Two incidents about the same environment. */
async function twoIncidents() {
  const { loop, clock } = openLoop();
  for (const title of ['slow', 'failing']) {
    const declaration = { title, summary: '', service: SERVICE, environment: 'production' };
    const { incident } = await loop.declare(ANA, declareIncident(declaration));
    await loop.decide(incident.id, ANA, takeRole('commander'));
  }
  const want = (id: string, wish: PlanWish) =>
    loop.decide(id, BACKSTOP, () => [{ type: 'plan.wanted', data: wish }]);
  return { loop, clock, want };
}

const APPROVED: PlanWish = { kind: 'undo', run: 'INC-0001-R1', approved: true };

describe('a plan that follows from an approved one', () => {
  it('starts at once while the environment is free', async () => {
    const { loop, want } = await twoIncidents();
    await want('INC-0001', APPROVED);

    const { incident } = await loop.decide('INC-0001', BACKSTOP, proposePlan(PLAN));

    expect(incident.runs).toHaveLength(1);
  });

  it('waits for people while a run of another incident holds the environment', async () => {
    const { loop, want } = await twoIncidents();
    await want('INC-0002', APPROVED);
    await loop.decide('INC-0002', BACKSTOP, proposePlan(PLAN));
    await want('INC-0001', APPROVED);

    const { incident } = await loop.decide('INC-0001', BACKSTOP, proposePlan(PLAN));

    expect(incident.runs).toEqual([]);
    expect(incident.proposals.map(({ state }) => state)).toEqual(['shown']);
  });
});

describe('a plan that was long in the making', () => {
  it('is not taken for the answer to a newer wish, which may be approved already', async () => {
    const { loop, clock, want } = await twoIncidents();
    const { incident } = await want('INC-0001', { kind: 'rollback' });
    const wish = incident.planWanted as NonNullable<Incident['planWanted']>;
    clock.pass(1);
    await want('INC-0001', APPROVED);

    const late = await loop.decide('INC-0001', BACKSTOP, answerWish(wish, proposePlan(PLAN)));

    expect(late.events).toEqual([]);
    expect(late.incident.planWanted).toMatchObject(APPROVED);
  });

  it('answers the wish that still stands', async () => {
    const { loop, clock, want } = await twoIncidents();
    const { incident } = await want('INC-0001', { kind: 'rollback' });
    const wish = incident.planWanted as NonNullable<Incident['planWanted']>;
    clock.pass(MINUTE);

    const made = await loop.decide('INC-0001', BACKSTOP, answerWish(wish, proposePlan(PLAN)));

    expect(made.events.map(({ type }) => type)).toEqual(['plan.proposed']);
  });
});

it('starts no quick fix while a run of another incident holds the environment', async () => {
  const { loop, want } = await twoIncidents();
  await want('INC-0002', APPROVED);
  await loop.decide('INC-0002', BACKSTOP, proposePlan(PLAN));
  await loop.decide('INC-0001', ANA, overrideResponse('quick-fix', 'It is a typo.'));

  const started = loop.decide('INC-0001', BACKSTOP, startQuickFix(PLAN, 'hotfix/inc-0001', MINUTE));

  await expect(started).rejects.toThrow(/INC-0002-R1 of INC-0002 has been at work/);
  const verify = quickFixDeployed(verifyOnly('checkout', 'production'));
  await expect(loop.decide('INC-0001', ANA, verify)).rejects.toThrow(/no quick fix/);
});
