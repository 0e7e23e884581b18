/** The timeline: what happened in an incident, one entry for each thing people care about, in plain English. */

import type { Recorded } from '../events.ts';
import { curate } from './curate.ts';
import { createPlainWords, type Names } from './plain-words.ts';
import { tell } from './sentences.ts';
import { createThread, type Telling, type TimelineKind } from './thread.ts';

export interface TimelineEntry {
  /** The journal position of the event; of the first, where the entry stands for several. */
  readonly seq: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly kind: TimelineKind;
  readonly who: string;
  /** A sentence without its subject, which is `who`. */
  readonly what: string;
  readonly why?: string;
  /** The last event the entry stands for, where there are several. */
  readonly through?: { readonly seq: number; readonly at: number };
  /** How many like events the entry stands for, from 2. */
  readonly times?: number;
  /** What people remarked on it afterwards. */
  readonly notes?: readonly { readonly by: string; readonly at: number; readonly text: string }[];
  /** Set where people corrected its time: the time as recorded, who corrected it, and why. */
  readonly corrected?: { readonly from: number; readonly by: string; readonly why: string };
  /** Set where people added it afterwards: when they did. */
  readonly added?: { readonly at: number };
}

/**
 * The timeline of one incident's events, in their order. Every event has its place in it: rounds of readings and
 * progress notes that say the same are one entry with their number and their last time. What people put right by hand is
 * put right.
 */
export function timelineOf(events: readonly Recorded[], names: Names): readonly TimelineEntry[] {
  const words = createPlainWords(names);
  const thread = createThread();
  const entries: TimelineEntry[] = [];
  const newest = new Map<string, { readonly index: number; readonly is: string }>();

  for (const event of events) {
    const telling = tell(event, thread, words);
    const { group } = telling;
    const last = group && newest.get(group.key);
    const earlier = last && entries[last.index];
    if (last && earlier && group.withdraws !== undefined) {
      entries[last.index] = { ...earlier, what: words.text(group.withdraws) };
    } else if (last && earlier && !group.opens && last.is === group.is) {
      entries[last.index] = joined(earlier, telling, event);
      continue;
    }
    if (group) newest.set(group.key, { index: entries.length, is: group.is });
    entries.push({
      seq: event.seq,
      at: event.at,
      kind: telling.kind,
      who: words.who(event.actor),
      what: words.text(telling.what),
      ...(telling.why ? { why: words.text(telling.why) } : {}),
    });
  }
  return curate(entries, events, words);
}

function joined(earlier: TimelineEntry, telling: Telling, event: Recorded): TimelineEntry {
  const through = { seq: event.seq, at: event.at };
  if (telling.group?.joins) return { ...earlier, what: `${earlier.what} ${telling.what}`, through };
  return { ...earlier, through, times: (earlier.times ?? 1) + 1 };
}
