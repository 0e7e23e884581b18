import type { Incident } from '../incident.ts';
import type { PlannedStep } from '../plan.ts';

/** How many of the newest runs are asked. */
const RUNS = 5;

/**
 * How long a step usually takes, from past runs of the same operation on the same component: their median in
 * milliseconds; undefined when there were none.
 * @param incidents newest first.
 */
export function usualDurations(
  incidents: readonly Incident[],
): (step: Pick<PlannedStep, 'component' | 'call'>) => number | undefined {
  return ({ component, call }) => {
    const past: number[] = [];
    for (const { runs, proposals } of incidents) {
      for (const run of runs) {
        const plan = proposals.find((proposal) => proposal.plan.id === run.plan)?.plan;
        for (const step of plan?.steps ?? []) {
          if (step.component !== component || step.call.operation !== call.operation) continue;
          const { how, startedAt, endedAt } = run.steps[step.id] ?? {};
          if (how === 'applied' && startedAt !== undefined && endedAt !== undefined) {
            past.push(endedAt - startedAt);
          }
        }
      }
      if (past.length >= RUNS) break;
    }
    return median(past.slice(0, RUNS));
  };
}

function median(numbers: readonly number[]): number | undefined {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
