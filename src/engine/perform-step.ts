/**
 * Carries out one step so that it is done once, whatever crashes or gets lost: look, write down the intent, send one
 * request, follow it, and after any doubt look again before anything is repeated. What cannot be seen goes to a person.
 */

import type { Clock } from '../clock.ts';
import type { Intent, Observation, Operation, Recovery } from '../component.ts';
import { messageOf, OutsideError, type OutsideErrorKind } from '../errors.ts';
import type { PlannedStep } from '../plan.ts';
import type { RunEvent, StepState } from '../run.ts';
import { duration } from '../words.ts';
import { readSignal } from './reads.ts';

export type StepEvent = Extract<RunEvent, { type: `step.${string}` }>;

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

/** A request still unsent this long after its intent is not sent: somebody may have acted meanwhile. */
const STALL_LIMIT_MS = 2_000;

/** How often a request is sent, throttled or lost, before a person is asked. */
const MAX_ATTEMPTS = 5;

/** Milliseconds a request may take at the longest until it is accepted. */
const SUBMIT_LIMIT_MS = 30_000;

/** Milliseconds between two looks when a read failed. */
const READ_PAUSE_MS = 5_000;

/** Brings the step to an end: succeeded, failed (which halts the run), or drifted. Returns early when aborted. */
export async function performStep(context: StepContext): Promise<void> {
  const { signal } = context;
  while (!signal.aborted) {
    const before = context.state();
    switch (before.status) {
      case 'waiting':
        await begin(context);
        break;
      case 'intended':
        // Whoever wrote the intent is gone or gave up; whether the request was sent, nobody knows.
        await lose(context, 'Backstop was interrupted; looking whether the request arrived.');
        break;
      case 'submitted':
        await follow(context);
        break;
      case 'lost':
        await recover(context);
        break;
      case 'succeeded':
      case 'failed':
      case 'skipped':
        return;
    }
    if (context.state() === before && !signal.aborted) return;
  }
}

/**
 * Looks at the component and, when it is as the plan found it, sends the one request.
 * @param certain true when no earlier request of this step can still arrive.
 */
async function begin(context: StepContext, certain = false): Promise<void> {
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
    // What is to be released was held by this very run, so it is not as the plan found it.
    const drifted = seen.fingerprint !== step.before && step.releases === undefined;
    if (!seen.moving && drifted) return changed(context, seen);
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
  const reason = `Since the plan was made, ${context.step.component} has changed: found ${seen.note}.`;
  if (context.runHasActed()) await fail(context, reason, isSettled(context));
  else await context.drifted(reason);
}

async function submit(context: StepContext, fingerprint: string): Promise<void> {
  const { run, step, operation, clock, signal } = context;
  const { attempt, intent: earlier } = context.state();
  const sameKey = operation.guarantee === 'keyed' ? earlier?.key : undefined;
  const intent: Intent = {
    run,
    step: step.id,
    // A system that knows a request by its key must be shown the same key while the earlier one may still arrive.
    key: sameKey ?? `${run}/${step.id}/${attempt + 1}`,
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

/** Follows a submitted request to its end, then believes only a look. */
async function follow(context: StepContext): Promise<void> {
  const { operation, clock, signal } = context;
  const { handle } = context.state();
  if (handle === undefined) return lose(context, 'The request left no handle to follow.');
  while (!signal.aborted) {
    try {
      const progress = await operation.poll(handle, readSignal(signal));
      if (progress.state === 'succeeded') return await confirm(context, undefined);
      if (progress.state === 'failed') return await confirm(context, progress.reason);
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
async function confirm(context: StepContext, failure: string | undefined): Promise<void> {
  const { operation, clock, signal } = context;
  const started = clock.now();
  while (!signal.aborted) {
    const found = await judge(context);
    switch (found?.state) {
      case 'done':
        return succeed(context, failure === undefined ? 'applied' : 'observed', undefined);
      case 'not-started':
        if (failure !== undefined) return fail(context, failure, true);
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

/** Nobody knows what became of the request: look until it is clear, and repeat only what surely did not start. */
async function recover(context: StepContext): Promise<void> {
  const { step, operation, clock, signal } = context;
  while (!signal.aborted) {
    const found = await judge(context);
    switch (found?.state) {
      case 'done':
        return succeed(context, 'observed', undefined);
      case 'diverged':
      case 'unknown':
        return fail(context, found.reason, false);
      case 'not-started': {
        if (await overdue(context)) return;
        const quiet = quietLeft(context);
        if (quiet <= 0 && operation.guarantee === 'blind') {
          return fail(
            context,
            'Nobody but a person can tell whether the request was carried out.',
            false,
          );
        }
        const { intent, attempt } = context.state();
        if (quiet <= 0 && attempt >= MAX_ATTEMPTS) {
          return fail(context, `It was sent ${attempt} times and never arrived.`, false);
        }
        if (quiet <= 0) return submit(context, intent?.before ?? step.before);
        await note(
          context,
          `Not seen yet; looking for another ${duration(quiet)} before sending again.`,
        );
        await clock.sleep(Math.min(quiet, operation.pollMs), signal);
        break;
      }
      case 'in-flight':
      case undefined:
        if (found?.note) await note(context, found.note);
        if (await overdue(context)) return;
        await clock.sleep(operation.pollMs, signal);
    }
  }
}

/** What became of the intent, by a fresh look; undefined when the look failed and should be repeated. */
async function judge(context: StepContext): Promise<Recovery | undefined> {
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

async function look(context: StepContext): Promise<Observation | undefined> {
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

/**
 * Halts a step that neither succeeded nor failed in its time; true when it did. To be asked after a look: what ended while
 * nobody watched has ended.
 */
async function overdue(context: StepContext): Promise<boolean> {
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
function isSettled(context: StepContext): boolean {
  return context.state().intent === undefined;
}

/** Milliseconds until a lost request of this step can no longer land. */
function quietLeft(context: StepContext): number {
  const { operation, clock } = context;
  const { intent } = context.state();
  if (!intent || operation.guarantee === 'keyed' || operation.guarantee === 'conditional') return 0;
  return intent.at + operation.quietMs - clock.now();
}

function join(failure: string | undefined, reason: string): string {
  return failure === undefined ? reason : `${failure} ${reason}`;
}

function lose(context: StepContext, reason: string): Promise<void> {
  const { run, step } = context;
  return context.record({ type: 'step.lost', data: { run, step: step.id, reason } });
}

function succeed(
  context: StepContext,
  how: 'applied' | 'observed' | 'already',
  words: string | undefined,
): Promise<void> {
  const { run, step } = context;
  const data = { run, step: step.id, how, ...(words ? { note: words } : {}) };
  return context.record({ type: 'step.succeeded', data });
}

function fail(context: StepContext, reason: string, settled: boolean): Promise<void> {
  const { run, step } = context;
  return context.record({ type: 'step.failed', data: { run, step: step.id, reason, settled } });
}

/** Tells people what is going on; said once, not at every look. */
async function note(context: StepContext, words: string): Promise<void> {
  const { run, step } = context;
  if (context.state().note === words) return;
  await context.record({ type: 'step.progressed', data: { run, step: step.id, note: words } });
}
