import type { Check } from '../../operation.ts';
import { isMoving } from '../azure/image.ts';
import { warn } from '../checks.ts';
import { checkImages } from '../registry/images-check.ts';
import type { Registries } from '../registry/index.ts';

/**
 * Whether the slot would start with what it runs, where that is a container: a swap starts it anew, and Azure may pull its image
 * again. Nothing of an app that is no container. Warns only: what runs already may be there still.
 * @param runs `linuxFxVersion` or `windowsFxVersion`: `DOCKER|acme.azurecr.io/shop/web:2.3.1`.
 */
export async function containerChecks(
  runs: string | undefined,
  slot: string,
  registries: Registries,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const image = imageIn(runs);
  if (image === undefined) return [];
  const check = await checkImages([image], (one) => registries.placeOf(one), signal);
  const moves = `${image} names whatever was pushed last, and a swap may pull that in place of what ${slot} runs now.`;
  return [
    check.verdict === 'fail' ? warn(check.name, check.reason) : check,
    ...(isMoving(image) ? [warn('The image is the one that ran', moves)] : []),
  ];
}

/** The image of a container; undefined for what is none, and for several at once. */
export function imageIn(runs: string | undefined): string | undefined {
  return /^DOCKER\|(.+)$/i.exec(runs ?? '')?.[1];
}
