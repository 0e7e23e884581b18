/** The timeline as people put it right: entries hidden, annotated, moved to their real time, added. */

import type { Curation, Recorded } from '../events.ts';
import type { PlainWords } from './plain-words.ts';
import type { Telling } from './thread.ts';
import type { TimelineEntry } from './timeline.ts';

/** What a change to the timeline itself says there: an addition its own text, the others what was done to which entry. */
export function tellCuration(curation: Curation): Telling {
  switch (curation.do) {
    case 'add':
      return { kind: 'note', what: curation.text };
    case 'hide':
      return {
        kind: 'note',
        what: `Hid entry ${curation.entry} from the timeline; the journal keeps it.`,
        why: curation.reason,
      };
    case 'show':
      return {
        kind: 'note',
        what: `Put entry ${curation.entry} back into the timeline.`,
        why: curation.reason,
      };
    case 'annotate':
      return { kind: 'note', what: `Remarked on entry ${curation.entry}: ${curation.text}` };
    case 'correct':
      return {
        kind: 'note',
        what: `Corrected the time of entry ${curation.entry}.`,
        why: curation.reason,
      };
  }
}

/**
 * The entries with every change applied, in the order of their times where one was moved or added; other entries keep
 * the journal's order. A change stands with what it changed; only hiding has an entry of its own, so that nobody takes
 * the timeline for whole. A change to an entry that there is not changes nothing.
 * @param entries one for each event or group of them; walked through once more where some were moved.
 */
export function curate(
  entries: Iterable<TimelineEntry>,
  curations: readonly CurationEvent[],
  words: PlainWords,
): Iterable<TimelineEntry> {
  const named = new Set(curations.flatMap(({ data }) => (data.do === 'add' ? [] : [data.entry])));
  return {
    *[Symbol.iterator]() {
      const there = new Set<number>();
      for (const { seq } of entries) if (named.has(seq)) there.add(seq);
      const changes = changesOf(curations, there, words);
      const shown = function* (): IterableIterator<TimelineEntry> {
        for (const entry of entries) {
          if (!changes.hidden.has(entry.seq)) yield changes.changed(entry);
        }
      };
      yield* inOrder(shown, changes.moved);
    },
  };
}

export type CurationEvent = Extract<Recorded, { type: 'timeline.curated' }>;

interface Changes {
  readonly hidden: ReadonlySet<number>;
  readonly moved: ReadonlySet<number>;
  changed(entry: TimelineEntry): TimelineEntry;
}

function changesOf(
  curations: readonly CurationEvent[],
  there: ReadonlySet<number>,
  words: PlainWords,
): Changes {
  const hidden = new Set<number>();
  const moved = new Set<number>();
  const steps = new Map<number, ((entry: TimelineEntry) => TimelineEntry)[]>();
  const change = (seq: number, step: (entry: TimelineEntry) => TimelineEntry): void => {
    steps.set(seq, [...(steps.get(seq) ?? []), step]);
  };

  for (const { seq, at, actor, data } of curations) {
    const by = words.who(actor);
    if (data.do === 'add') {
      change(seq, (entry) => ({ ...entry, at: data.at, added: { at } }));
      moved.add(seq);
      continue;
    }
    if (data.do !== 'hide') hidden.add(seq);
    if (!there.has(data.entry)) continue;
    if (data.do === 'hide') hidden.add(data.entry);
    if (data.do === 'show') {
      hidden.delete(data.entry);
      for (const each of curations) {
        if (each.data.do === 'hide' && each.data.entry === data.entry && each.seq < seq) {
          hidden.add(each.seq);
        }
      }
    }
    if (data.do === 'annotate') {
      const note = { by, at, text: words.text(data.text) };
      change(data.entry, (entry) => ({ ...entry, notes: [...(entry.notes ?? []), note] }));
    }
    if (data.do === 'correct') {
      const why = words.text(data.reason);
      change(data.entry, (entry) => {
        const from = entry.corrected?.from ?? entry.at;
        return { ...entry, at: data.at, corrected: { from, by, why } };
      });
      moved.add(data.entry);
    }
  }
  return {
    hidden,
    moved,
    changed: (entry) =>
      (steps.get(entry.seq) ?? []).reduce((changed, step) => step(changed), entry),
  };
}

/** Those that were moved, each before the first later one. */
function* inOrder(
  shown: () => IterableIterator<TimelineEntry>,
  moved: ReadonlySet<number>,
): IterableIterator<TimelineEntry> {
  const waiting: TimelineEntry[] = [];
  if (moved.size > 0) for (const entry of shown()) if (moved.has(entry.seq)) waiting.push(entry);
  waiting.sort((a, b) => a.at - b.at);
  for (const entry of shown()) {
    if (moved.has(entry.seq)) continue;
    while (waiting[0] && waiting[0].at < entry.at) yield waiting.shift() as TimelineEntry;
    yield entry;
  }
  yield* waiting;
}
