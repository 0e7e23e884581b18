/** Whether services could be rolled back, as it was when it was last looked at: for views that cannot wait for it. */

import type { Readiness } from '../readiness.ts';
import type { Service } from '../service.ts';
import type { Desk } from './desk.ts';

/** How long a look counts, milliseconds. */
const FRESH_MS = 5 * 60_000;
const LIMIT_MS = 30_000;

export interface ReadinessLook {
  /** The last look; undefined while there is none. */
  known(service: string, environment: string): Readiness | undefined;
  /** Looks anew where the last look is too old; resolves with whether anything new was seen. */
  fresh(services: readonly Service[]): Promise<boolean>;
}

export function createReadinessLook({
  readiness,
  clock,
}: Pick<Desk, 'readiness' | 'clock'>): ReadinessLook {
  const seen = new Map<string, { readonly at: number; readonly found: Readiness }>();
  const looking = new Map<string, Promise<boolean>>();
  const keyOf = (service: string, environment: string): string => `${service} ${environment}`;

  /** Whoever asks while somebody looks is told what that look sees. */
  function lookAt(service: string, environment: string): Promise<boolean> {
    const key = keyOf(service, environment);
    const last = seen.get(key);
    if (last && clock.now() - last.at < FRESH_MS) return Promise.resolve(false);
    const work = looking.get(key) ?? lookNow(key, service, environment);
    looking.set(key, work);
    return work;
  }

  async function lookNow(key: string, service: string, environment: string): Promise<boolean> {
    try {
      const found = await readiness(service, environment, AbortSignal.timeout(LIMIT_MS));
      seen.set(key, { at: clock.now(), found });
      return true;
    } finally {
      looking.delete(key);
    }
  }

  return {
    known: (service, environment) => seen.get(keyOf(service, environment))?.found,
    async fresh(services) {
      const looks = services.flatMap(({ id, environments }) =>
        Object.keys(environments).map((environment) => lookAt(id, environment)),
      );
      return (await Promise.all(looks)).some(Boolean);
    },
  };
}
