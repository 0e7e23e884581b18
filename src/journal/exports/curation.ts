/** The timeline as those see it who put it right: every entry, hidden ones too, filtered and by the page. */

import type { Recorded } from '../../events.ts';
import type { Incident } from '../../incident.ts';
import { momentOf } from '../../timeline/moment.ts';
import { TIMELINE_KINDS } from '../../timeline/thread.ts';
import { type TimelineEntry, timelineOf } from '../../timeline/timeline.ts';
import type { Journal } from '../journal.ts';
import { namesIn } from './documents.ts';

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
  /** `14:02:07`, in UTC. */
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

/** The journal positions that can be curated: of every entry of the timeline, hidden or not, and of what people added. */
export function curatable(events: readonly Recorded[]): ReadonlySet<number> {
  return new Set(everyEntry(events).map(({ seq }) => seq));
}

/** One page of the entries that pass the filter; the last page when there are not as many. */
export function curationPage(
  journal: Journal,
  incident: Incident,
  filter: CurationFilter,
  redact: (text: string) => string,
): CurationPage {
  const events = journal.entriesOf(incident.stream) as unknown as readonly Recorded[];
  const names = namesIn(events);
  const name = (id: string): string => names.get(id) ?? id;
  const shown = timelineOf(events, name);
  const seen = new Set(shown.map(({ seq }) => seq));
  const hidden = everyEntry(events, name).filter(({ seq }) => !seen.has(seq));
  const all = [...shown, ...hidden];
  const people = [...new Set(all.map(({ who }) => who))];
  const parts = componentsOf(incident);
  const components = [...parts.keys()];
  const wanted = (filter.kind === 'hidden' ? hidden : shown).filter(
    (entry) =>
      (filter.kind === undefined || filter.kind === 'hidden' || entry.kind === filter.kind) &&
      (filter.person === undefined || entry.who === people[filter.person]) &&
      (filter.component === undefined ||
        (parts.get(components[filter.component] ?? '') ?? []).some((words) =>
          entry.what.includes(words),
        )),
  );
  const last = Math.max(0, Math.ceil(wanted.length / CURATION_PAGE) - 1);
  const page = Math.min(filter.page, last);
  return {
    rows: wanted
      .slice(page * CURATION_PAGE, (page + 1) * CURATION_PAGE)
      .map(({ seq, at, kind, who, what, notes = [] }) => ({
        seq,
        time: momentOf(at).slice(11, 19),
        kind,
        who: redact(who),
        what: redact([what, ...notes.map(({ by, text }) => `[${by}: ${text}]`)].join(' ')),
        isHidden: !seen.has(seq),
      })),
    total: wanted.length,
    filter: { ...filter, page },
    kinds: TIMELINE_KINDS.filter((kind) => all.some((entry) => entry.kind === kind)),
    people: people.map(redact),
    components: components.map(redact),
  };
}

/** As if nothing had been hidden or moved. */
function everyEntry(
  events: readonly Recorded[],
  name: (id: string) => string = (id) => id,
): readonly TimelineEntry[] {
  const told = events.filter(
    (event) => event.type !== 'timeline.curated' || event.data.do === 'add',
  );
  return timelineOf(told, name);
}

/** By component, the words by which an entry is known to be about it: its title, and those of its steps. */
function componentsOf({ proposals }: Incident): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { plan } of proposals) {
    for (const { component, title } of plan.steps) {
      const name = plan.components.find(({ id }) => id === component)?.title ?? component;
      found.set(name, [...(found.get(name) ?? [name]), title]);
    }
  }
  return found;
}
