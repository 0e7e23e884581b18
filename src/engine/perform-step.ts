/**
 * Carries out one step so that it is done once, whatever crashes or gets lost: look, write down the intent, send one
 * request, follow it, and after any doubt look again before anything is repeated. What cannot be seen goes to a person.
 */

import { duration } from '../words.ts';
import { endWhenAsked } from './end-step.ts';
import { follow } from './follow-step.ts';
import { judge, whatIsLeft } from './look-at-step.ts';
import { begin, submit } from './send-step.ts';
import {
  fail,
  lose,
  MAX_ATTEMPTS,
  note,
  overdue,
  quietLeft,
  type StepContext,
  succeed,
} from './step-context.ts';

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

/** Nobody knows what became of the request: look until it is clear, and repeat only what surely did not start. */
async function recover(context: StepContext): Promise<void> {
  const { step, operation, clock, signal } = context;
  const end = endWhenAsked(context);
  while (!signal.aborted) {
    const ended = await end();
    const found = await judge(context);
    switch (found?.state) {
      case 'done':
        return succeed(context, 'observed', found.note);
      case 'diverged':
      case 'unknown':
        return fail(context, found.reason, false);
      case 'not-started': {
        const quiet = quietLeft(context);
        if (ended) {
          const reason = `${ended.note} ${await whatIsLeft(context)}`;
          return fail(context, reason, ended.isOver || quiet <= 0);
        }
        if (await overdue(context)) return;
        if (quiet <= 0 && operation.guarantee === 'blind') {
          return fail(
            context,
            'Nobody but a person can tell whether the request was carried out.',
            false,
          );
        }
        const { intent, attempt } = context.state();
        if (quiet <= 0 && attempt >= MAX_ATTEMPTS) {
          return fail(context, `It was tried ${attempt} times and never arrived.`, false);
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
