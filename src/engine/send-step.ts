/** Sends the one request of a step: after a look, with the intent in the journal before it and the handle after it. */

import { messageOf, OutsideError } from '../errors.ts';
import type { Intent, Observation, Operation } from '../operation.ts';
import { duration } from '../words.ts';
import { confirm } from './follow-step.ts';
import { driftWords, hasDrifted, look } from './look-at-step.ts';
import { readSignal } from './reads.ts';
import {
  fail,
  isSettled,
  keyOfAttempt,
  lose,
  MAX_ATTEMPTS,
  note,
  quietLeft,
  type StepContext,
  succeed,
} from './step-context.ts';

/** A request still unsent this long after its intent is not sent: somebody may have acted meanwhile. */
const STALL_LIMIT_MS = 2_000;

const BY_HAND =
  'Backstop does nothing here. When it is done, say so with “Done by hand…”, and what you did.';

/** Milliseconds a request may take at the longest until it is accepted. */
const SUBMIT_LIMIT_MS = 30_000;

/**
 * Looks at the component and, when it is as the plan found it, sends the one request.
 * @param certain true when no earlier request of this step can still arrive.
 */
export async function begin(context: StepContext, certain = false): Promise<void> {
  const { step, operation, clock, signal } = context;
  const started = clock.now();
  while (!signal.aborted) {
    const seen = await look(context);
    if (!seen) return;
    const waited = clock.now() - started;
    if (seen.moving && (isSettled(context) || waited > operation.limitMs)) {
      const reason = `${seen.note}. Something is at work there, so nothing was sent.`;
      return fail(context, reason, isSettled(context));
    }
    if (!seen.moving && seen.fingerprint === step.expected) {
      return succeed(context, context.state().attempt === 0 ? 'already' : 'observed', seen.note);
    }
    if (hasDrifted(context, seen)) return changed(context, seen);
    if (operation.byHand) return fail(context, BY_HAND, true);
    const quiet = certain ? 0 : quietLeft(context);
    if (!seen.moving && quiet <= 0) return submit(context, seen.fingerprint);
    await note(
      context,
      seen.moving ? seen.note : `Waiting until an earlier request can no longer arrive.`,
    );
    await clock.sleep(seen.moving ? operation.pollMs : Math.min(quiet, operation.pollMs), signal);
  }
}

async function changed(context: StepContext, seen: Observation): Promise<void> {
  const { component } = context.step;
  // After an attempt of our own nobody else need have changed it, and trying again alone does not help.
  const reason =
    context.state().attempt > 0
      ? `${component} is neither as the plan found it nor as this step is to leave it: found ${seen.note}. Nothing was sent again. Put it right by hand, then retry.`
      : driftWords(context, seen);
  if (context.runHasActed()) await fail(context, reason, isSettled(context));
  else await context.drifted(reason);
}

/** Sends the request, unless the journal refuses the intent. @param fingerprint of the component as it was last seen. */
export async function submit(context: StepContext, fingerprint: string): Promise<void> {
  const { run, step, operation, clock, signal } = context;
  const { attempt, intent: earlier } = context.state();
  const sameKey = operation.guarantee === 'keyed' ? earlier?.key : undefined;
  const intent: Intent = {
    run,
    step: step.id,
    // A system that knows a request by its key must be shown the same key while the earlier one may still arrive.
    key: sameKey ?? keyOfAttempt(context, attempt + 1),
    at: clock.now(),
    before: fingerprint,
    expected: step.expected,
  };
  await context.record({ type: 'step.intended', data: { run, step: step.id, intent } });
  if (signal.aborted) return;
  if (context.state().attempt === attempt) return withhold(context);
  if (clock.now() - intent.at > STALL_LIMIT_MS) {
    await lose(context, 'Backstop stalled before sending; looking again.');
    return;
  }
  try {
    const handle = await operation.submit(step.call.input, intent, submitSignal(operation, signal));
    await context.record({ type: 'step.submitted', data: { run, step: step.id, handle } });
  } catch (error) {
    await afterFailedSubmit(context, error, earlier !== undefined);
  }
}

/** The run was cancelled or has ended, so no intent was written, and without one nothing is sent. */
async function withhold(context: StepContext): Promise<void> {
  const { status, intent } = context.state();
  if (status !== 'intended' && status !== 'lost') return;
  const waited = context.clock.now() - (intent?.at ?? 0);
  const reason = 'The run was cancelled before the request was sent again.';
  await fail(context, reason, waited >= context.operation.quietMs);
}

/** A request must be given up well before the time in which a lost one can still land. */
function submitSignal(operation: Operation, signal: AbortSignal): AbortSignal {
  return readSignal(signal, Math.max(1_000, Math.min(SUBMIT_LIMIT_MS, operation.quietMs / 2)));
}

/** @param isRepeat true when an earlier request of this step got lost and may have arrived. */
async function afterFailedSubmit(
  context: StepContext,
  error: unknown,
  isRepeat: boolean,
): Promise<void> {
  const reason = messageOf(error);
  const refused = error instanceof OutsideError && error.surelyNotDone;
  // Busy can mean busy with our own request, sent before a crash: only a look can tell.
  if (!refused || error.detail.kind === 'busy') return lose(context, reason);
  // Refused it was; whether because the earlier one arrived, a look tells.
  if (isRepeat && error.detail.kind !== 'throttled') return confirm(context, reason);
  const pause = error.detail.kind === 'throttled' ? error.detail.retryAfterMs : undefined;
  if (pause === undefined || context.state().attempt >= MAX_ATTEMPTS) {
    return fail(context, reason, true);
  }
  await note(context, `${reason} Sending again in ${duration(pause)}.`);
  await context.clock.sleep(pause, context.signal);
  await begin(context, true);
}
