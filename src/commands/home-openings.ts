/** Who has opened the home tab lately, as the newest entry of its stream in the journal says: a restart does not forget them. */

import type { Journal } from '../journal/journal.ts';

const STREAM = 'home';

/** How long somebody who opened it is taken to look at it, milliseconds. */
const LOOKING_MS = 30 * 60_000;
/** Who opens it again within so long is not written down again: that would be all the journal holds. */
const SPARING_MS = 5 * 60_000;
/** More than these are not kept current; they see it anew when they open it. */
export const LOOKING_LIMIT = 50;

export interface HomeOpenings {
  /** Durable when it resolves; for somebody who is written down already, at once. @throws JournalError */
  opened(user: string): Promise<void>;
  /** Those taken to have it open now, who opened it first comes first. */
  lately(): readonly string[];
}

/** What an entry holds: all that count as looking, so that the newest entry is all there is to read. */
interface Looking {
  readonly looking: readonly (readonly [user: string, at: number])[];
}

/** Reads who had it open when the process before this one ended. */
export function openHomeOpenings(journal: Journal, now: () => number): HomeOpenings {
  const newest = journal.newestOf(STREAM)?.data as Looking | undefined;
  let looking = new Map(newest?.looking);
  let written: ReadonlyMap<string, number> = new Map(looking);

  function stillLooking(): Map<string, number> {
    const since = now() - LOOKING_MS;
    const some = [...looking].filter(([, at]) => at >= since).slice(-LOOKING_LIMIT);
    return new Map(some);
  }

  return {
    async opened(user) {
      looking.delete(user);
      looking.set(user, now());
      looking = stillLooking();
      if (now() - (written.get(user) ?? Number.NEGATIVE_INFINITY) < SPARING_MS) return;
      written = new Map(looking);
      const data: Looking = { looking: [...looking] };
      const actor = { kind: 'backstop' } as const;
      await journal.transact((tx) =>
        tx.append([{ stream: STREAM, type: 'home.opened', actor, data }]),
      );
    },
    lately: () => [...stillLooking().keys()],
  };
}
