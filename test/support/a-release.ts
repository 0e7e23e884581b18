/** Builders of releases, told to a real loop: what people said and what the engine recorded, decision by decision. */

import type { Actor, Event } from '../../src/events.ts';
import { prepareRelease, type ReleaseWish, startRelease } from '../../src/flows/release.ts';
import { recordPoint } from '../../src/flows/release-life.ts';
import type { Flow } from '../../src/loop.ts';
import type { PlanContent } from '../../src/plan.ts';
import type { ReleasePart, ReleasePoint } from '../../src/release.ts';
import { isRelease, type ReleaseCase } from '../../src/release-state.ts';
import { aPlan, stepsOf } from './a-plan.ts';
import { BACKSTOP, CLEO, MINUTE, START } from './an-incident.ts';
import { CHECKOUT } from './asking.ts';
import { openLoop, type TestClock } from './journal.ts';

export const SETTLE = 48 * 60 * MINUTE;

export const WISH: ReleaseWish = {
  service: CHECKOUT,
  environment: 'production',
  version: '2.4.0',
  plannedAt: START + 30 * MINUTE,
  takes: '15 min',
  impact: 'None',
  changes: 'Cart totals',
};

export const POINT: ReleasePoint = {
  pins: [{ component: 'web', title: 'web app', version: { id: 'c1', label: '2.3.1' } }],
  points: [
    { component: 'content', title: 'content', point: { id: 'p1', label: 'p', capturedAt: START } },
  ],
  notCovered: [],
};

export interface ReleaseTale {
  readonly clock: TestClock;
  release(): ReleaseCase;
  /** Decides for somebody, and returns the types of what was decided. */
  put(by: Actor, flow: Flow): Promise<readonly Event[]>;
  /** A plan of the part is shown. */
  show(part: ReleasePart, changes?: Partial<PlanContent>): Promise<string>;
  /** The newest run has ended with every step done. */
  finish(outcome?: 'done' | 'recovered' | 'not-recovered'): Promise<void>;
  /** Another release is prepared. */
  another(wish?: Partial<ReleaseWish>): Promise<ReleaseCase>;
}

/** Cleo has prepared a release. */
export async function aRelease(wish: Partial<ReleaseWish> = {}): Promise<ReleaseTale> {
  const { loop, clock } = openLoop();
  const another = async (other: Partial<ReleaseWish> = {}): Promise<ReleaseCase> => {
    const flow = prepareRelease({ ...WISH, ...other });
    return asRelease((await loop.declare(CLEO, flow, undefined, 'REL')).incident);
  };
  const { id } = await another(wish);
  const release = (): ReleaseCase => asRelease(loop.incident(id));
  const put = async (by: Actor, flow: Flow): Promise<readonly Event[]> =>
    (await loop.decide(id, by, flow)).events;
  return {
    clock,
    release,
    put,
    another,
    async show(part, changes = {}) {
      const plan = `${id}-P${release().proposals.length + 1}`;
      const content = { ...aPlan({ kind: 'release' }), part, ...changes, id: plan };
      await put(BACKSTOP, () => [{ type: 'plan.proposed', data: { plan: content } }]);
      return plan;
    },
    async finish(outcome = 'done') {
      const run = release().runs.at(-1);
      if (!run) throw new Error('No run was started');
      const steps = Object.keys(run.steps).map(
        (step): Event => ({ type: 'step.succeeded', data: { run: run.id, step, how: 'applied' } }),
      );
      const ended: Event = { type: 'run.finished', data: { run: run.id, outcome, reason: 'r' } };
      clock.pass(MINUTE);
      await put(BACKSTOP, () => [...steps, ended]);
    },
  };
}

/** Its restore point is captured, with something held. */
export async function prepared(wish: Partial<ReleaseWish> = {}): Promise<ReleaseTale> {
  const tale = await aRelease(wish);
  const [step] = stepsOf({ id: 'jobs.hold' });
  await tale.put(CLEO, startRelease(await tale.show('prepare', { steps: step ? [step] : [] })));
  await tale.finish();
  await tale.put(BACKSTOP, recordPoint(POINT));
  return tale;
}

function asRelease(incident: Parameters<typeof isRelease>[0] | undefined): ReleaseCase {
  if (!incident || !isRelease(incident)) throw new Error('It is no release.');
  return incident;
}
