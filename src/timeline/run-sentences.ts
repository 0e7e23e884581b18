/** What the events of runs and their steps say in the timeline. */

import type { Reading } from '../component.ts';
import type { Recorded } from '../events.ts';
import type { Plan, PlannedStep } from '../plan.ts';
import type { RunEvent, RunEvents, Shown } from '../run.ts';
import type { Telling, Thread } from './thread.ts';
import { capital, outcomeWords, readingsWords, sentence } from './wording.ts';

type RecordedStepEvent = Extract<Recorded, { type: `step.${string}` }>;
type RecordedRunEvent = Exclude<Extract<Recorded, { type: RunEvent['type'] }>, RecordedStepEvent>;

/** The sentence of a run's event. */
export function tellRun(event: RecordedRunEvent, thread: Thread): Telling {
  const { run } = event.data;
  switch (event.type) {
    case 'run.started':
      thread.runs.set(run, event.data.plan);
      return { kind: 'run', what: `Started run ${run} of plan ${event.data.plan}.` };
    case 'run.cancelling':
      thread.cancelled.set(run, event.data.reason);
      return {
        kind: 'run',
        what: `Cancelled run ${run}: nothing new was started.`,
        why: event.data.reason,
      };
    case 'run.halted': {
      const step = stepTitle(event.data, thread);
      return { kind: 'run', what: `Halted run ${run} at ${step}.`, why: event.data.reason };
    }
    case 'run.finished': {
      const { outcome, reason } = event.data;
      const how = outcomeWords(outcome, { id: run, kind: planOf(run, thread)?.kind });
      // Why it was cancelled is told where it was.
      const said = thread.cancelled.get(run) ?? '';
      const why =
        said !== '' && reason?.startsWith(said) ? reason.slice(said.length).trim() : reason;
      return { kind: 'run', what: `Ended run ${run}: ${how}.`, why };
    }
    case 'verification.started':
      thread.verifications += 1;
      return { kind: 'verification', what: 'Began to verify that the service is healthy.' };
    case 'verification.read': {
      const { readings } = event.data;
      const words = readingsWords(readings);
      const what = `Verification: ${sentence(words)}`;
      const key = `verification ${run} ${thread.verifications}`;
      return { kind: 'verification', what, group: alike(key, readings) };
    }
  }
}

/** The sentence of a step's event. */
export function tellStep(event: RecordedStepEvent, thread: Thread): Telling {
  const { run, step } = event.data;
  const title = stepTitle(event.data, thread);
  const key = `${run} ${step}`;
  switch (event.type) {
    case 'step.intended': {
      const attempt = (thread.attempts.get(key) ?? 0) + 1;
      thread.attempts.set(key, attempt);
      const what = attempt === 1 ? `Began ${title}.` : `Began ${title}, attempt ${attempt}.`;
      return { kind: 'step', what, group: { key, is: 'begun', opens: true } };
    }
    case 'step.submitted':
      return {
        kind: 'step',
        what: `The request for ${title} was taken.`,
        // That it was taken says nothing to a reader of the step's beginning and its end.
        group: { key, is: 'begun', joins: {} },
      };
    case 'step.progressed': {
      const note = event.data.note;
      const attempt = thread.attempts.get(key) ?? 0;
      const group = { key: `${key} progress ${attempt}`, is: note };
      return { kind: 'step', what: `Progress of ${title}: ${sentence(note)}`, group };
    }
    case 'step.lost':
      return {
        kind: 'step',
        what: `Lost the answer to ${title}, and will look before doing anything again.`,
        why: event.data.reason,
      };
    case 'step.succeeded': {
      const note = event.data.note ? ` ${sentence(capital(event.data.note))}` : '';
      return { kind: 'step', what: `${doneWords(event.data.how, title)}${note}` };
    }
    case 'step.failed': {
      if (plannedStep(event.data, thread)?.byHand) {
        return { kind: 'step', what: `Came to ${title}, which is for a person.` };
      }
      const doubt = event.data.settled ? '' : ' Whether anything came of it is not certain.';
      return {
        kind: 'step',
        what: `Could not carry out ${title}.${doubt}`,
        why: event.data.reason,
      };
    }
    case 'step.shown':
      return {
        kind: 'step',
        what: `Read again what ${title} would change: ${shownWords(event.data)}`,
      };
    case 'step.allowed':
      return { kind: 'approval', what: `Allowed ${title}, asked again right before it ran.` };
    case 'step.printed':
      return {
        kind: 'step',
        what: `Kept what ${title} printed.`,
        // Its last lines are told with its end; the whole stands with the run.
        group: { key, is: 'begun', joins: {} },
      };
    case 'step.ending':
      return {
        kind: 'step',
        what: `Had ${title} ended before it was done.`,
        why: event.data.reason,
      };
    case 'step.skipped':
      return { kind: 'step', what: `Skipped ${title}.`, why: event.data.reason };
    case 'step.retried':
      return { kind: 'step', what: `Asked to try ${title} again.` };
  }
}

function shownWords({ changes, checks }: Shown): string {
  const doubts = checks.filter(({ verdict }) => verdict !== 'pass');
  return [
    ...changes.map(({ what, from, to }) => `${what}: ${from} → ${to}`),
    ...doubts.map(({ name, reason }) => `${name}: ${reason}`),
  ]
    .map(sentence)
    .join(' ');
}

function doneWords(how: RunEvents['step.succeeded']['how'], title: string): string {
  switch (how) {
    case 'applied':
      return `Carried out ${title}.`;
    case 'observed':
      return `Looked again and found ${title} done.`;
    case 'already':
      return `Found ${title} done already.`;
    case 'person':
      return `Did ${title} by hand.`;
  }
}

/** The step's title in quotation marks, or its id where the plan is not known. */
function stepTitle(at: At, thread: Thread): string {
  return `“${plannedStep(at, thread)?.title ?? at.step}”`;
}

interface At {
  readonly run: string;
  readonly step: string;
}

function plannedStep(at: At, thread: Thread): PlannedStep | undefined {
  return planOf(at.run, thread)?.steps.find(({ id }) => id === at.step);
}

function planOf(run: string, thread: Thread): Plan | undefined {
  return thread.plans.get(thread.runs.get(run) ?? '');
}

/** Rounds are alike when every probe says the same; measured numbers may differ. */
export function alike(key: string, readings: readonly Reading[]): { key: string; is: string } {
  const is = readings.map(({ probe, verdict, reason }) => {
    return [probe, verdict, verdict === 'pass' ? '' : reason.replace(/\d+/g, '#')];
  });
  return { key, is: JSON.stringify(is) };
}
