/** Components in an incident, with the real flows, planner and engine at work, and a clock that runs as fast as they do. */

import { expect } from 'vitest';
import type { Component } from '../../../src/component.ts';
import { stepsToAllow } from '../../../src/due-steps.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { createPlanner } from '../../../src/engine/planner.ts';
import { Refusal } from '../../../src/errors.ts';
import type { Actor, PlanWish } from '../../../src/events.ts';
import { declareRollback } from '../../../src/flows/declare-rollback.ts';
import { takeRole } from '../../../src/flows/take-role.ts';
import { lastRun, openProposal, proposalOf } from '../../../src/incident.ts';
import type { Flow } from '../../../src/loop.ts';
import type { Catalogue, Service } from '../../../src/service.ts';
import { openLoop } from '../../support/journal.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

const ID = 'INC-0001';
export const ANA: Actor = { kind: 'person', id: 'U0ANA' };
export const BEN: Actor = { kind: 'person', id: 'U0BEN' };
export const CLEO: Actor = { kind: 'person', id: 'U0CLEO' };
const PATIENCE_MS = 100_000;
/** The clock moves on by so much at a time. */
const STRIDE_MS = 500;

export const APPROVAL = {
  count: 1,
  from: ['U0BEN'],
  requesterMayApprove: false,
  validFor: 3_600_000,
  breakGlass: ['U0BEN'],
};
export const SERVICE: Service = {
  id: 'checkout',
  name: 'Checkout',
  responders: [],
  contacts: [],
  environments: {
    production: {
      id: 'production',
      verification: { passes: 1, every: 10, limit: 1_000 },
      monitor: { windows: [] },
      approval: APPROVAL,
    },
  },
};
export const only = (component: string): PlanWish => ({
  kind: 'rollback',
  only: true,
  restore: [{ component }],
});

/**
 * Ana has asked for the rollback, Ben is in command, and the plan is there.
 * @param make the components as one process of Backstop has them.
 * @param paceMs how long one stride of the clock takes: more where real tools have to keep up with it.
 */
export async function aRollback(make: () => readonly Component[], wish: PlanWish, paceMs = 1) {
  let components = make();
  const catalogue: Catalogue = {
    services: () => [SERVICE],
    service: (id) => (id === SERVICE.id ? SERVICE : undefined),
    systems: async () => ({ components, probes: [] }),
    places: async () => [],
  };
  const { loop } = openLoop();
  const clock = createVirtualClock(Date.now());
  const planner = createPlanner(catalogue, () => loop.incidents());
  const failures: unknown[] = [];
  const start = () => {
    const engine = createEngine({
      loop,
      catalogue,
      planner,
      clock,
      quickFixLimit: 1_000,
      onError: (error) => failures.push(error),
    });
    engine.start();
    return engine;
  };
  let engine = start();
  const incident = () => {
    const found = loop.incident(ID);
    if (!found) throw new Error('There is no incident.');
    return found;
  };
  const waiting = () => {
    const run = lastRun(incident());
    return run ? stepsToAllow(run, proposalOf(incident(), run.plan)?.plan.steps ?? []) : [];
  };
  /** Lets time pass until it holds. */
  const until = async (holds: () => boolean): Promise<void> => {
    const end = Date.now() + PATIENCE_MS;
    while (!holds()) {
      if (Date.now() > end)
        throw new Error(`It does not come to that: ${JSON.stringify(lastRun(incident()))}`);
      clock.advance(STRIDE_MS);
      await new Promise((resolve) => setTimeout(resolve, paceMs));
    }
  };
  const isStill = () => {
    const run = lastRun(incident());
    const isAtRest =
      !run || run.status === 'finished' || run.status === 'halted' || waiting().length > 0;
    return isAtRest && !incident().planWanted;
  };
  /** Lets time pass until nothing happens by itself any more. */
  const settle = () => until(isStill);
  /** @returns whether it was not refused. */
  const decide = async (actor: Actor, flow: Flow): Promise<boolean> => {
    try {
      await loop.decide(ID, actor, flow);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return false;
    }
    return true;
  };
  await loop.declare(ANA, declareRollback(SERVICE, 'production', wish));
  await settle();
  await decide(BEN, takeRole('commander'));
  return {
    incident,
    waiting,
    clock,
    until,
    settle,
    /** Decides, whether that is refused or not, and lets time pass until nothing happens by itself any more. */
    async decide(actor: Actor, flow: Flow): Promise<boolean> {
      const isTaken = await decide(actor, flow);
      await settle();
      return isTaken;
    },
    /** The same, without waiting for anything. */
    decideAtOnce: decide,
    plan: () => openProposal(incident())?.plan.id ?? 'none',
    run: () => lastRun(incident())?.id ?? 'none',
    /** Another process takes over from this one, which knows nothing but the journal. */
    async restart(): Promise<void> {
      await engine.stop();
      components = make();
      engine = start();
    },
    components: () => components,
    async close() {
      await engine.stop();
      expect(failures).toEqual([]);
    },
  };
}
