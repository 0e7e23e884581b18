/** What the engine records of a run, and what people may do when it has halted. */

import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import { type Incident, proposalOf } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { isActive, isDone, mayBecome, type Run, type RunEvent, type StepStatus } from '../run.ts';
import { requireCommander, requireOpen, requireReason } from './guards.ts';

type StepEvent = Extract<RunEvent, { type: `step.${string}` }>;

const BECOMES: Readonly<Record<StepEvent['type'], StepStatus | undefined>> = {
  'step.intended': 'intended',
  'step.submitted': 'submitted',
  'step.progressed': undefined,
  'step.lost': 'lost',
  'step.succeeded': 'succeeded',
  'step.failed': 'failed',
  'step.skipped': 'skipped',
  'step.retried': 'waiting',
};

/**
 * Records what happened to a step. Returns no event when the run or the step has moved on meanwhile, so that a late
 * answer cannot rewrite history. A failed step halts the run.
 */
export function recordStep(event: StepEvent): Flow {
  return (incident): readonly Event[] => {
    const run = runOf(incident, event.data.run);
    const step = run?.steps[event.data.step];
    if (!run || !step || !isActive(run)) return [];
    const next = BECOMES[event.type];
    if (next && !mayBecome(step.status, next)) return [];
    if (event.type !== 'step.failed') return [event];
    const { run: id, step: stepId, reason } = event.data;
    return [event, { type: 'run.halted', data: { run: id, step: stepId, reason } }];
  };
}

/** Begins verification once every step has ended well. A run with nothing to verify is done at once. */
export function finishSteps(run: string, probes: number): Flow {
  return (incident): readonly Event[] => {
    const state = runOf(incident, run);
    if (state?.status !== 'running' || !Object.values(state.steps).every(isDone)) return [];
    if (state.kind === 'quick-fix') {
      return [finished(run, 'done', 'The hotfix branch is ready.')];
    }
    if (probes === 0) {
      return [
        finished(
          run,
          'done',
          'No probe is configured, so nobody but a person can tell whether it recovered.',
        ),
      ];
    }
    return [{ type: 'verification.started', data: { run } }];
  };
}

/**
 * Ends a run that found the world other than its plan before it touched anything, and calls for a new plan to the same
 * target, which has to be approved again.
 */
export function endStale(run: string, reason: string): Flow {
  return (incident): readonly Event[] => {
    const state = runOf(incident, run);
    const plan = state && proposalOf(incident, state.plan)?.plan;
    if (!plan || !isActive(state)) return [];
    const ended: readonly Event[] = [
      { type: 'plan.went-stale', data: { plan: plan.id, reason } },
      finished(run, 'cancelled', reason),
    ];
    if (plan.kind !== 'rollback') return ended;
    const target = plan.components[0]?.target.id;
    return [
      ...ended,
      { type: 'plan.wanted', data: { kind: 'rollback', ...(target ? { target } : {}) } },
    ];
  };
}

/** Tries a failed step again; the engine looks at the world before it does. */
export function retryStep(run: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    const halted = requireHalted(incident, run);
    requireCommander(incident, actor, 'retry the step');
    return [
      { type: 'step.retried', data: { run, step: halted.step } },
      ...haltForNext(incident, run, halted.step),
    ];
  };
}

/** Leaves a failed step undone, with a reason, and goes on with the rest. */
export function skipStep(run: string, reason: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    const halted = requireHalted(incident, run);
    requireCommander(incident, actor, 'skip the step');
    return [
      { type: 'step.skipped', data: { run, step: halted.step, reason: requireReason(reason) } },
      ...haltForNext(incident, run, halted.step),
    ];
  };
}

/** Takes a person's word that the failed step was done by hand, with a note of what they did. */
export function doneByHand(run: string, note: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    const halted = requireHalted(incident, run);
    requireCommander(incident, actor, 'report the step as done by hand');
    const how = 'person' as const;
    return [
      {
        type: 'step.succeeded',
        data: { run, step: halted.step, how, note: requireReason(note, 'note') },
      },
      ...haltForNext(incident, run, halted.step),
    ];
  };
}

/** Ends a halted run where it stands. What was done stays done. */
export function cancelRun(run: string, reason: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireHalted(incident, run);
    requireCommander(incident, actor, 'cancel the run');
    return [finished(run, 'cancelled', requireReason(reason))];
  };
}

/** Steps run side by side, so more than one may have failed: the run goes on when a person has decided on each. */
function haltForNext(incident: Incident, run: string, decided: string): readonly Event[] {
  const steps = Object.values(runOf(incident, run)?.steps ?? {});
  const next = steps.find((step) => step.status === 'failed' && step.id !== decided);
  if (!next) return [];
  const reason = next.note ?? 'It failed.';
  return [{ type: 'run.halted', data: { run, step: next.id, reason } }];
}

function requireHalted(incident: Incident, run: string): NonNullable<Run['halt']> {
  requireOpen(incident);
  const state = runOf(incident, run);
  if (!state)
    throw new Refusal(
      'not-found',
      `${incident.id} has no run ${run}. Its cards show those it has.`,
    );
  if (state.status !== 'halted' || !state.halt) {
    throw new Refusal('out-of-date', `${run} is not halted any more; look at its newest card.`);
  }
  return state.halt;
}

function runOf(incident: Incident, id: string): Run | undefined {
  return incident.runs.find((run) => run.id === id);
}

function finished(run: string, outcome: 'done' | 'cancelled', reason: string): Event {
  return { type: 'run.finished', data: { run, outcome, reason } };
}
