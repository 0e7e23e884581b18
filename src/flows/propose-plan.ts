import { Refusal } from '../errors.ts';
import type { Event, PlanWish } from '../events.ts';
import { activeRun, type Incident, isOpen } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { hashPlan, type PlanContent } from '../plan.ts';
import { clockTime, holderOf, requireCommander, requireOpen, requireReason } from './guards.ts';

/** Asks for a plan; the engine reads the systems and proposes it. */
export function askForPlan(wish: PlanWish): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireOpen(incident);
    if (wish.reset) {
      requireCommander(incident, actor, 'rewrite shared history');
      requireReason(wish.reset.reason);
    }
    const run = activeRun(incident);
    if (run) {
      throw new Refusal(
        'not-possible',
        `${run.id} has been at work here since ${clockTime(run.startedAt)}. Wait for it to end, or cancel it.`,
      );
    }
    if (incident.planWanted) {
      throw new Refusal(
        'already-done',
        'A plan is being made already. Wait a moment for it to appear here.',
      );
    }
    return [{ type: 'plan.wanted', data: wish }];
  };
}

/** Asks for the plan that takes back what an ended run did; the plan says why. */
export function askForUndo(run: string, reason: string): Flow {
  return (incident, context): readonly Event[] =>
    askForPlan({ kind: 'undo', run, reason: requireReason(reason) })(incident, context);
}

/**
 * Whether the plan that is wanted can be made by now. One that takes a run back, or follows from one, waits until that has ended: before,
 * nobody knows all that it will have done.
 */
export function mayBePlanned(incident: Incident): boolean {
  const wish = incident.planWanted;
  if (!wish || !isOpen(incident)) return false;
  return !((wish.approved || wish.kind === 'undo') && activeRun(incident));
}

/**
 * Answers one wish for a plan. While its plan was made another wish may have taken its place, one that was approved
 * before even; the answer is then for nobody.
 */
export function answerWish(wish: NonNullable<Incident['planWanted']>, answer: Flow): Flow {
  return (incident, context): readonly Event[] => {
    const now = incident.planWanted;
    const isSame = now?.at === wish.at && now.kind === wish.kind && now.run === wish.run;
    return isSame ? answer(incident, context) : [];
  };
}

/**
 * Puts the plan that was asked for before the responders; nothing when nobody waits for one any more. One that follows
 * from an approved plan starts at once, unless another incident's run holds the environment: then people decide again. A check
 * that blocks others does not block it: it puts back what was there, healthy or not, because two releases beside each other are worse.
 */
export function proposePlan(content: PlanContent): Flow {
  return (incident, { incidents, now }): readonly Event[] => {
    const wish = incident.planWanted;
    if (!wish || !mayBePlanned(incident)) return [];
    const hash = hashPlan(content);
    const id = `${incident.id}-P${incident.proposals.length + 1}`;
    const plan = { ...content, id, hash, madeAt: now };
    const proposed: Event = { type: 'plan.proposed', data: { plan } };
    if (!wish.approved || holderOf(plan.service, plan.environment, incidents)) return [proposed];
    const run = `${incident.id}-R${incident.runs.length + 1}`;
    return [proposed, { type: 'run.started', data: { run, plan: id, hash } }];
  };
}

/** Records that no plan could be made, and why; it shows on the card. */
export function refusePlan(reason: string): Flow {
  return (): readonly Event[] => [{ type: 'plan.refused', data: { reason } }];
}
