import { messageOf, OutsideError, Refusal } from '../errors.ts';
import type { PointsOf } from '../restore-points.ts';
import type { Catalogue } from '../service.ts';
import { readSignal } from './reads.ts';

/**
 * The restore points of every component of an environment that has any of its own; reads only. One whose system could not be read says so and keeps none
 * of the others back. @throws OutsideError, Refusal when the environment itself cannot be loaded.
 */
export async function listRestorePoints(
  catalogue: Catalogue,
  service: string,
  environment: string,
  signal: AbortSignal,
): Promise<readonly PointsOf[]> {
  const { components } = await catalogue.systems(service, environment);
  const lists = components.map(async ({ id, title, restorePoints }) => {
    if (!restorePoints || restorePoints.of !== undefined) return [];
    const of = { component: id, title };
    try {
      return [{ ...of, points: await restorePoints.list(readSignal(signal)) }];
    } catch (error) {
      if (!(error instanceof OutsideError) && !(error instanceof Refusal)) throw error;
      return [{ ...of, points: [], problem: messageOf(error) }];
    }
  });
  return (await Promise.all(lists)).flat();
}
