import type { Agenda } from '../agenda.ts';
import type { Answer } from '../http.ts';
import { userIdOf } from './addresses.ts';
import { githubError } from './errors.ts';
import type { Person } from './world.ts';

const HOUR_MS = 3_600_000;

/** The primary rate limit: so many requests in an hour. Secondary limits are faults (`githubFaults.secondaryLimit`). */
export interface RateLimit {
  limit: number;
  /** Requests counted in this hour; set it to the limit and the next request is refused. */
  used: number;
  /** Counts a request, or refuses it with 403. */
  take(caller: Person): Answer | undefined;
  /** Takes the last count back. */
  giveBack(): void;
  headers(): Record<string, string>;
  /** The body of `GET /rate_limit`. */
  report(): unknown;
}

/** A limit of 5,000, whose hour begins now. */
export function createRateLimit(agenda: Agenda): RateLimit {
  let endsAt = agenda.now() + HOUR_MS;

  function turn(): void {
    if (agenda.now() < endsAt) return;
    endsAt = agenda.now() + HOUR_MS;
    rateLimit.used = 0;
  }

  function state() {
    turn();
    const { limit, used } = rateLimit;
    return { limit, used, remaining: Math.max(0, limit - used), reset: Math.floor(endsAt / 1000) };
  }

  const rateLimit: RateLimit = {
    limit: 5000,
    used: 0,
    take(caller) {
      turn();
      if (rateLimit.used >= rateLimit.limit) {
        const text = `API rate limit exceeded for user ID ${userIdOf(caller.login)}. If you reach out to GitHub Support for help, please include the request ID.`;
        return githubError(403, text);
      }
      rateLimit.used += 1;
      return undefined;
    },
    giveBack() {
      rateLimit.used -= 1;
    },
    headers() {
      const { limit, remaining, reset, used } = state();
      return {
        'x-ratelimit-limit': String(limit),
        'x-ratelimit-remaining': String(remaining),
        'x-ratelimit-reset': String(reset),
        'x-ratelimit-used': String(used),
        'x-ratelimit-resource': 'core',
      };
    },
    report() {
      const core = state();
      return { resources: { core }, rate: core };
    },
  };
  return rateLimit;
}
