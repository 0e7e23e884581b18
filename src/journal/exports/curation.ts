/** The timeline as those see it who put it right: every entry, hidden ones too, filtered and by the page. */

import type { Curation, Recorded } from '../../events.ts';
import type { Incident } from '../../incident.ts';
import { filtered } from '../../lazily.ts';
import { componentsOf, isWithin, type Narrowing } from '../../postmortem/narrow.ts';
import { timelineRecord } from '../../postmortem/postmortem.ts';
import { momentOf } from '../../timeline/moment.ts';
import { TIMELINE_KINDS } from '../../timeline/thread.ts';
import { plotOf, type TimelineEntry, tellTimeline } from '../../timeline/timeline.ts';
import type { Journal } from '../journal.ts';
import { knownOf } from './documents.ts';
import { createTimes } from './times.ts';

export interface CurationFilter {
  /** A kind of entry, or `hidden` for those that were hidden. */
  readonly kind?: string | undefined;
  /** Positions in `people` and `components` of the page. */
  readonly person?: number | undefined;
  readonly component?: number | undefined;
  /** From 0. */
  readonly page: number;
}

export interface CurationRow {
  readonly seq: number;
  /** `14:02:07`, in UTC; with its date where that is not the day of the declaration. */
  readonly time: string;
  readonly kind: string;
  readonly who: string;
  readonly what: string;
  readonly isHidden: boolean;
}

export interface CurationPage {
  readonly rows: readonly CurationRow[];
  /** How many entries pass the filter, on all pages. */
  readonly total: number;
  readonly filter: CurationFilter;
  readonly kinds: readonly string[];
  readonly people: readonly string[];
  readonly components: readonly string[];
}

export const CURATION_PAGE = 15;

/** A part of the timeline as it is told now, read bit by bit at each walk; people in the limits by their ids. */
export function timelineIn(
  journal: Journal,
  { stream }: Incident,
  part: Narrowing,
): Iterable<TimelineEntry> {
  const { shown, name } = readingOf(journal, stream);
  const { people, ...limits } = part;
  const isPart = isWithin(people ? { ...limits, people: people.map(name) } : limits);
  return filtered(shown, (entry) => isPart(timelineRecord(entry)));
}

/** Whether the timeline has the entry that is to be changed, hidden or not; true where one is added. */
export function hasEntry(journal: Journal, { stream }: Incident, curation: Curation): boolean {
  if (curation.do === 'add') return true;
  const { every } = readingOf(journal, stream);
  return find(every, ({ seq }) => seq === curation.entry) !== undefined;
}

/** One entry, hidden or not, and when it stands in the zone, as `timeOf` reads it: `2026-11-20 15:02`; undefined when there is none. */
export function rowAt(
  journal: Journal,
  incident: Incident,
  seq: number,
  redact: (text: string) => string,
  zone: string,
): (CurationRow & { readonly when: string }) | undefined {
  const { shown, every } = readingOf(journal, incident.stream);
  const isIt = (entry: TimelineEntry): boolean => entry.seq === seq;
  const seen = find(shown, isIt);
  const entry = seen ?? find(every, isIt);
  if (!entry) return undefined;
  const when = createTimes(zone).localStamp(momentOf(entry.at)).slice(0, '2026-11-20 15:02'.length);
  return { ...rowOf(entry, incident, seen === undefined, redact), when };
}

/** One page of the entries that pass the filter; the last page when there are not as many. */
export function curationPage(
  journal: Journal,
  incident: Incident,
  filter: CurationFilter,
  redact: (text: string) => string,
): CurationPage {
  const reading = readingOf(journal, incident.stream);
  const { hidden, people, kinds } = seenIn(reading);
  const parts = componentsOf(incident);
  const person = filter.person === undefined ? undefined : people[filter.person];
  const component =
    filter.component === undefined ? undefined : [...parts.keys()][filter.component];
  const wanted = filtered(filter.kind === 'hidden' ? hidden : reading.shown, (entry) => {
    const { kind, who, components = [] } = entry;
    if (filter.kind !== undefined && filter.kind !== 'hidden' && kind !== filter.kind) return false;
    if (filter.person !== undefined && who !== person) return false;
    return filter.component === undefined || components.includes(component ?? '');
  });
  const { page, entries, total } = pageOf(wanted, filter.page);
  return {
    rows: entries.map((entry) => rowOf(entry, incident, filter.kind === 'hidden', redact)),
    total,
    filter: { ...filter, page },
    kinds: TIMELINE_KINDS.filter((kind) => kinds.has(kind)),
    people: people.map(redact),
    components: [...parts.values()].map(redact),
  };
}

interface Reading {
  readonly name: (user: string) => string;
  readonly shown: Iterable<TimelineEntry>;
  /** As if nothing had been hidden or moved. */
  readonly every: Iterable<TimelineEntry>;
  /** Positions that a change was about. */
  readonly touched: ReadonlySet<number>;
}

function readingOf(journal: Journal, stream: string): Reading {
  const until = journal.newestOf(stream)?.seq ?? 0;
  const events = journal.walk(stream, { until }) as unknown as Iterable<Recorded>;
  const { facts, known } = knownOf(journal, stream, until);
  const name = (id: string): string => known.get(id) ?? id;
  const told = filtered(events, isTold);
  const plot = plotOf(facts, name);
  return {
    name,
    shown: tellTimeline(events, name, plot),
    every: tellTimeline(told, name, plotOf(facts.filter(isTold), name)),
    touched: new Set(plot.curations.map(({ seq, data }) => (data.do === 'add' ? seq : data.entry))),
  };
}

function isTold(event: Recorded): boolean {
  return event.type !== 'timeline.curated' || event.data.do === 'add';
}

/** What is hidden, and what there is to filter by. */
function seenIn({ shown, every, touched }: Reading) {
  const people = new Set<string>();
  const kinds = new Set<string>();
  const there = new Set<number>();
  for (const { seq, who, kind } of shown) {
    people.add(who);
    kinds.add(kind);
    if (touched.has(seq)) there.add(seq);
  }
  const isHidden = ({ seq }: TimelineEntry): boolean => touched.has(seq) && !there.has(seq);
  const hidden = touched.size === there.size ? [] : [...filtered(every, isHidden)];
  for (const { who, kind } of hidden) {
    people.add(who);
    kinds.add(kind);
  }
  return { hidden, people: [...people], kinds };
}

function pageOf(
  wanted: Iterable<TimelineEntry>,
  asked: number,
): { readonly page: number; readonly entries: readonly TimelineEntry[]; readonly total: number } {
  let page = 0;
  let entries: TimelineEntry[] = [];
  let total = 0;
  for (const entry of wanted) {
    const its = Math.floor(total / CURATION_PAGE);
    total += 1;
    if (its > asked) continue;
    if (its > page) entries = [];
    page = its;
    entries.push(entry);
  }
  return { page, entries, total };
}

function rowOf(
  { seq, at, kind, who, what, notes = [] }: TimelineEntry,
  { declaredAt }: Incident,
  isHidden: boolean,
  redact: (text: string) => string,
): CurationRow {
  return {
    seq,
    time: createTimes('UTC', momentOf(declaredAt)).utcClock(at),
    kind,
    who: redact(who),
    what: redact([what, ...notes.map(({ by, text }) => `[${by}: ${text}]`)].join(' ')),
    isHidden,
  };
}

function find<T>(all: Iterable<T>, is: (each: T) => boolean): T | undefined {
  for (const each of all) if (is(each)) return each;
  return undefined;
}
