/** What the engine records of a run, and what people may do when it has halted. */

import { mayBecome } from '../apply-run-event.ts';
import { hasEnded, workToTakeBack } from '../due-steps.ts';
import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import { type Incident, proposalOf } from '../incident.ts';
import type { Flow } from '../loop.ts';
import type { Plan, PlannedStep } from '../plan.ts';
import { isActive, type Run, type StepEvent, type StepState, type StepStatus } from '../run.ts';
import { requireCommander, requireOpen, requireReason, sentence } from './guards.ts';

export const BECOMES: Readonly<Record<StepEvent['type'], StepStatus | undefined>> = {
  'step.intended': 'intended',
  'step.submitted': 'submitted',
  'step.progressed': undefined,
  'step.lost': 'lost',
  'step.succeeded': 'succeeded',
  'step.failed': 'failed',
  'step.shown': undefined,
  'step.allowed': undefined,
  'step.ending': undefined,
  'step.printed': undefined,
  'step.skipped': 'skipped',
  'step.retried': 'waiting',
};

/**
 * Records what happened to a step. Returns no event when the run or the step has moved on meanwhile, so that a late
 * answer cannot rewrite history, nor for an intent once the run is being cancelled. A failed step halts the run; one
 * that is being cancelled needs no decision any more.
 */
export function recordStep(event: StepEvent): Flow {
  return (incident): readonly Event[] => {
    const run = runOf(incident, event.data.run);
    const step = run?.steps[event.data.step];
    if (!run || !step || !isActive(run)) return [];
    const next = BECOMES[event.type];
    if (next && !mayBecome(step.status, next)) return [];
    if (event.type === 'step.intended' && !mayStart(incident, run, step.id)) return [];
    if (event.type === 'step.shown' && !mayBeShown(run, step)) return [];
    if (event.type !== 'step.failed' || run.cancelling !== undefined) return [event];
    const { run: id, step: stepId, reason } = event.data;
    return [event, { type: 'run.halted', data: { run: id, step: stepId, reason } }];
  };
}

/** In a run that is being cancelled only what was held is still released. */
function mayStart(incident: Incident, run: Run, step: string): boolean {
  if (run.cancelling === undefined) return true;
  const steps = proposalOf(incident, run.plan)?.plan.steps ?? [];
  return steps.some(({ id, releases }) => id === step && releases !== undefined);
}

/** What it would do is read for those who are asked, and for nobody else. */
function mayBeShown(run: Run, { status, shown }: StepState): boolean {
  return run.cancelling === undefined && status === 'waiting' && shown === undefined;
}

/** Begins verification once every step has ended well. A run with nothing to verify is done at once. */
export function finishSteps(run: string, probes: number): Flow {
  return (incident): readonly Event[] => {
    const state = runOf(incident, run);
    const steps = state && proposalOf(incident, state.plan)?.plan.steps;
    if (!steps || state.status !== 'running' || !hasEnded(state, steps)) return [];
    if (state.cancelling !== undefined) return [cancelled(state, steps, state.cancelling)];
    if (state.kind === 'release') return [finished(run, 'done', 'Every step is done.')];
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
 * Ends a run that found the world other than its plan before it touched anything, and calls for a new plan of the same kind to the same
 * target. People have to approve it, also where the one before followed from what they had approved. Nothing for a run that is being cancelled:
 * it has to let go of what it holds.
 */
export function endStale(run: string, reason: string): Flow {
  return (incident): readonly Event[] => {
    const state = runOf(incident, run);
    const proposal = state && proposalOf(incident, state.plan);
    const plan = proposal?.plan;
    if (!state || !plan || !isActive(state) || state.cancelling !== undefined) return [];
    const ended: readonly Event[] = [
      { type: 'plan.went-stale', data: { plan: plan.id, reason } },
      finished(run, 'cancelled', reason),
    ];
    if (plan.kind === 'release') {
      const again = {
        kind: 'release',
        because: reason,
        ...(plan.part && { part: plan.part }),
      } as const;
      return [...ended, { type: 'plan.wanted', data: again }];
    }
    if (plan.kind === 'quick-fix' || plan.kind === 'verify') return ended;
    const { approved: _, ...wish } = proposal.wish ?? { kind: 'rollback' };
    // Behind a release every component has its own target, and what takes a run back goes where that came from: the planner finds them.
    const isFound = plan.release !== undefined || wish.run !== undefined;
    const target = isFound ? undefined : sameTarget(plan);
    return [
      ...ended,
      {
        type: 'plan.wanted',
        data: { ...wish, because: reason, ...(target ? { target } : {}) },
      },
    ];
  };
}

/** What names the target of every component of the plan: the id of a single one, the label that several share. */
function sameTarget({ components }: Plan): string | undefined {
  const [first, ...others] = components.map(({ target }) => target);
  if (others.length === 0) return first?.id;
  return others.every(({ label }) => label === first?.label) ? first?.label : undefined;
}

/**
 * Tries a failed step again; the engine looks at the world before it does. As with the other ways out, it is about the step that the
 * person was shown: steps fail side by side, and by now the run may wait for a decision on another.
 */
export function retryStep(run: string, step: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireFailed(incident, run, step);
    requireCommander(incident, actor, 'retry the step');
    return [{ type: 'step.retried', data: { run, step } }, ...haltForNext(incident, run, step)];
  };
}

/** Leaves a failed step undone, with a reason, and goes on with the rest. */
export function skipStep(run: string, step: string, reason: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireFailed(incident, run, step);
    requireCommander(incident, actor, 'skip the step');
    return [
      { type: 'step.skipped', data: { run, step, reason: requireReason(reason) } },
      ...haltForNext(incident, run, step),
    ];
  };
}

/** Takes a person's word that the failed step was done by hand, with a note of what they did. */
export function doneByHand(run: string, step: string, note: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireFailed(incident, run, step);
    requireCommander(incident, actor, 'report the step as done by hand');
    const how = 'person' as const;
    return [
      { type: 'step.succeeded', data: { run, step, how, note: requireReason(note, 'note') } },
      ...haltForNext(incident, run, step),
    ];
  };
}

/**
 * Cancels a run. Nothing new is started; what is under way is followed to its end, unless a person has it ended (`endStep`),
 * and what was held is released. What was done stays done.
 */
export function cancelRun(run: string, reason: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    const state = requireActive(incident, run);
    requireCommander(incident, actor, 'cancel the run');
    return cancel(incident, state, requireReason(reason));
  };
}

/** Cancels a halted run and calls for the plan that takes back what it did; the plan says why. */
export function undoRun(run: string, reason: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    const state = requireHalted(incident, run);
    requireCommander(incident, actor, 'take back what was done');
    if (workToTakeBack(state, proposalOf(incident, state.plan)?.plan.steps ?? []).length === 0) {
      throw new Refusal(
        'not-possible',
        `${run} has done nothing yet that could be taken back. Cancel it instead.`,
      );
    }
    const why = requireReason(reason);
    return [
      ...cancel(incident, state, `What it did will be taken back: ${why}`),
      { type: 'plan.wanted', data: { kind: 'undo', run: state.id, reason: why } },
    ];
  };
}

/** The end of a run that is taken back at once, because that was part of what was approved. */
export function cancelForUndo(incident: Incident, state: Run, reason: string): readonly Event[] {
  const data = { kind: 'undo', run: state.id, approved: true } as const;
  return [...cancel(incident, state, reason), { type: 'plan.wanted', data }];
}

function cancel(incident: Incident, state: Run, reason: string): readonly Event[] {
  if (state.cancelling !== undefined) {
    throw new Refusal(
      'already-done',
      `${state.id} is being cancelled already. Wait for what is under way to end.`,
    );
  }
  const steps = proposalOf(incident, state.plan)?.plan.steps ?? [];
  return hasEnded({ ...state, cancelling: reason }, steps)
    ? [cancelled(state, steps, reason)]
    : [{ type: 'run.cancelling', data: { run: state.id, reason } }];
}

/** The end of a cancelled run, and how far it had come. */
function cancelled(state: Run, steps: readonly PlannedStep[], reason: string): Event {
  const done = steps.filter(({ id }) => state.steps[id]?.status === 'succeeded');
  const words =
    done.length === 0 ? 'Nothing had been carried out.' : `Carried out before: ${titles(done)}.`;
  const unclear = steps.filter(({ id }) => {
    const step = state.steps[id];
    return step?.status === 'failed' && step.intent !== undefined;
  });
  const doubt =
    unclear.length === 0
      ? ''
      : ` Nobody knows what became of ${titles(unclear)}: look there before doing anything else.`;
  return finished(state.id, 'cancelled', `${sentence(reason)} ${words}${doubt}`);
}

function titles(steps: readonly PlannedStep[]): string {
  return steps.map(({ title }) => `“${title}”`).join(', ');
}

/** Steps run side by side, so more than one may have failed: the run goes on when a person has decided on each. */
function haltForNext(incident: Incident, run: string, decided: string): readonly Event[] {
  const steps = Object.values(runOf(incident, run)?.steps ?? {});
  const next = steps.find((step) => step.status === 'failed' && step.id !== decided);
  if (!next) return [];
  const reason = next.note ?? 'It failed.';
  return [{ type: 'run.halted', data: { run, step: next.id, reason } }];
}

/** The run, still going on in an open incident. @throws Refusal */
export function requireActive(incident: Incident, run: string): Run {
  requireOpen(incident);
  const state = requireRun(incident, run);
  if (!isActive(state))
    throw new Refusal('already-done', `${run} has ended already; nothing was changed.`);
  return state;
}

function requireRun(incident: Incident, run: string): Run {
  const state = runOf(incident, run);
  if (state) return state;
  throw new Refusal('not-found', `${incident.id} has no run ${run}. Its cards show those it has.`);
}

function requireHalted(incident: Incident, run: string): Run {
  requireOpen(incident);
  const state = requireRun(incident, run);
  if (state.status !== 'halted') {
    throw new Refusal('out-of-date', `${run} is not halted any more; look at its newest card.`);
  }
  return state;
}

/** A step of a halted run that nobody has decided on yet. @throws Refusal */
function requireFailed(incident: Incident, run: string, step: string): void {
  const state = requireHalted(incident, run);
  if (state.steps[step]?.status === 'failed') return;
  const title = proposalOf(incident, state.plan)?.plan.steps.find(({ id }) => id === step)?.title;
  throw new Refusal(
    'out-of-date',
    `The step${title ? ` “${title}”` : ''} does not wait for a decision any more; ${run} has halted at another step. Look at its newest card.`,
  );
}

function runOf(incident: Incident, id: string): Run | undefined {
  return incident.runs.find((run) => run.id === id);
}

function finished(run: string, outcome: 'done' | 'cancelled', reason: string): Event {
  return { type: 'run.finished', data: { run, outcome, reason } };
}
