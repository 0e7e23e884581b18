/**
 * Makes the world match the incidents: plans that are wanted, quick fixes that were chosen, runs that are under way, what
 * is frozen, and what is due by the clock. It keeps nothing of its own, so it may stop at any instant and start again.
 */

import { setMaxListeners } from 'node:events';
import type { Clock } from '../clock.ts';
import { messageOf, Refusal } from '../errors.ts';
import { answerWish, mayBePlanned, proposePlan, refusePlan } from '../flows/propose-plan.ts';
import { startQuickFix } from '../flows/quick-fix.ts';
import { activeRun, type Incident, isOpen } from '../incident.ts';
import type { Loop } from '../loop.ts';
import type { Catalogue } from '../service.ts';
import type { Alarms } from './alarms.ts';
import { keepDeadlines } from './deadlines.ts';
import { BACKSTOP, driveRun } from './drive-run.ts';
import { type Freezes, keepFreezes } from './freezes.ts';
import type { Planner } from './planner.ts';

export interface EngineOptions {
  readonly loop: Loop;
  readonly catalogue: Catalogue;
  readonly planner: Planner;
  readonly clock: Clock;
  /** Milliseconds a quick fix may take (guide 002, Procedure 1: 15 minutes). */
  readonly quickFixLimit: number;
  /** Told of what the engine could not carry out nor put into the journal. */
  readonly onError: (error: unknown) => void;
}

export interface Engine {
  /** Takes up everything that was under way when the last process ended. */
  start(): void;
  /** Stops between two steps of the protocol; what was sent is followed again after the next start. */
  stop(): Promise<void>;
}

export function createEngine(options: EngineOptions): Engine {
  const { loop, catalogue, planner, clock, onError } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  // Each run, plan and deadline waits on it; there is no leak in having many.
  setMaxListeners(0, signal);
  const busy = new Map<string, Promise<void>>();
  const again = new Set<string>();
  let unsubscribe = (): void => undefined;
  let due: Alarms | undefined;
  let freezes: Freezes | undefined;

  /** Runs the job unless it is running; then it is run once more after that, against the newer state. */
  function ensure(job: string, work: () => Promise<void>): void {
    if (signal.aborted) return;
    if (busy.has(job)) {
      again.add(job);
      return;
    }
    const running = work()
      .catch((error: unknown) => {
        if (!signal.aborted) onError(error);
      })
      .finally(() => {
        busy.delete(job);
        if (again.delete(job)) ensure(job, work);
      });
    busy.set(job, running);
  }

  function look(incident: Incident): void {
    freezes?.look(incident);
    if (!isOpen(incident)) return;
    const { id } = incident;
    if (mayBePlanned(incident)) ensure(`plan ${id}`, () => makePlan(id));
    if (wantsQuickFix(incident)) ensure(`quick fix ${id}`, () => makeQuickFix(id));
    const run = activeRun(incident);
    if (run) {
      ensure(`run ${run.id}`, () => driveRun({ loop, catalogue, clock, signal }, id, run.id));
    }
    due?.look(incident);
  }

  async function makePlan(id: string): Promise<void> {
    const incident = loop.incident(id);
    const wish = incident?.planWanted;
    if (!incident || !wish || !mayBePlanned(incident)) return;
    const flow = await planner.plan(incident, wish, signal).then(proposePlan, (error: unknown) => {
      if (signal.aborted) throw error;
      return refusePlan(messageOf(error));
    });
    await loop.decide(id, wish.by, answerWish(wish, flow));
  }

  async function makeQuickFix(id: string): Promise<void> {
    const incident = loop.incident(id);
    if (!incident || !wantsQuickFix(incident)) return;
    const flow = await planner.quickFix(incident, signal).then(
      ({ plan, branch }) => startQuickFix(plan, branch, options.quickFixLimit),
      (error: unknown) => {
        if (signal.aborted) throw error;
        return refusePlan(messageOf(error));
      },
    );
    await loop.decide(id, BACKSTOP, flow).catch(async (error: unknown) => {
      if (!(error instanceof Refusal) || error.code !== 'not-possible') throw error;
      await loop.decide(id, BACKSTOP, refusePlan(error.message));
    });
  }

  return {
    start() {
      due = keepDeadlines({ loop, catalogue, clock, signal, onError });
      freezes = keepFreezes({ loop, catalogue, clock, signal, onError });
      unsubscribe = loop.subscribe(look);
      for (const incident of loop.incidents()) look(incident);
    },
    async stop() {
      unsubscribe();
      again.clear();
      stopping.abort();
      await Promise.all([...busy.values(), due?.ended, freezes?.ended]);
    },
  };
}

/** True from the decision for a quick fix until its branch is under way or could not be planned. */
function wantsQuickFix(incident: Incident): boolean {
  return (
    incident.response?.is === 'quick-fix' &&
    !incident.quickFix &&
    !incident.planRefused &&
    !activeRun(incident)
  );
}
