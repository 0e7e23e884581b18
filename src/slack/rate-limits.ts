/** What Slack has asked us to wait for: who is told to slow down tells all others, so that they need not ask. */

import { WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import type { Clock } from '../clock.ts';
import { whenAborted } from '../when-aborted.ts';

export interface RateLimits {
  /**
   * Sends a call. Once Slack has limited one of that name, all calls of that name wait for as long as it asks, and those
   * that have waited go one after the other: the next limit then costs one refusal, and not one for each of them.
   * Calls of other names go on.
   * @throws what `send` throws, but a rate limit only when the signal is aborted.
   */
  keep<T>(name: string, signal: AbortSignal, send: () => Promise<T>): Promise<T>;
}

/** Those who wait to send a call that was limited. */
interface Lane {
  /** Epoch milliseconds. */
  until: number;
  /** Slack's last refusal. */
  refusal: unknown;
  busy: boolean;
  readonly waiting: Set<() => void>;
}

/** None yet. */
export function createRateLimits(clock: Clock): RateLimits {
  const lanes = new Map<string, Lane>();

  function refused(name: string, refusal: unknown, pause: number): Lane {
    const lane = lanes.get(name) ?? { until: 0, refusal, busy: false, waiting: new Set() };
    lanes.set(name, lane);
    lane.refusal = refusal;
    lane.until = Math.max(lane.until, clock.now() + pause);
    return lane;
  }

  async function inTurn<T>(
    name: string,
    lane: Lane,
    signal: AbortSignal,
    send: () => Promise<T>,
  ): Promise<T> {
    if (lane.busy) await turnIn(lane, signal);
    else lane.busy = true;
    try {
      for (;;) {
        await clock.sleep(lane.until - clock.now(), signal);
        if (signal.aborted) throw lane.refusal;
        try {
          return await send();
        } catch (error) {
          const pause = rateLimitOf(error);
          if (pause === undefined) throw error;
          refused(name, error, pause);
        }
      }
    } finally {
      const [next] = lane.waiting;
      if (next) next();
      else lane.busy = false;
      if (!lane.busy && lane.until <= clock.now()) lanes.delete(name);
    }
  }

  return {
    async keep(name, signal, send) {
      const lane = lanes.get(name);
      if (lane) return inTurn(name, lane, signal, send);
      try {
        return await send();
      } catch (error) {
        const pause = rateLimitOf(error);
        if (pause === undefined) throw error;
        return inTurn(name, refused(name, error, pause), signal, send);
      }
    },
  };
}

/** Resolves when it is this one's turn. @throws the refusal it waits for, when the signal is aborted before. */
function turnIn(lane: Lane, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(lane.refusal as Error);
      return;
    }
    const take = (): void => {
      leave();
      resolve();
    };
    const stay = whenAborted(signal, () => {
      leave();
      reject(lane.refusal as Error);
    });
    const leave = (): void => {
      lane.waiting.delete(take);
      stay();
    };
    lane.waiting.add(take);
  });
}

/** Milliseconds to wait; undefined when the error is not about rates. */
function rateLimitOf(error: unknown): number | undefined {
  if (error instanceof WebAPIRateLimitedError) return Math.max(1, error.retryAfter) * 1_000;
  // Slack sometimes says it with status 200.
  if (error instanceof WebAPIPlatformError && /^rate_?limited$/.test(error.data.error))
    return 1_000;
  return undefined;
}
