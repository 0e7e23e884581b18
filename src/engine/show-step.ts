/**
 * Reads once more what a step would do that asks again, when its turn has come, for the second person to see. What was planned
 * may say that it cannot be known yet, and by now it can: how a restored database differs from the live one.
 */

import { messageOf, OutsideError } from '../errors.ts';
import type { Change, Check } from '../operation.ts';
import { isBlocking } from '../plan.ts';
import { readSignal } from './reads.ts';
import { fail, note, type StepContext } from './step-context.ts';

/** Milliseconds between two tries, and for all of them. */
const PAUSE_MS = 5_000;
const PATIENCE_MS = 5 * 60_000;

/**
 * Records what it would change, so that a second person is asked. Where a check that blocks has not passed, or nothing can be
 * read, the step fails, and nobody is asked: nothing was sent.
 */
export async function showStep(context: StepContext): Promise<void> {
  const { run, step, clock, signal } = context;
  const started = clock.now();
  while (!signal.aborted) {
    try {
      const { changes, checks } = await read(context);
      const blockers = checks.filter(isBlocking);
      if (blockers.length > 0) {
        const reasons = blockers.map(({ name, reason }) => `${name}: ${reason}`).join(' ');
        return await fail(context, `${reasons} Nobody was asked, and nothing was sent.`, true);
      }
      const data = { run, step: step.id, changes, checks };
      return await context.record({ type: 'step.shown', data });
    } catch (error) {
      if (signal.aborted) return;
      const isHopeless = !(error instanceof OutsideError && error.retryable);
      if (isHopeless || clock.now() - started > PATIENCE_MS) {
        return fail(context, messageOf(error), true);
      }
      await note(context, messageOf(error));
      await clock.sleep(PAUSE_MS, signal);
    }
  }
}

async function read({ step, operation, signal }: StepContext): Promise<{
  readonly changes: readonly Change[];
  readonly checks: readonly Check[];
}> {
  const limited = readSignal(signal);
  const { input } = step.call;
  const [changes, checks] = await Promise.all([
    operation.describe(input, limited),
    operation.preflight(input, limited),
  ]);
  return { changes, checks };
}
