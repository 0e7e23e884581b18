import type { Component } from '../component.ts';
import { Refusal } from '../errors.ts';
import type { PlanWish } from '../events.ts';
import type { Ground } from '../incident.ts';
import type { PlanContent } from '../plan.ts';
import { planVersions } from './plan-versions.ts';
import { readSignal } from './reads.ts';
import { flagsBack } from './switch-parts.ts';
import { hasVersions, type Target } from './targets.ts';

/**
 * The plan that takes a rollback back: each component to the version that was live when that was planned. Reads only.
 * @throws Refusal when there was no such run, or one of them cannot go there.
 */
export async function planRollForward(
  ground: Ground,
  wish: PlanWish,
  components: readonly Component[],
  signal: AbortSignal,
): Promise<PlanContent> {
  const run = ground.runs.find(({ id }) => id === wish.run);
  const earlier = ground.proposals.find(({ plan }) => plan.id === run?.plan)?.plan;
  if (!run || !earlier) {
    throw new Refusal('not-found', `${ground.id} has no run ${wish.run ?? ''}.`);
  }
  const targets = await Promise.all(
    earlier.components.map(async (planned): Promise<Target> => {
      const component = components.filter(hasVersions).find(({ id }) => id === planned.id);
      if (!component) {
        throw new Refusal('not-possible', `${planned.title} is no longer in backstop.yaml.`);
      }
      const live = await component.versions.live(readSignal(signal));
      if (live.id === planned.live.id) {
        throw new Refusal('not-possible', `${planned.title} runs ${live.label} already.`);
      }
      return { component, live, target: planned.live };
    }),
  );
  const flags = flagsBack(earlier, components);
  return planVersions(ground, 'roll-forward', components, targets, flags, false, signal);
}
