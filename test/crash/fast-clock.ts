/** A clock that runs many times as fast as the real one, and the same in two processes. */

import type { StoryClock } from '../../src/sandbox/story-clock.ts';

/** What two processes must agree on to show the same time. */
export interface ClockSettings {
  /** What it shows at `realStart`, epoch milliseconds. */
  readonly start: number;
  readonly realStart: number;
  /** Milliseconds shown for each real one. */
  readonly speed: number;
  /** Milliseconds it was moved on by so far. */
  readonly moved: number;
}

export interface FastClock extends StoryClock {
  settings(): ClockSettings;
}

export function createFastClock(settings: ClockSettings): FastClock {
  const { start, realStart, speed } = settings;
  let { moved } = settings;
  const sleepers = new Set<{ readonly due: number; readonly wake: () => void; arm(): void }>();
  const now = (): number => Math.floor(start + moved + (Date.now() - realStart) * speed);

  return {
    now,
    settings: () => ({ ...settings, moved }),
    advance(ms) {
      moved += ms;
      for (const sleeper of sleepers) sleeper.arm();
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted || ms <= 0) {
          resolve();
          return;
        }
        let timer: NodeJS.Timeout | undefined;
        const wake = (): void => {
          clearTimeout(timer);
          sleepers.delete(sleeper);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = {
          due: now() + ms,
          wake,
          arm(): void {
            clearTimeout(timer);
            const left = (sleeper.due - now()) / speed;
            // A timer holds at most 24 days, and may ring a moment early.
            const ring = (): void => (now() >= sleeper.due ? wake() : sleeper.arm());
            timer = setTimeout(ring, Math.min(Math.max(left, 1), 2 ** 31 - 1)).unref();
          },
        };
        sleepers.add(sleeper);
        signal.addEventListener('abort', wake, { once: true });
        sleeper.arm();
      }),
  };
}
