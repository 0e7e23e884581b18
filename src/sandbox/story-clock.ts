/** A clock that runs like the real one, and can be moved on: a quarter of an hour passes while a story is told. */

interface Sleeper {
  readonly due: number;
  readonly wake: () => void;
  timer: NodeJS.Timeout | undefined;
}

export interface StoryClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms` milliseconds of the story, or at once when the signal is aborted; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Moves the clock on; whoever slept until then wakes. */
  advance(ms: number): void;
}

/** @param start what the clock shows now, epoch milliseconds. */
export function createStoryClock(start: number): StoryClock {
  let offset = start - Date.now();
  const sleepers = new Set<Sleeper>();
  const now = (): number => Date.now() + offset;

  function arm(sleeper: Sleeper): void {
    clearTimeout(sleeper.timer);
    // An advance may have gone past it; Node 24 warns of a timer below zero.
    const left = Math.max(0, sleeper.due - now());
    // Node's timers hold at most 24 days; whoever sleeps longer is armed again by then.
    sleeper.timer = setTimeout(
      () => (left > LONGEST ? arm(sleeper) : sleeper.wake()),
      Math.min(left, LONGEST),
    );
    sleeper.timer.unref();
  }

  return {
    now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted || ms <= 0) {
          resolve();
          return;
        }
        const wake = (): void => {
          clearTimeout(sleeper.timer);
          sleepers.delete(sleeper);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper: Sleeper = { due: now() + ms, wake, timer: undefined };
        sleepers.add(sleeper);
        signal.addEventListener('abort', wake, { once: true });
        arm(sleeper);
      }),
    advance(ms) {
      offset += ms;
      for (const sleeper of sleepers) arm(sleeper);
    },
  };
}

const LONGEST = 2 ** 31 - 1;
