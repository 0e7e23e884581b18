import type { Answer } from '../http.ts';
import { rateLimited } from './errors.ts';

const SECOND_MS = 1000;

/** The limit for each second of real time, which is what a client waits in; Contentful's own is 7 or 10. */
export interface RateLimit {
  /** None while it is `Infinity`. */
  perSecond: number;
  /** Requests refused so far. */
  readonly refused: number;
  /** Counts a request, or refuses it with 429. */
  take(): Answer | undefined;
  headers(): Record<string, string>;
}

/** No limit until `perSecond` is set. */
export function createRateLimit(): RateLimit {
  let startedAt = 0;
  let used = 0;
  let refused = 0;

  const rateLimit: RateLimit = {
    perSecond: Number.POSITIVE_INFINITY,
    get refused() {
      return refused;
    },
    take() {
      if (Date.now() - startedAt >= SECOND_MS) {
        startedAt = Date.now();
        used = 0;
      }
      used += 1;
      if (used <= rateLimit.perSecond) return undefined;
      refused += 1;
      return rateLimited(1);
    },
    headers() {
      if (!Number.isFinite(rateLimit.perSecond)) return {};
      return {
        'x-contentful-ratelimit-second-limit': String(rateLimit.perSecond),
        'x-contentful-ratelimit-second-remaining': String(Math.max(0, rateLimit.perSecond - used)),
      };
    },
  };
  return rateLimit;
}
