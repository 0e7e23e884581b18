/** Reads the time in milliseconds since the epoch. */
export interface Clock {
  now(): number;
}

/**
 * What is due to happen in the simulated world, by its clock and not by timers or by how often somebody asks.
 * Nothing happens by itself: whoever looks at the world calls `settle` first.
 */
export interface Agenda extends Clock {
  /** The clock's time; while something is carried out, the moment it was due. */
  now(): number;
  /** Has `action` carried out `ms` milliseconds from now, at once for 0. */
  later(ms: number, action: () => void): void;
  /** Carries out everything that is due, in the order of its time. */
  settle(): void;
}

/** An agenda with nothing on it. */
export function createAgenda(clock: Clock): Agenda {
  const items: { readonly due: number; readonly action: () => void }[] = [];
  let moment: number | undefined;
  const now = () => moment ?? clock.now();

  function takeDue(): (typeof items)[number] | undefined {
    const next = items.reduce<(typeof items)[number] | undefined>(
      (first, item) => (first === undefined || item.due < first.due ? item : first),
      undefined,
    );
    if (next === undefined || next.due > clock.now()) return undefined;
    items.splice(items.indexOf(next), 1);
    return next;
  }

  return {
    now,
    later(ms, action) {
      if (ms <= 0) action();
      else items.push({ due: now() + ms, action });
    },
    settle() {
      if (moment !== undefined) return;
      try {
        for (let next = takeDue(); next; next = takeDue()) {
          moment = next.due;
          next.action();
        }
      } finally {
        moment = undefined;
      }
    },
  };
}
