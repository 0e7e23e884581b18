/** Makes plans: reads every component of an environment in parallel and says what would change. Reads only. */

import type { Component } from '../component.ts';
import type { PlanWish } from '../events.ts';
import type { Ground, Incident } from '../incident.ts';
import type { PlanContent } from '../plan.ts';
import { planDifferences } from '../plan-difference.ts';
import type { Catalogue } from '../service.ts';
import { aboutFreezes } from './about-freezes.ts';
import { usualDurations } from './past-durations.ts';
import { planMitigation } from './plan-mitigation.ts';
import { planQuickFix } from './plan-quick-fix.ts';
import { planRelease } from './plan-release.ts';
import { planReset } from './plan-reset.ts';
import { planRevert } from './plan-revert.ts';
import { planRollForward } from './plan-roll-forward.ts';
import { planRollback } from './plan-rollback.ts';
import { planUndo } from './plan-undo.ts';

export interface Planner {
  /**
   * The plan that fulfils the wish for the service and environment it is made on.
   * @throws Refusal when no such plan exists, OutsideError when a system could not be read.
   */
  readonly plan: (ground: Ground, wish: PlanWish, signal: AbortSignal) => Promise<PlanContent>;
  /** The plan that opens the hotfix branch at the live release's commit, and its branch. @throws as `plan`. */
  quickFix(
    ground: Ground,
    signal: AbortSignal,
  ): Promise<{ readonly plan: PlanContent; readonly branch: string }>;
}

/**
 * @param incidents every incident, for what past runs teach: durations, and versions that failed.
 * @param now epoch milliseconds.
 */
export function createPlanner(
  catalogue: Catalogue,
  incidents: () => readonly Incident[],
  now: () => number = Date.now,
): Planner {
  async function componentsOf({ service, environment }: Ground): Promise<readonly Component[]> {
    return (await catalogue.systems(service, environment)).components;
  }

  async function bare(ground: Ground, wish: PlanWish, signal: AbortSignal): Promise<PlanContent> {
    const components = await componentsOf(ground);
    switch (wish.kind) {
      case 'rollback':
        if (wish.reset) {
          return planReset(ground, wish.reset, components, signal);
        }
        return wish.revert === undefined
          ? planRollback(ground, wish, components, incidents(), now(), signal)
          : planRevert(ground, wish.revert, components, signal);
      case 'roll-forward':
        return planRollForward(ground, wish, components, signal);
      case 'undo':
        return planUndo(ground, wish, components, signal);
      case 'mitigation':
        return planMitigation(ground, wish, components, now(), signal);
      case 'release':
        return planRelease(ground, wish.part ?? 'prepare', components, signal);
    }
  }

  /** With the durations that past runs teach, where there were any. */
  function asUsual(plan: PlanContent): PlanContent {
    const usual = usualDurations(incidents());
    const steps = plan.steps.map((step) => ({ ...step, usualMs: usual(step) ?? step.usualMs }));
    return { ...plan, steps };
  }

  return {
    async plan(ground, wish, signal) {
      const [plan, freezes] = await Promise.all([
        bare(ground, wish, signal),
        componentsOf(ground).then((components) => aboutFreezes(components, ground, wish, signal)),
      ]);
      const notes = [...sinceTheLast(ground, wish, plan), ...(plan.notes ?? []), ...freezes];
      return asUsual(notes.length === 0 ? plan : { ...plan, notes });
    },
    async quickFix(ground, signal) {
      const { plan, branch } = await planQuickFix(ground, await componentsOf(ground), signal);
      return { plan: asUsual(plan), branch };
    },
  };
}

/** Why another plan is needed, and what is different from the one that went out of date. */
function sinceTheLast(
  { proposals }: Ground,
  { because }: PlanWish,
  plan: PlanContent,
): readonly string[] {
  if (because === undefined) return [];
  const stale = proposals.findLast(({ state }) => state === 'stale');
  return [because, ...(stale ? planDifferences(stale.plan, plan) : [])];
}
