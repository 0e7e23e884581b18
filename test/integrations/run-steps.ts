/** Steps of a plan as the engine performs them, with a run folded in memory. */

import { applyToRun, startRun } from '../../src/apply-run-event.ts';
import type { Clock } from '../../src/clock.ts';
import type { Component } from '../../src/component.ts';
import { performStep } from '../../src/engine/perform-step.ts';
import type { PlannedStep } from '../../src/plan.ts';
import type { Run, RunEvent } from '../../src/run.ts';

/** What the journal holds of a run, and the process that works on it. @param id of the run; processes are found by it. */
export function startAnew(steps: readonly PlannedStep[], id = 'R1') {
  const clock = createHurriedClock();
  let run: Run = startRun({ run: id, plan: 'P1', hash: '' }, 'rollback', steps, clock.now());
  const events: RunEvent[] = [];

  async function live(step: PlannedStep, of: Component, dieAfter?: RunEvent['type']) {
    const operation = of.operations[step.call.operation];
    if (!operation) throw new Error(`There is no operation ${step.call.operation}.`);
    const death = new AbortController();
    let drift: string | undefined;
    await performStep({
      run: id,
      step,
      operation,
      clock,
      signal: death.signal,
      state: () => run.steps[step.id] as Run['steps'][string],
      runHasActed: () => Object.values(run.steps).some(({ attempt }) => attempt > 0),
      record: async (event) => {
        if (death.signal.aborted) return;
        run = applyToRun(run, event, clock.now());
        events.push(event);
        if (event.type === dieAfter) death.abort();
      },
      drifted: async (reason) => {
        drift = reason;
      },
    });
    return { ...run.steps[step.id], drift };
  }
  /** What a person decides meanwhile. */
  function tell(event: RunEvent): void {
    run = applyToRun(run, event, clock.now());
    events.push(event);
  }
  return { live, events, tell, step: (id: string) => run.steps[id] };
}

/** No wait takes longer; a machine that stalls must not use up a step's minutes with it. */
const LONGEST_MS = 100;

/** Waits are cut short, and the clock moves on by what was cut. */
function createHurriedClock(): Clock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    async sleep(ms) {
      const real = Math.min(ms, LONGEST_MS);
      ahead += ms - real;
      await new Promise((resolve) => setTimeout(resolve, real));
    },
  };
}
