import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import { activeRun } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { hashPlan, type PlanContent } from '../plan.ts';
import { requireOpen } from './guards.ts';

/** Puts a plan before the responders. A plan with the same hash as the one already shown is not shown twice. */
export function proposePlan(content: PlanContent): Flow {
  return (incident, { now }): readonly Event[] => {
    requireOpen(incident);
    const run = activeRun(incident);
    if (run) {
      throw new Refusal('not-possible', `${run.id} is at work here; wait for it to end or cancel it.`);
    }
    const hash = hashPlan(content);
    const shown = incident.proposals.at(-1);
    if (shown?.plan.hash === hash && (shown.state === 'shown' || shown.state === 'requested')) {
      return [];
    }
    const id = `${incident.id}-P${incident.proposals.length + 1}`;
    return [{ type: 'plan.proposed', data: { plan: { ...content, id, hash, madeAt: now } } }];
  };
}

/** Records that no plan could be made, and why; it shows on the card. */
export function refusePlan(reason: string): Flow {
  return (): readonly Event[] => [{ type: 'plan.refused', data: { reason } }];
}
