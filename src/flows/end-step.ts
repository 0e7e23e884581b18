import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import { proposalOf } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { isUnderWay } from '../run.ts';
import { requireCommander, requireReason } from './guards.ts';
import { requireActive } from './run-steps.ts';

/**
 * Has what is at work in a cancelled run ended before it is done, with a reason; whoever may cancel may. What it had done by then is
 * not assumed: a look tells, or a person is asked to look.
 */
export function endStep(run: string, step: string, reason: string): Flow {
  return (incident, { actor }): readonly Event[] => {
    const state = requireActive(incident, run);
    requireCommander(incident, actor, 'end the step');
    const planned = proposalOf(incident, state.plan)?.plan.steps.find(({ id }) => id === step);
    const now = state.steps[step];
    if (!planned || !now) {
      throw new Refusal('not-found', `${run} has no step ${step}. Its card shows those it has.`);
    }
    if (state.cancelling === undefined) {
      throw new Refusal(
        'not-possible',
        `Cancel ${run} first: press *Cancel…* on its card. Only then can a step be ended early.`,
      );
    }
    if (!isUnderWay(now)) {
      throw new Refusal(
        'already-done',
        `The step “${planned.title}” is not at work any more; its card shows what became of it.`,
      );
    }
    if (planned.endingLeaves === undefined) {
      throw new Refusal(
        'not-possible',
        `The step “${planned.title}” cannot be ended from here; wait for it to finish.`,
      );
    }
    if (now.ending !== undefined) {
      throw new Refusal(
        'already-done',
        `The step “${planned.title}” is being ended already; wait for the outcome.`,
      );
    }
    return [{ type: 'step.ending', data: { run, step, reason: requireReason(reason) } }];
  };
}
