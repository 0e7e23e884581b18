/** A rollback in a world of strings, with the real engine at work on it. */

import { expect, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { createPlanner } from '../../src/engine/planner.ts';
import type { Actor, PlanWish, Recorded } from '../../src/events.ts';
import { approve, requestApproval } from '../../src/flows/approve.ts';
import { declareRollback } from '../../src/flows/declare-rollback.ts';
import { takeRole } from '../../src/flows/take-role.ts';
import { type Incident } from '../../src/incident.ts';
import type { Flow } from '../../src/loop.ts';
import type { Catalogue } from '../../src/service.ts';
import { timelineOf } from '../../src/timeline/timeline.ts';
import { openLoop } from '../support/journal.ts';
import { aWorld, type Part } from './a-system.ts';

export const ANA: Actor = { kind: 'person', id: 'U0ANA' };
export const BEN: Actor = { kind: 'person', id: 'U0BEN' };
const ID = 'INC-0001';
/** Real systems take their time, and so does a machine that is busy. */
const PATIENCE_MS = 20_000;

/** A rollback of the parts, planned by the real engine; Ben commands. */
export async function planned(parts: readonly Part[], held: readonly string[] = []) {
  const world = aWorld(parts, held);
  return { world, ...(await plannedIn(world.catalogue)) };
}

/** The same for what Ana wishes, in any world that has checkout production. */
export async function plannedIn(catalogue: Catalogue, wish: PlanWish = { kind: 'rollback' }) {
  const { loop, journal } = openLoop();
  const planner = createPlanner(catalogue, () => loop.incidents());
  const failures: unknown[] = [];
  const engine = createEngine({
    loop,
    catalogue,
    planner,
    clock: systemClock,
    quickFixLimit: 1_000,
    onError: (error) => failures.push(error),
  });
  engine.start();
  onTestFinished(async () => {
    await engine.stop();
    expect(failures).toEqual([]);
  });
  const service = catalogue.service('checkout');
  const policy = service?.environments['production']?.approval;
  if (!service || !policy) throw new Error('There is no checkout production');
  await loop.declare(ANA, declareRollback(service, 'production', wish));
  const until = (holds: (incident: Incident) => boolean): Promise<Incident> =>
    vi.waitFor(
      () => {
        const incident = loop.incident(ID);
        if (!incident || !holds(incident)) throw new Error('not yet');
        return incident;
      },
      { timeout: PATIENCE_MS },
    );
  const decide = (actor: Actor, flow: Flow) => loop.decide(ID, actor, flow);
  await until(({ proposals }) => proposals.length === 1);
  await decide(BEN, takeRole('commander'));
  const timeline = (): readonly string[] =>
    timelineOf(
      journal.entriesOf(`incident/${ID}`) as unknown as readonly Recorded[],
      (id) => id,
    ).map(({ what }) => what);
  return { until, decide, policy, timeline };
}

/** The same, asked for by Ana and approved by Ben, so that it has begun. */
export async function running(parts: readonly Part[], held: readonly string[] = []) {
  const { decide, policy, ...rest } = await planned(parts, held);
  await decide(ANA, requestApproval('INC-0001-P1', policy));
  await decide(BEN, approve('INC-0001-P1', policy, 'yes'));
  return { ...rest, decide };
}
