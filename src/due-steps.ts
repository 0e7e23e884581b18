/** What is to be done next about the steps of a run: begun, shown to a second person, allowed, or ended. */

import type { PlannedStep } from './plan.ts';
import { isActive, isDone, isOwnWork, isUnderWay, type Run, type StepState } from './run.ts';

/**
 * The steps whose turn it is: not begun, everything they wait for has ended well, and allowed where they ask again. In a
 * run that is being cancelled only what was held is released, once nothing is under way any more.
 */
export function readySteps(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return run.cancelling === undefined
    ? dueSteps(run, steps).filter((step) => !step.asksAgain || run.steps[step.id]?.allowed)
    : releasing(run, steps);
}

/** The steps that wait for nothing but a second person, who can see what they would do. */
export function stepsToAllow(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return stepsThatAsk(run, steps).filter(({ id }) => run.steps[id]?.shown);
}

/** The steps whose turn it is, and of which has to be read what they would do before a second person is asked. */
export function stepsToShow(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return stepsThatAsk(run, steps).filter(({ id }) => !run.steps[id]?.shown);
}

function stepsThatAsk(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  if (run.cancelling !== undefined || run.status !== 'running') return [];
  return dueSteps(run, steps).filter((step) => step.asksAgain && !run.steps[step.id]?.allowed);
}

function dueSteps(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return steps.filter((step) => {
    if (run.steps[step.id]?.status !== 'waiting') return false;
    return step.after.every((id) => {
      const before = run.steps[id];
      return before !== undefined && isDone(before);
    });
  });
}

function releasing(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const others = steps.filter(({ releases }) => releases === undefined);
  if (others.some(({ id }) => isUnderWay(stateOf(run, id)))) return [];
  return steps.filter(
    ({ id, releases }) =>
      releases !== undefined &&
      stateOf(run, id).status === 'waiting' &&
      mayHold(stateOf(run, releases)),
  );
}

/** Also one that failed half-way, or was given up: a queue that is paused and not empty yet, one of two roles. */
function mayHold({ status, attempt }: StepState): boolean {
  return status === 'succeeded' || attempt > 0;
}

/** The steps of a cancelled run that are at work and can be ended before they are done, and that nobody has asked to end yet. */
export function stepsToEnd(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  if (run.cancelling === undefined || !isActive(run)) return [];
  return steps.filter(({ id, endingLeaves }) => {
    const state = stateOf(run, id);
    return endingLeaves !== undefined && isUnderWay(state) && state.ending === undefined;
  });
}

/** True when the run will start nothing more by itself and nothing of it is under way. */
export function hasEnded(run: Run, steps: readonly PlannedStep[]): boolean {
  if (run.cancelling === undefined) return Object.values(run.steps).every(isDone);
  const moving = Object.values(run.steps).some(isUnderWay);
  return !moving && releasing(run, steps).length === 0;
}

/**
 * What the run did, of Backstop or of people on its behalf, and what would stay done. What it holds it releases again by itself, and what
 * was found done already is not its work.
 */
export function ownWork(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const isReleased = (id: string): boolean => {
    const release = steps.find(({ releases }) => releases === id);
    const status = release && stateOf(run, release.id).status;
    return status !== undefined && status !== 'failed' && status !== 'skipped';
  };
  return steps.filter(
    ({ id, releases }) => releases === undefined && isOwnWork(stateOf(run, id)) && !isReleased(id),
  );
}

/** Of that, what Backstop can take back: what only made a copy, and what has no way back, is left out. */
export function workToTakeBack(run: Run, steps: readonly PlannedStep[]): readonly PlannedStep[] {
  return ownWork(run, steps).filter(({ noWayBack }) => noWayBack === undefined);
}

function stateOf(run: Run, id: string): StepState {
  return run.steps[id] ?? { id, status: 'waiting', attempt: 0 };
}
