/** A run carries out one approved plan. It is only ever the fold of its events. */

import type { Reading } from './component.ts';
import type { Change, Check, Handle, Intent, Printed } from './operation.ts';
import type { PlanKind, PlannedStep } from './plan.ts';

export type StepStatus =
  | 'waiting'
  | 'intended'
  | 'submitted'
  | 'lost'
  | 'succeeded'
  | 'failed'
  | 'skipped';

export interface StepState {
  readonly id: string;
  readonly status: StepStatus;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly intent?: Intent;
  readonly handle?: Handle;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly note?: string;
  /** How it came to succeed. */
  readonly how?: RunEvents['step.succeeded']['how'];
  /** True once a second person agreed, where the step asks again. */
  readonly allowed?: boolean;
  /** Set once somebody wants it ended before it is done: why. */
  readonly ending?: string;
  /** What it would do, read again right before a second person is asked. */
  readonly shown?: Shown;
}

export interface Shown {
  readonly changes: readonly Change[];
  readonly checks: readonly Check[];
}

/** `recovered` and `not-recovered` are told by verification; `cancelled` leaves the rest undone. */
export type RunOutcome = 'recovered' | 'not-recovered' | 'cancelled' | 'done';

export interface Run {
  readonly id: string;
  readonly plan: string;
  readonly kind: PlanKind;
  readonly startedAt: number;
  readonly status: 'running' | 'halted' | 'verifying' | 'finished';
  readonly steps: Readonly<Record<string, StepState>>;
  readonly halt?: { readonly step: string; readonly reason: string };
  readonly verification?: {
    readonly startedAt: number;
    readonly streak: number;
    readonly readings: readonly Reading[];
  };
  /** Set once somebody cancelled it: why. */
  readonly cancelling?: string;
  readonly outcome?: RunOutcome;
  readonly outcomeReason?: string;
  readonly endedAt?: number;
}

/** The events of a run, by type. */
export interface RunEvents {
  'run.started': { readonly run: string; readonly plan: string; readonly hash: string };
  'step.intended': { readonly run: string; readonly step: string; readonly intent: Intent };
  'step.submitted': { readonly run: string; readonly step: string; readonly handle: Handle };
  'step.progressed': { readonly run: string; readonly step: string; readonly note: string };
  'step.lost': { readonly run: string; readonly step: string; readonly reason: string };
  'step.succeeded': {
    readonly run: string;
    readonly step: string;
    /** `applied` by this run, `observed` after doubt, `already` before it began, `person` by hand. */
    readonly how: 'applied' | 'observed' | 'already' | 'person';
    readonly note?: string;
  };
  'step.failed': {
    readonly run: string;
    readonly step: string;
    readonly reason: string;
    /** True when it is certain that nothing more comes of the attempt, so that a retry need not wait. */
    readonly settled: boolean;
  };
  /**
   * What a step that asks again would do was read once more, when its turn had come: how the restored database differs from
   * the live one. It is what the second person is shown.
   */
  'step.shown': { readonly run: string; readonly step: string } & Shown;
  /** A second person agrees to a step that asks again right before it runs. */
  'step.allowed': { readonly run: string; readonly step: string };
  /** What a command of the step printed, once it has ended. It says nothing of what became of the step. */
  'step.printed': {
    readonly run: string;
    readonly step: string;
    readonly printed: readonly Printed[];
  };
  /** A person wants what is at work in a cancelled run ended before it is done. */
  'step.ending': { readonly run: string; readonly step: string; readonly reason: string };
  'step.skipped': { readonly run: string; readonly step: string; readonly reason: string };
  'step.retried': { readonly run: string; readonly step: string };
  /** Nothing new is started; what is under way is followed to its end, and what was held is released. */
  'run.cancelling': { readonly run: string; readonly reason: string };
  'run.halted': { readonly run: string; readonly step: string; readonly reason: string };
  'verification.started': { readonly run: string };
  'verification.read': { readonly run: string; readonly readings: readonly Reading[] };
  'run.finished': {
    readonly run: string;
    readonly outcome: RunOutcome;
    readonly reason: string;
  };
}

export type RunEvent = {
  [K in keyof RunEvents]: { readonly type: K; readonly data: RunEvents[K] };
}[keyof RunEvents];

export type StepEvent = Extract<RunEvent, { type: `step.${string}` }>;

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

/** True while the run holds its service and environment. */
export function isActive(run: Run): boolean {
  return run.status !== 'finished';
}

export function isDone(state: StepState): boolean {
  return state.status === 'succeeded' || state.status === 'skipped';
}

/** True while something that was sent may still be at work. */
export function isUnderWay({ status }: StepState): boolean {
  return status === 'intended' || status === 'submitted' || status === 'lost';
}

/**
 * The steps whose turn it is: not begun, everything they wait for has ended well, and allowed where they ask again. In a
 * run that is being cancelled only what was held is released, once nothing is under way any more.
 */
export function readySteps(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return run.cancelling === undefined
    ? dueSteps(run, steps).filter((step) => !step.asksAgain || run.steps[step.id]?.allowed)
    : releasing(run, steps);
}

/** The steps that wait for nothing but a second person, who can see what they would do. */
export function stepsToAllow(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return stepsThatAsk(run, steps).filter(({ id }) => run.steps[id]?.shown);
}

/** The steps whose turn it is, and of which has to be read what they would do before a second person is asked. */
export function stepsToShow(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return stepsThatAsk(run, steps).filter(({ id }) => !run.steps[id]?.shown);
}

function stepsThatAsk(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  if (run.cancelling !== undefined || run.status !== 'running') return [];
  return dueSteps(run, steps).filter((step) => step.asksAgain && !run.steps[step.id]?.allowed);
}

function dueSteps(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return steps.filter((step) => {
    if (run.steps[step.id]?.status !== 'waiting') return false;
    return step.after.every((id) => {
      const before = run.steps[id];
      return before !== undefined && isDone(before);
    });
  });
}

function releasing(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const others = steps.filter(({ releases }) => releases === undefined);
  if (others.some(({ id }) => isUnderWay(stateOf(run, id)))) return [];
  return steps.filter(
    ({ id, releases }) =>
      releases !== undefined &&
      stateOf(run, id).status === 'waiting' &&
      mayHold(stateOf(run, releases)),
  );
}

/** Also one that failed half-way, or was given up: a queue that is paused and not empty yet, one of two roles. */
function mayHold({ status, attempt }: StepState): boolean {
  return status === 'succeeded' || attempt > 0;
}

/** The steps of a cancelled run that are at work and can be ended before they are done, and that nobody has asked to end yet. */
export function stepsToEnd(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  if (run.cancelling === undefined || !isActive(run)) return [];
  return steps.filter(({ id, endingLeaves }) => {
    const state = stateOf(run, id);
    return endingLeaves !== undefined && isUnderWay(state) && state.ending === undefined;
  });
}

/** True when the run will start nothing more by itself and nothing of it is under way. */
export function hasEnded(run: Run, steps: readonly PlannedStep[]): boolean {
  if (run.cancelling === undefined) return Object.values(run.steps).every(isDone);
  const moving = Object.values(run.steps).some(isUnderWay);
  return !moving && releasing(run, steps).length === 0;
}

function stateOf(run: Run, id: string): StepState {
  return run.steps[id] ?? { id, status: 'waiting', attempt: 0 };
}

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

/** Whether a round of readings counts as good; a round without any does not. */
export function allPass(readings: readonly Reading[]): boolean {
  return readings.length > 0 && readings.every((reading) => reading.verdict === 'pass');
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
