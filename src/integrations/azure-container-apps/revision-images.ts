/** Whether Azure could pull what a revision runs. */

import type { Check } from '../../operation.ts';
import { warn } from '../checks.ts';
import { imageName } from '../registry/image-name.ts';
import { checkImages } from '../registry/images-check.ts';
import type { Registries } from '../registry/index.ts';
import type { ActivateInput } from './input.ts';
import type { Revision } from './revision.ts';
import type { App } from './revisions.ts';

/**
 * The app signs in to registries for all its revisions: one whose registry was taken out of the app since cannot be pulled again.
 * The revision that runs tells which are open to everybody.
 */
export function registryCheck(
  app: App,
  revision: Revision | undefined,
  replaces: string,
): readonly Check[] {
  const serversOf = (one: Revision | undefined): readonly string[] =>
    (one?.images ?? []).flatMap((image) => imageName(image)?.server ?? []);
  const live = app.revisions.find(({ name }) => name === replaces);
  const known = new Set([...app.registries, ...serversOf(live)]);
  const strange = [...new Set(serversOf(revision))].filter((server) => !known.has(server));
  if (strange.length === 0 || revision?.isActive) return [];
  const words = `The app does not sign in to ${strange.join(', ')} any more: unless everybody may pull there, Azure cannot start the revision.`;
  return [warn('The app may pull the image', words)];
}

/** One that runs already is not pulled for this, only when there are more replicas of it. */
export async function imagesCheck(
  registries: Registries,
  app: App,
  { revision: wanted }: ActivateInput,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const revision = app.revisions.find((one) => one.name === wanted);
  if (!revision) return [];
  const check = await checkImages(revision.images, (one) => registries.placeOf(one), signal);
  return [revision.isActive && check.verdict === 'fail' ? warn(check.name, check.reason) : check];
}
