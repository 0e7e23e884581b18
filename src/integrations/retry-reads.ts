import { setTimeout as sleep } from 'node:timers/promises';
import { OutsideError } from '../errors.ts';

const TRIES = 4;
const FIRST_WAIT_MS = 200;
/** A longer wait than this is told to the caller, who knows whether waiting is worth it. */
const LONGEST_WAIT_MS = 8_000;

/**
 * Repeats a read that failed for a passing reason: up to three more times, after jittered waits that double from 0.2 s,
 * never sooner than the system asked for. For reads only: a repeated mutation may be done twice.
 * @throws the last OutsideError; at once when it cannot pass, or when the system asks for more than 8 s.
 */
export async function retryReads<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof OutsideError) || !error.retryable || tried === TRIES) throw error;
      const asked = error.detail.retryAfterMs ?? 0;
      if (asked > LONGEST_WAIT_MS) throw error;
      const backoff = FIRST_WAIT_MS * 2 ** (tried - 1) * (0.5 + Math.random());
      // A signal of its own: many reads waiting on one would look like a leak of listeners to Node.
      const wait = sleep(Math.max(asked, backoff), undefined, {
        signal: AbortSignal.any([signal]),
      });
      await wait.catch(() => {
        // Given up while waiting: what went wrong before says more than that.
        throw error;
      });
    }
  }
}
