/** Looks at what a step is about: before it, and after any doubt. Reads only. */

import { messageOf, OutsideError, type OutsideErrorKind } from '../errors.ts';
import type { Observation, Recovery } from '../operation.ts';
import { readSignal } from './reads.ts';
import { fail, isSettled, note, type StepContext } from './step-context.ts';

/** Milliseconds between two looks when a read failed. */
const READ_PAUSE_MS = 5_000;

/** What became of the intent, by a fresh look; undefined when the look failed and should be repeated. */
export async function judge(context: StepContext): Promise<Recovery | undefined> {
  const { step, operation, signal } = context;
  const { intent, handle } = context.state();
  if (!intent) return { state: 'unknown', reason: 'The journal has no intent for this step.' };
  try {
    return await operation.recover(step.call.input, intent, handle, readSignal(signal));
  } catch (error) {
    if (error instanceof OutsideError && HOPELESS.has(error.detail.kind)) {
      return { state: 'unknown', reason: error.message };
    }
    await readFailed(context, error);
    return undefined;
  }
}

/** Looking again does not help against these; a person has to. */
const HOPELESS: ReadonlySet<OutsideErrorKind> = new Set(['credentials', 'permission', 'not-found']);

/** How the component is now; undefined when it cannot be read, which fails the step, or when aborted. */
export async function look(context: StepContext): Promise<Observation | undefined> {
  const seen = await tryToLook(context);
  if (!isUnreadable(seen)) return seen;
  await fail(context, seen.unreadable, isSettled(context));
  return undefined;
}

/** It cannot be read, and why. */
interface Unreadable {
  readonly unreadable: string;
}

export function isUnreadable(seen: Observation | Unreadable | undefined): seen is Unreadable {
  return seen !== undefined && 'unreadable' in seen;
}

/**
 * How the component is now, looked at until it answers, the time is over, or looking again is no use; undefined when aborted.
 * @param limitMs as long as the step may take, unless given.
 */
export async function tryToLook(
  context: StepContext,
  limitMs: number = context.operation.limitMs,
): Promise<Observation | Unreadable | undefined> {
  const { step, operation, signal } = context;
  const started = context.clock.now();
  while (!signal.aborted) {
    try {
      return await operation.observe(step.call.input, readSignal(signal));
    } catch (error) {
      const waited = context.clock.now() - started;
      const hopeless = error instanceof OutsideError && !error.retryable;
      if (hopeless || waited > limitMs) return { unreadable: messageOf(error) };
      await readFailed(context, error);
      await context.clock.sleep(READ_PAUSE_MS, signal);
    }
  }
  return undefined;
}

/**
 * True when the component is neither as the plan found it nor as its step is to leave it. One that is being changed right now is
 * judged when that has ended; what is to be released was held by the run itself, so it is not as the plan found it.
 */
export function hasDrifted({ step }: StepContext, seen: Observation): boolean {
  const { before, expected, releases } = step;
  if (seen.moving || releases !== undefined) return false;
  return seen.fingerprint !== before && seen.fingerprint !== expected;
}

/** The words for that. */
export function driftWords({ step }: StepContext, { note: found }: Observation): string {
  return `Since the plan was made, ${step.component} has changed: found ${found}.`;
}

/** What is there of a step that was ended before it was done, in a sentence for people; they have to know what was left. */
export async function whatIsLeft(context: StepContext): Promise<string> {
  const { step, operation, signal } = context;
  try {
    const { note: found } = await operation.observe(step.call.input, readSignal(signal));
    return `A look finds ${found}.`;
  } catch {
    return 'It has not taken effect; what else it may have left could not be read.';
  }
}

async function readFailed(context: StepContext, error: unknown): Promise<void> {
  if (!context.signal.aborted) await note(context, messageOf(error));
}
