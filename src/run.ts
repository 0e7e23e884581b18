/** A run carries out one approved plan. It is only ever the fold of its events (`apply-run-event.ts`). */

import type { Reading } from './component.ts';
import type { Change, Check, Handle, Intent, Printed } from './operation.ts';
import type { PlanKind } from './plan.ts';

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

/** True while the run holds its service and environment. */
export function isActive(run: Run): boolean {
  return run.status !== 'finished';
}

export function isDone(state: StepState): boolean {
  return state.status === 'succeeded' || state.status === 'skipped';
}

/** Whether the step is the work of its run, of Backstop or of people on its behalf, rather than found done before it began. */
export function isOwnWork({ how }: StepState): boolean {
  return how === 'applied' || how === 'observed' || how === 'person';
}

/** True while something that was sent may still be at work. */
export function isUnderWay({ status }: StepState): boolean {
  return status === 'intended' || status === 'submitted' || status === 'lost';
}

/** Whether a round of readings counts as good; a round without any does not. */
export function allPass(readings: readonly Reading[]): boolean {
  return readings.length > 0 && readings.every((reading) => reading.verdict === 'pass');
}
