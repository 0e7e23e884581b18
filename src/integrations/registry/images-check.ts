/** Whether what a version is pulled from is still there, for every system that starts containers. */

import { OutsideError } from '../../errors.ts';
import type { Check } from '../../operation.ts';
import { fail, pass } from '../checks.ts';
import { type Found as Finding, passed, warned } from '../finding.ts';

/** How long a version's images are looked for: a rollback does not wait longer for what it can do without. */
const LOOK_MS = 10_000;

/** Where an image is looked for. */
export interface ImagePlace {
  /** For people: `ghcr.io`. */
  readonly name: string;
  /** Reads only. @throws OutsideError when it cannot be told. */
  has(signal: AbortSignal): Promise<boolean>;
}

/** Where this image is looked for, or why nobody looks. */
type PlaceOf = (image: string) => ImagePlace | string;

/** What a look at one image found; `why` nobody knows. */
type Found = { readonly image: string } & (
  | { readonly state: 'there' | 'gone'; readonly in: string }
  | { readonly state: 'unknown'; readonly why: string }
);

/**
 * Whether containers could be started as far as their images go. Blocks where a registry says that one is gone; where nobody
 * could look, it says so and blocks nothing.
 * @param lookMs how long all of them may take, in milliseconds.
 * @throws the signal's reason when it was aborted.
 */
export async function checkImages(
  images: readonly string[],
  placeOf: PlaceOf,
  signal: AbortSignal,
  lookMs = LOOK_MS,
): Promise<Check> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(lookMs)]);
  const found = await Promise.all(
    [...new Set(images)].map(async (image): Promise<Found> => {
      const place = placeOf(image);
      if (typeof place === 'string') return { image, state: 'unknown', why: place };
      try {
        const isThere = await place.has(limited);
        return { image, state: isThere ? 'there' : 'gone', in: place.name };
      } catch (error) {
        if (limited.aborted) {
          const why = `${place.name} did not answer in ${lookMs / 1000} s`;
          return { image, state: 'unknown', why };
        }
        if (!(error instanceof OutsideError)) throw error;
        return { image, state: 'unknown', why: error.message };
      }
    }),
  );
  signal.throwIfAborted();
  return judged(found);
}

/** The same for the doctor, of what is live: whether Backstop could look when it has to. */
export function imagesFound({ verdict, reason }: Check): Finding {
  if (verdict === 'pass') return passed(reason);
  const next =
    verdict === 'unknown'
      ? 'Let Backstop look, as src/integrations/registry/README.md says: else nobody knows before a rollback whether its image is there.'
      : 'Push it again: Azure pulls it whenever it starts a container anew.';
  return warned(reason, next);
}

function judged(found: readonly Found[]): Check {
  const name = 'The images are there';
  const gone = byPlace(found, 'gone').map(
    ([place, images]) => `${place} does not have ${images} any more.`,
  );
  if (gone.length > 0) {
    return fail(name, `${gone.join(' ')} Choose another version, or push the image again.`);
  }
  const unknown = found.flatMap((one) => (one.state === 'unknown' ? [one] : []));
  if (unknown.length > 0) {
    const reason = unknown.map(
      ({ image, why }) => `Nobody looked whether ${image} is there: ${why.replace(/\.+$/, '')}.`,
    );
    return { name, verdict: 'unknown', reason: reason.join(' '), blocking: false };
  }
  return pass(
    name,
    byPlace(found, 'there')
      .map(([place, images]) => `${place} has ${images}.`)
      .join(' '),
  );
}

function byPlace(
  found: readonly Found[],
  state: 'there' | 'gone',
): readonly (readonly [place: string, images: string])[] {
  const places = new Map<string, string[]>();
  for (const one of found) {
    if (one.state !== state) continue;
    places.set(one.in, [...(places.get(one.in) ?? []), one.image]);
  }
  return [...places].map(([place, images]) => [place, images.join(', ')]);
}
