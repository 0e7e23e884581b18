/** The timeline: what happened in an incident, one entry for each thing people care about, in plain English. */

import type { EventType, Recorded } from '../events.ts';
import { componentsIn } from './about.ts';
import { type CurationEvent, curate } from './curate.ts';
import { createPlainWords, type Names, type PlainWords } from './plain-words.ts';
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
  /** Ids of the components it is about, where it is about some of them rather than the incident. */
  readonly components?: readonly string[];
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
 * Events that only the timeline tells, each in an entry of its own, and of which there may be very many. Whatever else is
 * read from an incident can be read without them.
 */
export const ALONE: readonly EventType[] = ['note.added'];

/** What later events do to the entries of earlier ones. */
export interface Plot {
  /** By the position of the event that an entry begins with. */
  readonly ends: ReadonlyMap<number, End>;
  /** Events that have no entry of their own. */
  readonly joined: ReadonlySet<number>;
  readonly curations: readonly CurationEvent[];
}

/** What an entry became. */
interface End {
  /** Instead of its words. */
  readonly what?: string;
  /** Behind them. */
  readonly more: string;
  readonly through?: { readonly seq: number; readonly at: number };
  readonly times?: number;
}

/**
 * The timeline of one incident's events, in their order. Every event has its place in it: rounds of readings and
 * progress notes that say the same are one entry with their number and their last time. What people put right by hand is
 * put right.
 */
export function timelineOf(events: readonly Recorded[], names: Names): readonly TimelineEntry[] {
  return [...tellTimeline(events, names, plotOf(events, names))];
}

/** @param events those of the incident, in their order; what is in `ALONE` may be missing. */
export function plotOf(events: Iterable<Recorded>, names: Names): Plot {
  const words = createPlainWords(names);
  const thread = createThread();
  const newest = new Map<string, { readonly seq: number; readonly is: string }>();
  const ends = new Map<number, End>();
  const joined = new Set<number>();
  const curations: CurationEvent[] = [];

  for (const event of events) {
    if (event.type === 'timeline.curated') curations.push(event);
    const telling = tell(event, thread, words);
    const { group } = telling;
    if (!group) continue;
    const last = newest.get(group.key);
    const end = last && (ends.get(last.seq) ?? { more: '' });
    if (last && end && group.withdraws !== undefined) {
      ends.set(last.seq, { ...end, what: words.text(group.withdraws), more: '' });
    } else if (last && end && !group.opens && last.is === group.is) {
      ends.set(last.seq, goesOn(end, group, event, words));
      joined.add(event.seq);
      continue;
    }
    newest.set(group.key, { seq: event.seq, is: group.is });
  }
  return { ends, joined, curations };
}

function withEnd(told: TimelineEntry, { what, more, ...end }: End): TimelineEntry {
  return { ...told, what: `${what ?? told.what}${more}`, ...end };
}

function goesOn(
  end: End,
  { joins }: NonNullable<Telling['group']>,
  { seq, at }: Recorded,
  words: PlainWords,
): End {
  const through = { seq, at };
  if (!joins) return { ...end, through, times: (end.times ?? 1) + 1 };
  const { adds, instead } = joins;
  if (instead !== undefined) return { ...end, what: words.text(instead), more: '', through };
  return {
    ...end,
    more: adds === undefined ? end.more : `${end.more} ${words.text(adds)}`,
    through,
  };
}

/**
 * The same, told bit by bit while it is walked through.
 * @param events all of the incident, in their order. @param plot made from the same events.
 */
export function tellTimeline(
  events: Iterable<Recorded>,
  names: Names,
  plot: Plot,
): Iterable<TimelineEntry> {
  const words = createPlainWords(names);
  const told: Iterable<TimelineEntry> = {
    [Symbol.iterator]: () => entries(events, words, plot),
  };
  return plot.curations.length === 0 ? told : curate(told, plot.curations, words);
}

function* entries(
  events: Iterable<Recorded>,
  words: PlainWords,
  { ends, joined }: Plot,
): IterableIterator<TimelineEntry> {
  const thread = createThread();
  for (const event of events) {
    const telling = tell(event, thread, words);
    if (joined.has(event.seq)) continue;
    const components = componentsIn(event, thread);
    const told: TimelineEntry = {
      seq: event.seq,
      at: event.at,
      kind: telling.kind,
      who: words.who(event.actor),
      what: words.text(telling.what),
      ...(telling.why ? { why: words.text(telling.why) } : {}),
      ...(components.length > 0 ? { components } : {}),
    };
    const ended = ends.get(event.seq);
    yield ended ? withEnd(told, ended) : told;
  }
}
