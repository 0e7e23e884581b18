/** What a step of a run works with: its operation, its state, and what is written down about it. */

import type { Clock } from '../clock.ts';
import type { Operation, Printed } from '../operation.ts';
import type { PlannedStep } from '../plan.ts';
import type { StepEvent, StepState } from '../run.ts';
import { duration } from '../words.ts';

/** What a step needs from its run. Every `record` is durable when it resolves. */
export interface StepContext {
  readonly run: string;
  readonly step: PlannedStep;
  readonly operation: Operation;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The step as the journal has it now. */
  state(): StepState;
  /** True when an earlier request of this run may have changed something. */
  runHasActed(): boolean;
  record(event: StepEvent): Promise<void>;
  /** Ends the run because the world is not the plan's any more; nothing was touched. */
  drifted(reason: string): Promise<void>;
}

/** How often a request is sent, throttled or lost, before a person is asked. */
export const MAX_ATTEMPTS = 5;

/**
 * Halts a step that neither succeeded nor failed in its time; true when it did. To be asked after a look: what ended while
 * nobody watched has ended.
 */
export async function overdue(context: StepContext): Promise<boolean> {
  const { intent } = context.state();
  const { limitMs } = context.operation;
  if (!intent || context.clock.now() - intent.at < limitMs) return false;
  const last = context.state().note;
  await fail(
    context,
    `It did not end within ${duration(limitMs)} and may still be moving.${last ? ` Last seen: ${last}` : ''}`,
    false,
  );
  return true;
}

/** True when no earlier request of this step can still arrive; only then may a repetition skip the waiting. */
export function isSettled(context: StepContext): boolean {
  return context.state().intent === undefined;
}

/** Milliseconds until a lost request of this step can no longer land. */
export function quietLeft(context: StepContext): number {
  const { operation, clock } = context;
  const { intent } = context.state();
  if (!intent || operation.guarantee === 'keyed' || operation.guarantee === 'conditional') return 0;
  return intent.at + operation.quietMs - clock.now();
}

/** Nobody knows what became of the request. */
export function lose(context: StepContext, reason: string): Promise<void> {
  const { run, step } = context;
  return context.record({ type: 'step.lost', data: { run, step: step.id, reason } });
}

export function succeed(
  context: StepContext,
  how: 'applied' | 'observed' | 'already',
  words: string | undefined,
): Promise<void> {
  const { run, step } = context;
  const data = { run, step: step.id, how, ...(words ? { note: words } : {}) };
  return context.record({ type: 'step.succeeded', data });
}

/** @param settled true when it is certain that nothing more comes of the attempt; of an earlier one under its key, it is not. */
export function fail(context: StepContext, reason: string, settled: boolean): Promise<void> {
  const { run, step } = context;
  const data = { run, step: step.id, reason, settled: settled && !repeatsAnEarlierOne(context) };
  return context.record({ type: 'step.failed', data });
}

/** The key of a step's n-th attempt, when it has one of its own. */
export function keyOfAttempt({ run, step }: StepContext, attempt: number): string {
  return `${run}/${step.id}/${attempt}`;
}

/** True when the request went out under the key of a lost one, which may still arrive whatever became of the repeat. */
function repeatsAnEarlierOne(context: StepContext): boolean {
  const { intent, attempt } = context.state();
  return intent !== undefined && intent.key !== keyOfAttempt(context, attempt);
}

/** Keeps what a command printed, where it printed anything. */
export async function keepPrinted(
  context: StepContext,
  printed: readonly Printed[] = [],
): Promise<void> {
  const { run, step } = context;
  if (printed.length === 0) return;
  await context.record({ type: 'step.printed', data: { run, step: step.id, printed } });
}

/** Tells people what is going on; said once, not at every look. */
export async function note(context: StepContext, words: string): Promise<void> {
  const { run, step } = context;
  if (context.state().note === words) return;
  await context.record({ type: 'step.progressed', data: { run, step: step.id, note: words } });
}
