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
  const { step, operation, signal } = context;
  const started = context.clock.now();
  while (!signal.aborted) {
    try {
      return await operation.observe(step.call.input, readSignal(signal));
    } catch (error) {
      const waited = context.clock.now() - started;
      const hopeless = error instanceof OutsideError && !error.retryable;
      if (hopeless || waited > operation.limitMs) {
        await fail(context, messageOf(error), isSettled(context));
        return undefined;
      }
      await readFailed(context, error);
      await context.clock.sleep(READ_PAUSE_MS, signal);
    }
  }
  return undefined;
}

async function readFailed(context: StepContext, error: unknown): Promise<void> {
  if (!context.signal.aborted) await note(context, messageOf(error));
}
