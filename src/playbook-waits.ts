/** What the step of a playbook waits for, read from the incident's state alone. */

import { activeRun, type Incident, openProposal } from './incident.ts';
import { openQuestion } from './open-assessment.ts';
import type { Playbook, PlaybookOperation, StepOf, VisibleStep } from './playbook.ts';
import { currentStep, type PlaybookProgress } from './playbook-progress.ts';
import { doneByRuns } from './playbook-relief.ts';
import type { Run } from './run.ts';
import { severityTerm } from './vocabulary.ts';

export type Wait =
  /** Nothing but people. */
  | { readonly for: 'people' }
  /** It came true; `note` says what was seen, `answer` which answer it is to a question. */
  | { readonly for: 'nothing'; readonly note: string; readonly answer?: string }
  /** A time, epoch milliseconds. */
  | { readonly for: 'time'; readonly until: number }
  /** A stretch of watching that has not begun. */
  | { readonly for: 'watch' }
  /** A run or a plan that is on its way. */
  | { readonly for: 'work' }
  /** What it waits for did not come true: it failed, or nobody began it. */
  | { readonly for: 'another-try'; readonly failed: string | undefined };

const MINUTE_MS = 60_000;
/** The kinds of runs that people approve. */
const APPROVED: readonly Run['kind'][] = ['rollback', 'roll-forward', 'undo', 'mitigation'];
/** A stretch of watching is read so often, and each minute at most. */
const READINGS = 12;

/** What the current step waits for; undefined when there is none. */
export function waitOf(incident: Incident, progress: PlaybookProgress): Wait | undefined {
  const step = currentStep(progress);
  const since = progress.current?.since;
  if (!step || since === undefined) return undefined;
  switch (step.kind) {
    case 'question':
      return decided(incident, step) ?? { for: 'people' };
    case 'assessment':
      return assessed(incident);
    case 'checklist':
      return { for: 'people' };
    case 'operation':
      return operated(incident, step.operation, since) ?? { for: 'people' };
    case 'approval':
      return approved(incident, progress, step, since);
    case 'verification':
      return verified(incident, progress);
    case 'monitor':
      return watched(incident, step, since);
    case 'announcement': {
      const told = incident.updates.find(({ at }) => at >= since);
      if (told) return { for: 'nothing', note: 'a status update was posted' };
      const outside =
        step.audience === 'users' && incident.statusPage.some(({ at }) => at >= since);
      return outside
        ? { for: 'nothing', note: 'it was approved for the status page' }
        : { for: 'people' };
    }
    case 'timer':
      return { for: 'time', until: since + step.minutes * MINUTE_MS };
  }
}

/** When Backstop has something to do about the current step, epoch milliseconds; undefined while it has not. */
export function playbookDueAt(incident: Incident, progress: PlaybookProgress): number | undefined {
  const wait = waitOf(incident, progress);
  const since = progress.current?.since;
  if (wait?.for === 'nothing' || wait?.for === 'watch') return since;
  if (doneByRuns(incident, progress).length > 0) return since;
  if (wait?.for !== 'time') return undefined;
  // A stretch of watching is ended by its last reading.
  return currentStep(progress)?.kind === 'timer' ? wait.until : undefined;
}

/** The monitor window of a step of kind `monitor`, which begins now. Times in epoch milliseconds. */
export function watchOf({ title, minutes }: StepOf<'monitor'>, now: number) {
  const length = minutes * MINUTE_MS;
  const every = Math.max(MINUTE_MS, Math.floor(length / READINGS));
  return { name: title, from: now, until: now + length, every };
}

/** Whether Backstop can try the step once more. */
export function canTryAgain(step: VisibleStep): boolean {
  return step.kind === 'verification' || step.kind === 'monitor';
}

/** The answer that the decided response gives already. */
function decided({ response }: Incident, step: StepOf<'question'>): Wait | undefined {
  const answer = step.options.find(({ id }) => id === response?.is)?.id;
  if (step.decides === undefined || answer === undefined) return undefined;
  return { for: 'nothing', note: 'it is decided', answer };
}

function assessed(incident: Incident): Wait {
  const { severity } = incident;
  if (!severity || openQuestion(incident)) return { for: 'people' };
  return { for: 'nothing', note: `it is a ${severityTerm(severity.is).label}` };
}

function operated(
  incident: Incident,
  operation: PlaybookOperation,
  since: number,
): Wait | undefined {
  const { contactsCalled, response, planWanted, proposals } = incident;
  const met = (isMet: boolean, note: string): Wait | undefined =>
    isMet ? { for: 'nothing', note } : undefined;
  switch (operation) {
    case 'call-contacts':
      return met(contactsCalled !== undefined, 'the contacts are called');
    case 'start-quick-fix':
      return met(response?.is === 'quick-fix', 'the quick fix is the response');
    case 'mitigate':
      return met(response?.is === 'mitigate', 'mitigating is the response');
    case 'plan-mitigation': {
      const wanted = planWanted?.kind === 'mitigation' && planWanted.at >= since;
      const shown = proposals.some(
        ({ plan }) => plan.kind === 'mitigation' && plan.madeAt >= since,
      );
      return met(wanted || shown, 'a plan was asked for');
    }
    case 'plan-rollback': {
      const wanted = planWanted?.kind === 'rollback' && planWanted.at >= since;
      const shown = proposals.some(
        ({ plan, state }) =>
          plan.kind === 'rollback' &&
          (plan.madeAt >= since || state === 'shown' || state === 'requested'),
      );
      const running = activeRun(incident)?.kind === 'rollback';
      return met(wanted || shown || running, 'a plan was asked for');
    }
    case 'plan-restore':
    case 'plan-full-rollback': {
      const wanted = planWanted?.restore !== undefined && planWanted.at >= since;
      const shown = proposals.some(({ plan }) => plan.kind === 'rollback' && plan.madeAt >= since);
      return met(wanted || shown, 'a plan was asked for');
    }
  }
}

function approved(
  incident: Incident,
  progress: PlaybookProgress,
  step: StepOf<'approval'>,
  since: number,
): Wait {
  const planned = planningBefore(progress.playbook, step);
  const asked = planned && progress.done[planned.id];
  // People may approve the plan before they have come to this step.
  const from = Math.min(since, asked?.at ?? since);
  const run = incident.runs.findLast(
    ({ kind, startedAt, status }) =>
      APPROVED.includes(kind) && (startedAt >= from || status !== 'finished'),
  );
  if (run) return { for: 'nothing', note: `run ${run.id} began` };
  if (openProposal(incident) || incident.planWanted) return { for: 'work' };
  const { planRefused } = incident;
  const refused = planRefused && planRefused.at >= from ? planRefused.reason : undefined;
  // Done by hand, with words for it: Backstop has nothing to carry out.
  if (asked?.how === 'done' && asked.note !== undefined && refused === undefined) {
    return { for: 'nothing', note: 'no plan was asked for' };
  }
  return { for: 'another-try', failed: refused };
}

/** The step whose plan an approval is about. */
export function planningBefore(
  { steps }: Playbook,
  approval: VisibleStep,
): StepOf<'operation'> | undefined {
  return steps
    .slice(0, steps.indexOf(approval))
    .findLast(
      (step): step is StepOf<'operation'> =>
        step.kind === 'operation' && step.operation.startsWith('plan-'),
    );
}

function verified(incident: Incident, progress: PlaybookProgress): Wait {
  const run = runToVerify(incident, progress);
  if (!run) return { for: 'another-try', failed: undefined };
  if (run.outcome === 'recovered') {
    const passed = run.kind === 'verify' ? 'passed' : 'recovered';
    return { for: 'nothing', note: `run ${run.id} ${passed}` };
  }
  if (run.outcome === undefined) return { for: 'work' };
  const reason = run.outcomeReason ?? '';
  return { for: 'another-try', failed: `run ${run.id} ended without a recovery. ${reason}`.trim() };
}

/** The newest run that no earlier verification of this playbook stands for. */
function runToVerify(
  incident: Incident,
  { playbook, done, at }: PlaybookProgress,
): Run | undefined {
  const earlier = playbook.steps.flatMap(({ id, kind }) =>
    kind === 'verification' ? (done[id]?.at ?? []) : [],
  );
  const from = Math.max(at, ...earlier);
  return incident.runs.findLast(
    ({ kind, startedAt, endedAt = Number.POSITIVE_INFINITY }) =>
      kind !== 'quick-fix' && kind !== 'release' && (startedAt >= from || endedAt > from),
  );
}

/** A window of the same name that goes on already is the one that people wait for; it needs no second one beside it. */
function watched(incident: Incident, step: StepOf<'monitor'>, since: number): Wait {
  const name = step.title.toLowerCase();
  const window = (incident.monitor?.windows ?? []).findLast(
    (each) => each.name.toLowerCase() === name && (each.from >= since || each.passed !== false),
  );
  if (!window) return { for: 'watch' };
  if (window.passed === undefined) return { for: 'time', until: window.until };
  if (window.passed) return { for: 'nothing', note: 'every probe passed at its end' };
  return { for: 'another-try', failed: 'not every probe passed at its end.' };
}
