/** Code is not rolled back past a migration that it cannot work with, unless the plan takes that back too, or somebody answers for it. */

import type { WhenLeft } from '../component.ts';
import type { PlanWish } from '../events.ts';
import type { Check } from '../operation.ts';
import type { PlannedStep } from '../plan.ts';

/**
 * What leaving the schema means to a plan by which older code runs.
 * @param restored ids of the components that it puts back to a restore point.
 * @param isPromised whoever prepared the release said that older code can run with it, which the plan tells already.
 */
export function aboutSchema(
  left: readonly WhenLeft[],
  { keepSchema }: Pick<PlanWish, 'keepSchema'>,
  restored: ReadonlySet<string>,
  isPromised: boolean,
): { readonly notes: readonly string[]; readonly check?: Check } {
  const stays = left.filter(({ goesWith }) => !goesWith || !restored.has(goesWith.component));
  const gone = left.filter((each) => !stays.includes(each));
  const notes = [
    ...stays.flatMap((each) => each.notes),
    ...gone.flatMap(({ goesWith }) => goesWith?.note ?? []),
  ];
  const breaks = stays.flatMap((each) => each.breaks ?? []);
  if (breaks.length === 0 || isPromised) return { notes };
  if (keepSchema) {
    const said = `The schema stays as it is. Whoever asked for this says why the older code runs with it: ${keepSchema.reason}`;
    return { notes: [...notes, said] };
  }
  const reason = breaks.join(' ');
  return { notes, check: { name: 'Schema', verdict: 'fail', reason, blocking: true } };
}

/** The steps, the first that puts one of these components back with the check: once is enough to block the plan. */
export function withCheck(
  steps: readonly PlannedStep[],
  components: ReadonlySet<string>,
  check: Check,
): readonly PlannedStep[] {
  const first = steps.find(({ component }) => components.has(component));
  return steps.map((step) =>
    step === first ? { ...step, checks: [check, ...step.checks] } : step,
  );
}
