/** Follows a request that was sent to its end, and then believes only a look. */

import { messageOf, OutsideError } from '../errors.ts';
import { endWhenAsked } from './end-step.ts';
import { judge, whatIsLeft } from './look-at-step.ts';
import { readSignal } from './reads.ts';
import {
  fail,
  keepPrinted,
  lose,
  note,
  overdue,
  type StepContext,
  succeed,
} from './step-context.ts';

/** Follows a submitted request to its end, then believes only a look. */
export async function follow(context: StepContext): Promise<void> {
  const { operation, clock, signal } = context;
  const { handle } = context.state();
  if (handle === undefined) return lose(context, 'The request left no handle to follow.');
  const end = endWhenAsked(context);
  while (!signal.aborted) {
    await end();
    try {
      const progress = await operation.poll(handle, readSignal(signal));
      if (progress.state === 'succeeded' || progress.state === 'failed') {
        await keepPrinted(context, progress.printed);
        return await confirm(context, progress.state === 'failed' ? progress.reason : undefined);
      }
      if (progress.note) await note(context, progress.note);
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof OutsideError && error.retryable))
        return lose(context, messageOf(error));
      await note(context, messageOf(error));
    }
    if (await overdue(context)) return;
    await clock.sleep(operation.pollMs, signal);
  }
}

/**
 * The system says that the request has ended; a look decides what came of it. Its word alone is not taken: an operation
 * can report failure and have happened, or report success before it can be seen.
 */
export async function confirm(context: StepContext, failure: string | undefined): Promise<void> {
  const { operation, clock, signal } = context;
  const started = clock.now();
  while (!signal.aborted) {
    const found = await judge(context);
    switch (found?.state) {
      case 'done':
        return succeed(context, failure === undefined ? 'applied' : 'observed', found.note);
      case 'not-started':
        if (failure !== undefined) {
          const isEnded = context.state().ending !== undefined;
          return fail(context, isEnded ? join(failure, await whatIsLeft(context)) : failure, true);
        }
        if (clock.now() - started >= operation.quietMs) {
          const reason = 'The system reports success, but nothing has changed.';
          return fail(context, reason, false);
        }
        await clock.sleep(operation.pollMs, signal);
        break;
      case 'diverged':
      case 'unknown':
        return fail(context, join(failure, found.reason), false);
      case 'in-flight':
      case undefined:
        if (await overdue(context)) return;
        await clock.sleep(operation.pollMs, signal);
    }
  }
}

function join(failure: string | undefined, reason: string): string {
  return failure === undefined ? reason : `${failure} ${reason}`;
}
