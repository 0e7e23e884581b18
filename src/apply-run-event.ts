/** The fold of a run: what it and its steps are after one more event. An event that cannot follow is an error. */

import type { PlanKind, PlannedStep } from './plan.ts';
import {
  allPass,
  type Run,
  type RunEvent,
  type RunEvents,
  type StepEvent,
  type StepState,
  type StepStatus,
} from './run.ts';

const LEGAL: Readonly<Record<StepStatus, readonly StepStatus[]>> = {
  waiting: ['intended', 'succeeded', 'failed', 'skipped'],
  intended: ['intended', 'submitted', 'lost', 'succeeded', 'failed'],
  submitted: ['intended', 'submitted', 'lost', 'succeeded', 'failed'],
  lost: ['intended', 'submitted', 'succeeded', 'failed'],
  failed: ['waiting', 'skipped', 'succeeded'],
  succeeded: [],
  skipped: [],
};

/** Whether a step may go from one status to another; the engine and the fold refuse the rest. */
export function mayBecome(from: StepStatus, to: StepStatus): boolean {
  return LEGAL[from].includes(to);
}

/** A run that has just begun: every step waits. @param at epoch milliseconds. */
export function startRun(
  data: RunEvents['run.started'],
  kind: PlanKind,
  steps: readonly PlannedStep[],
  at: number,
): Run {
  return {
    id: data.run,
    plan: data.plan,
    kind,
    startedAt: at,
    status: 'running',
    steps: Object.fromEntries(
      steps.map((step): [string, StepState] => [
        step.id,
        { id: step.id, status: 'waiting', attempt: 0 },
      ]),
    ),
  };
}

/**
 * The run after one more event.
 * @throws Error on an illegal step transition: the journal would tell a story that cannot have happened.
 */
export function applyToRun(run: Run, event: RunEvent, at: number): Run {
  switch (event.type) {
    case 'run.started':
      return run;
    case 'step.intended':
    case 'step.submitted':
    case 'step.progressed':
    case 'step.lost':
    case 'step.shown':
    case 'step.allowed':
    case 'step.ending':
    case 'step.printed':
    case 'step.failed':
      return withStep(run, event, at);
    case 'step.succeeded': {
      const next = withStep(run, event, at);
      return run.halt?.step === event.data.step ? running(next) : next;
    }
    case 'step.skipped':
    case 'step.retried':
      return running(withStep(run, event, at));
    case 'run.cancelling':
      return { ...running(run), cancelling: event.data.reason };
    case 'run.halted':
      return {
        ...run,
        status: 'halted',
        halt: { step: event.data.step, reason: event.data.reason },
      };
    case 'verification.started':
      return {
        ...running(run),
        status: 'verifying',
        verification: { startedAt: at, streak: 0, readings: [] },
      };
    case 'verification.read': {
      const passed = allPass(event.data.readings);
      const before = run.verification ?? { startedAt: at, streak: 0, readings: [] };
      return {
        ...run,
        verification: {
          ...before,
          streak: passed ? before.streak + 1 : 0,
          readings: event.data.readings,
        },
      };
    }
    case 'run.finished':
      return {
        ...running(run),
        status: 'finished',
        outcome: event.data.outcome,
        outcomeReason: event.data.reason,
        endedAt: at,
      };
  }
}

function withStep(run: Run, event: StepEvent, at: number): Run {
  const step = run.steps[event.data.step];
  if (!step) throw new Error(`${run.id} has no step ${event.data.step}`);
  return { ...run, steps: { ...run.steps, [step.id]: applyToStep(step, event, at) } };
}

/**
 * A step after one more event of it.
 * @throws Error on an illegal transition: the journal would tell a story that cannot have happened.
 */
export function applyToStep(step: StepState, event: StepEvent, at: number): StepState {
  const { status, ...patch } = changeOf(step, event, at);
  if (status && !mayBecome(step.status, status)) {
    throw new Error(
      `${event.data.run}: step ${step.id} cannot go from ${step.status} to ${status}`,
    );
  }
  const next = { ...step, ...patch, ...(status ? { status } : {}) };
  const defined = Object.fromEntries(Object.entries(next).filter(([, v]) => v !== undefined));
  return defined as unknown as StepState;
}

type Patch = { [K in keyof StepState]?: StepState[K] | undefined };

function changeOf(step: StepState, event: StepEvent, at: number): Patch {
  switch (event.type) {
    case 'step.intended':
      return {
        status: 'intended',
        attempt: step.attempt + 1,
        intent: event.data.intent,
        startedAt: step.startedAt ?? at,
        handle: undefined,
      };
    case 'step.submitted':
      return { status: 'submitted', handle: event.data.handle };
    case 'step.progressed':
      return { note: event.data.note };
    case 'step.lost':
      return { status: 'lost', note: event.data.reason };
    case 'step.shown':
      return { shown: { changes: event.data.changes, checks: event.data.checks } };
    case 'step.allowed':
      return { allowed: true };
    case 'step.ending':
      return { ending: event.data.reason };
    case 'step.printed':
      return {};
    case 'step.succeeded':
      return {
        status: 'succeeded',
        how: event.data.how,
        endedAt: at,
        startedAt: step.startedAt ?? at,
        note: event.data.note,
      };
    case 'step.failed':
      return {
        status: 'failed',
        endedAt: at,
        note: event.data.reason,
        intent: event.data.settled ? undefined : step.intent,
      };
    case 'step.skipped':
      return { status: 'skipped', endedAt: at, note: event.data.reason };
    case 'step.retried':
      return {
        status: 'waiting',
        endedAt: undefined,
        note: undefined,
        shown: undefined,
        ending: undefined,
      };
  }
}

function running(run: Run): Run {
  const { halt: _halt, ...rest } = run;
  return { ...rest, status: 'running' };
}
