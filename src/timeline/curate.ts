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
 * @param entries one for each event or group of them, told from `events`.
 */
export function curate(
  entries: readonly TimelineEntry[],
  events: readonly Recorded[],
  words: PlainWords,
): readonly TimelineEntry[] {
  const curations = events.filter((event) => event.type === 'timeline.curated');
  if (curations.length === 0) return entries;
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  const hidden = new Set<number>();
  const moved = new Set<number>();

  for (const { seq, at, actor, data } of curations) {
    const by = words.who(actor);
    if (data.do === 'add') {
      const added = bySeq.get(seq);
      if (added) bySeq.set(seq, { ...added, at: data.at, added: { at } });
      moved.add(seq);
      continue;
    }
    if (data.do !== 'hide') hidden.add(seq);
    const entry = bySeq.get(data.entry);
    if (!entry) continue;
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
      const notes = [...(entry.notes ?? []), { by, at, text: words.text(data.text) }];
      bySeq.set(data.entry, { ...entry, notes });
    }
    if (data.do === 'correct') {
      const from = entry.corrected?.from ?? entry.at;
      const corrected = { from, by, why: words.text(data.reason) };
      bySeq.set(data.entry, { ...entry, at: data.at, corrected });
      moved.add(data.entry);
    }
  }

  const told = [...bySeq.values()].filter(({ seq }) => !hidden.has(seq));
  const kept = told.filter(({ seq }) => !moved.has(seq));
  for (const entry of told.filter(({ seq }) => moved.has(seq)).sort((a, b) => a.at - b.at)) {
    const before = kept.findIndex(({ at }) => at > entry.at);
    kept.splice(before < 0 ? kept.length : before, 0, entry);
  }
  return kept;
}
