/** A clock that jumps: whenever everybody sleeps, it is the time at which the first of them wakes. */

import type { Clock } from '../../src/clock.ts';

export interface VirtualClock extends Clock {
  advance(ms: number): void;
  /**
   * Lets time pass until the work has ended.
   * @throws Error when nobody will ever wake, or when the work takes longer than the limit: it is stuck.
   */
  run<T>(work: Promise<T>, limitMs: number): Promise<T>;
}

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
}

/** Turns of the event loop after which everything that could go on without time passing has gone on. */
const TURNS = 4;

/**
 * @param start what it shows first, epoch milliseconds.
 * @param isBusy true while something is at work that takes no time of this clock, such as a commit; then it stands still.
 */
export function createVirtualClock(
  start: number,
  isBusy: () => boolean = () => false,
): VirtualClock {
  let now = start;
  const sleepers = new Set<Sleeper>();

  function wakeDue(): void {
    for (const sleeper of [...sleepers].sort((a, b) => a.due - b.due)) {
      if (sleeper.due <= now) sleeper.wake();
    }
  }

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted || ms <= 0) {
          resolve();
          return;
        }
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper: Sleeper = { due: now + ms, wake };
        sleepers.add(sleeper);
        signal.addEventListener('abort', wake, { once: true });
      }),
    advance(ms) {
      now += ms;
      wakeDue();
    },
    async run(work, limitMs) {
      const end = now + limitMs;
      let ended = false;
      const mark = (): void => {
        ended = true;
      };
      work.then(mark, mark);
      for (;;) {
        for (let turn = 0; (turn < TURNS || isBusy()) && !ended; turn += 1) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        if (ended) return work;
        const next = Math.min(...[...sleepers].map(({ due }) => due));
        if (next > end) throw new Error(`Stuck: not ended after ${limitMs} ms`);
        now = Math.max(now, next);
        wakeDue();
      }
    },
  };
}
