import type { Check } from '../../operation.ts';
import { pass, warn } from '../checks.ts';
import { type Deployment, isOf } from './deployments.ts';
import { type Slots, swapIntoProduction } from './slots.ts';

/**
 * Whether the release in the slot was there already when production was swapped last, so that it is an earlier one and not the
 * next, which nobody has seen in production. Nothing where the history of deployments does not tell. Stops nothing: a history
 * that was cut may have lost the deployment that shows it.
 */
export function ranBeforeCheck(
  slots: Slots,
  histories: readonly (readonly Deployment[] | undefined)[],
): readonly Check[] {
  const { other } = slots;
  const swappedAt = swapIntoProduction(slots);
  const { release } = other;
  if (swappedAt === undefined || !release) return [];
  const times = histories
    .flatMap((history) => history ?? [])
    .flatMap((one) => (isOf(one, release) ? (one.at ?? []) : []));
  if (times.length === 0) return [];
  const name = 'The release ran in production before';
  if (times.some((at) => at <= swappedAt)) {
    return [pass(name, `${release.label} was deployed before production was swapped last.`)];
  }
  const text = `${release.label} was deployed to ${other.name} after production was swapped last, and no deployment shows that it ran there before: it may be the next release.`;
  return [warn(name, `${text} See that it is the one to go back to.`)];
}
