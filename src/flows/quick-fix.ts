import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import { activeRun, type Incident } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { hashPlan, type PlanContent } from '../plan.ts';
import { requireCommander, requireFree, requireOpen } from './guards.ts';
import { overrideResponse } from './respond.ts';

/**
 * Starts the quick fix: opens the hotfix branch as a run of its own and starts the clock.
 * The commander's choice of response is its approval; the run only adds a branch.
 * @param limit milliseconds; guide 002, Procedure 1: a fix of less than 15 minutes.
 */
export function startQuickFix(plan: PlanContent, branch: string, limit: number): Flow {
  return (incident, { incidents, now }): readonly Event[] => {
    requireOpen(incident);
    if (incident.response?.is !== 'quick-fix' || incident.quickFix || activeRun(incident))
      return [];
    const { service, environment } = incident;
    requireFree(service, environment, incidents, 'Choose the quick fix again when it has ended.');
    const id = `${incident.id}-P${incident.proposals.length + 1}`;
    const hash = hashPlan(plan);
    const run = `${incident.id}-R${incident.runs.length + 1}`;
    return [
      { type: 'quick-fix.started', data: { branch, until: now + limit } },
      { type: 'plan.proposed', data: { plan: { ...plan, id, hash, madeAt: now } } },
      { type: 'run.started', data: { run, plan: id, hash } },
    ];
  };
}

/** Ends the quick fix's clock when its time is over; the commander is asked again. */
export function endQuickFixClock(): Flow {
  return (incident, { now }): readonly Event[] => {
    const { quickFix } = incident;
    if (!runsAgainstTheClock(incident) || !quickFix || now < quickFix.until) return [];
    return [{ type: 'quick-fix.ended', data: { number: quickFix.number } }];
  };
}

/** Gives the quick fix more time, counted from now. */
export function extendQuickFix(limit: number): Flow {
  return (incident, { actor, now }): readonly Event[] => {
    requireQuickFix(incident);
    requireCommander(incident, actor, 'give the quick fix more time');
    return [{ type: 'quick-fix.extended', data: { until: now + limit } }];
  };
}

/** The responders say that the fix is out; a run that only verifies begins. */
export function quickFixDeployed(plan: PlanContent): Flow {
  return (incident, { incidents, now }): readonly Event[] => {
    requireQuickFix(incident);
    const { service, environment } = incident;
    requireFree(service, environment, incidents, 'Report the fix again when it has ended.');
    const id = `${incident.id}-P${incident.proposals.length + 1}`;
    const hash = hashPlan(plan);
    const run = `${incident.id}-R${incident.runs.length + 1}`;
    return [
      { type: 'quick-fix.deployed', data: {} },
      { type: 'plan.proposed', data: { plan: { ...plan, id, hash, madeAt: now } } },
      { type: 'run.started', data: { run, plan: id, hash } },
    ];
  };
}

/** The commander gives up on the quick fix and decides to roll back; the plan is called for at once. */
export function abandonQuickFix(): Flow {
  return (incident, context): readonly Event[] => {
    requireQuickFix(incident);
    return [
      ...overrideResponse('rollback', 'The quick fix took too long.')(incident, context),
      { type: 'plan.wanted', data: { kind: 'rollback' } },
    ];
  };
}

/** True while the responders have time left for the fix; deciding on another response stops the clock. */
export function runsAgainstTheClock(incident: Incident): boolean {
  return incident.quickFix?.state === 'running' && incident.response?.is === 'quick-fix';
}

function requireQuickFix(incident: Incident): void {
  requireOpen(incident);
  const { quickFix } = incident;
  if (!quickFix) {
    throw new Refusal('not-found', `${incident.id} has no quick fix. Choose that response first.`);
  }
  if (quickFix.state === 'deployed') {
    throw new Refusal(
      'already-done',
      'The fix was reported as deployed already; its run shows whether the service recovers.',
    );
  }
  const response = incident.response?.is;
  if (response !== undefined && response !== 'quick-fix') {
    throw new Refusal(
      'out-of-date',
      `The response is ${response} now. To go on with the fix, the incident commander has to choose the quick fix again.`,
    );
  }
}
