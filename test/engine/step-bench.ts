/** The step protocol alone, with a run folded in memory, and a process that can die at every call it makes. */

import { applyToRun, startRun } from '../../src/apply-run-event.ts';
import { performStep } from '../../src/engine/perform-step.ts';
import type { StepContext } from '../../src/engine/step-context.ts';
import type { Operation } from '../../src/operation.ts';
import type { PlannedStep } from '../../src/plan.ts';
import type { Run, RunEvent, StepState } from '../../src/run.ts';
import { createVirtualClock, type VirtualClock } from '../support/virtual-clock.ts';
import {
  createScriptedSystem,
  type Script,
  type ScriptedSystem,
  TIMES,
} from './scripted-system.ts';

export interface StepBench {
  readonly clock: VirtualClock;
  readonly system: ScriptedSystem;
  readonly events: readonly RunEvent[];
  /** Why the run was ended before anything was touched. */
  drift(): string | undefined;
  step(): StepState;
  /** The process works until the step has ended, or dies at its n-th point, and another one takes over. */
  work(dieAt?: number): Promise<void>;
  /** Points passed since the start at which a process could die. */
  points(): number;
  retry(): void;
  /** What somebody else does while the process stands still. */
  meanwhile(does: () => void): void;
}

const STEP: PlannedStep = {
  id: 'swap',
  title: 'Swap the slots',
  component: 'web',
  call: { operation: 'swap', input: {} },
  after: [],
  effect: 'toggle',
  guarantee: 'observable',
  before: 'old',
  expected: 'new',
  checks: [],
  changes: [],
  usualMs: TIMES.takes,
  manual: 'Swap by hand.',
};

/** Longer than every time limit of the step taken together: whoever still works then is stuck. */
const STUCK_MS = 20 * TIMES.limit;

export function createStepBench(script: Script): StepBench {
  const clock = createVirtualClock(Date.UTC(2026, 10, 21, 3, 7));
  const system = createScriptedSystem(clock, script);
  const events: RunEvent[] = [];
  const started = { run: 'INC-0001-R1', plan: 'INC-0001-P1', hash: '' };
  let run: Run = startRun(started, 'rollback', [STEP], clock.now());
  let drift: string | undefined;
  let passed = 0;
  let meanwhile = (): void => undefined;

  function take(event: RunEvent): void {
    run = applyToRun(run, event, clock.now());
    events.push(event);
  }
  const step = (): StepState => run.steps['swap'] as StepState;

  /** What one process does. Once it has died, nothing it called ever comes back to it. */
  function live(dieAt: number): { readonly ended: Promise<void>; readonly died: Promise<void> } {
    let die = (): void => undefined;
    let isDead = false;
    const died = new Promise<void>((resolve) => {
      die = () => {
        isDead = true;
        resolve();
      };
    });
    const point = async (): Promise<void> => {
      passed += 1;
      // Whoever goes on for ever without waiting for anything must not keep the test from seeing it.
      if (passed % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (passed === dieAt) die();
      if (isDead) await new Promise(() => undefined);
    };
    async function around<T>(call: () => T | Promise<T>): Promise<T> {
      await point();
      try {
        return await call();
      } finally {
        await point();
      }
    }
    const { operation } = system;
    const watched: Operation = {
      ...operation,
      observe: (...of) => around(() => operation.observe(...of)),
      submit: (...of) => around(() => operation.submit(...of)),
      poll: (...of) => around(() => operation.poll(...of)),
      recover: (...of) => around(() => operation.recover(...of)),
    };
    const context: StepContext = {
      run: run.id,
      step: STEP,
      operation: watched,
      clock,
      signal: new AbortController().signal,
      state: step,
      runHasActed: () => step().attempt > 0,
      record: (event) =>
        around(() => {
          take(event);
          const stalls = script.fates[system.sent.length] === 'stalled';
          if (event.type === 'step.intended' && stalls && system.sent.length === 0) {
            if (events.filter(({ type }) => type === 'step.intended').length === 1) {
              clock.advance(6_000);
              meanwhile();
            }
          }
        }),
      drifted: (reason) =>
        around(() => {
          drift = reason;
        }),
    };
    return { ended: performStep(context), died };
  }

  return {
    clock,
    system,
    events,
    drift: () => drift,
    step,
    points: () => passed,
    async work(dieAt = 0) {
      const first = live(dieAt);
      await clock.run(Promise.race([first.ended, first.died]), STUCK_MS);
      const isOver = ['succeeded', 'failed', 'skipped'].includes(step().status);
      if (isOver || drift !== undefined) return;
      await clock.run(live(0).ended, STUCK_MS);
    },
    meanwhile(does) {
      meanwhile = does;
    },
    retry: () => take({ type: 'step.retried', data: { run: run.id, step: 'swap' } }),
  };
}
