import { whenAborted } from './when-aborted.ts';

/** Time as the engine sees it, so that a story or a test can let fifteen minutes pass at once. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms` milliseconds, or at once when the signal is aborted; it never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The longest delay a Node timer takes; longer sleeps are made of several. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: Date.now,
  async sleep(ms, signal) {
    const until = Date.now() + ms;
    while (!signal.aborted) {
      const left = until - Date.now();
      if (left <= 0) return;
      await timer(Math.min(left, LONGEST_TIMER_MS), signal);
    }
  },
};

function timer(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(running);
      forget();
      resolve();
    };
    const running = setTimeout(end, ms).unref();
    const forget = whenAborted(signal, end);
  });
}
