/**
 * A clock that runs many times as fast as the real one, and the same in two processes. While no bot is up it goes as fast as
 * the real one: a supervisor takes seconds, and a machine that is busy with a start must not make hours of them.
 */

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

/** From where on a clock runs at its speed. */
export type Pace = Pick<ClockSettings, 'start' | 'realStart' | 'speed'>;

export interface FastClock extends StoryClock {
  settings(): ClockSettings;
  /** Goes on from now at that speed; returns what another clock has to be told to go the same way. */
  goAt(speed: number): Pace;
  /** Goes the way that another clock does. */
  follow(pace: Pace): void;
}

export function createFastClock(settings: ClockSettings): FastClock {
  let { moved, ...pace } = settings;
  const sleepers = new Set<{ readonly due: number; readonly wake: () => void; arm(): void }>();
  const shown = (real: number): number => pace.start + (real - pace.realStart) * pace.speed;
  const now = (): number => Math.floor(shown(Date.now()) + moved);

  function follow(other: Pace): void {
    pace = { ...other };
    for (const sleeper of sleepers) sleeper.arm();
  }

  return {
    now,
    settings: () => ({ ...pace, moved }),
    goAt(speed) {
      const realStart = Date.now();
      follow({ start: shown(realStart), realStart, speed });
      return { ...pace };
    },
    follow,
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
            const left = (sleeper.due - now()) / pace.speed;
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
