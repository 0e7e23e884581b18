/** Long, curated incidents: written as they are read, and the same text as from a document that was read whole. */

import { describe, expect, it } from 'vitest';
import type { Event } from '../../../src/events.ts';
import { writeCsv } from '../../../src/journal/exports/csv.ts';
import { documentsOf, FORMATS, postmortemFrom } from '../../../src/journal/exports/documents.ts';
import { writeHtml } from '../../../src/journal/exports/html.ts';
import { writeJson } from '../../../src/journal/exports/json.ts';
import { writeMarkdown } from '../../../src/journal/exports/markdown.ts';
import type { Journal } from '../../../src/journal/journal.ts';
import { createLoop } from '../../../src/loop.ts';
import { BEN, SECOND } from '../../support/an-incident.ts';
import { INCIDENT_STORIES } from '../../support/an-incident-told.ts';
import { aClock, aJournalFile, openJournal } from '../../support/journal.ts';

const REMARKS = 2_000;
/** Entries that may be held between what was read and what was written. */
const LEAD_LIMIT = 10;

const WRITE = { md: writeMarkdown, csv: writeCsv, json: writeJson, html: writeHtml };

const remark = (n: number): string => `remark ${String(n).padStart(4, '0')}.`;

/** The story with many remarks after it, some of which were hidden, moved and remarked on, and one added. */
async function aLongJournalOf(name: string) {
  const story = INCIDENT_STORIES[name]?.();
  if (!story) throw new Error(`There is no story ${name}`);
  const clock = aClock(0);
  const journal = openJournal(aJournalFile(), clock);
  const append = (at: number, ...events: readonly Event[]) => {
    clock.pass(at - clock.now());
    const entries = events.map((event) => ({ stream: 'incident/INC-0001', actor: BEN, ...event }));
    return journal.transact((tx) => tx.append(entries));
  };
  for (const { at, stream, type, actor, data } of story.events) {
    clock.pass(at - clock.now());
    await journal.transact((tx) => tx.append([{ stream, type, actor, data }]));
  }
  const first = journal.head().seq + 1;
  const begin = story.now() + SECOND;
  for (let n = 0; n < REMARKS; n += 500) {
    const texts = Array.from({ length: 500 }, (_, index) => remark(n + index));
    await append(
      begin + n * SECOND,
      ...texts.map((text): Event => ({ type: 'note.added', data: { text } })),
    );
  }
  const curated: Event[] = [
    { type: 'timeline.curated', data: { do: 'hide', entry: first + 3, reason: 'noise' } },
    { type: 'timeline.curated', data: { do: 'annotate', entry: first + 4, text: 'this is it' } },
    {
      type: 'timeline.curated',
      data: { do: 'correct', entry: first + 5, at: begin + 1_000 * SECOND + 1, reason: 'clock' },
    },
    {
      type: 'timeline.curated',
      data: { do: 'correct', entry: first + 1_990, at: begin - 1, reason: 'clock' },
    },
    { type: 'timeline.curated', data: { do: 'add', at: begin - 2, text: 'Somebody rang.' } },
  ];
  await append(begin + REMARKS * SECOND, ...curated);
  return { journal, before: first - 1, now: clock.now() };
}

/** The journal, of which nobody may read a stream at once; `read` is how many entries the newest walk has given out. */
function watched(journal: Journal) {
  const state = { read: 0 };
  const walked: Journal = {
    ...journal,
    entriesOf: (stream) => {
      throw new Error(`${stream} was read into memory`);
    },
    walk: (stream, part) => ({
      *[Symbol.iterator]() {
        state.read = 0;
        for (const entry of journal.walk(stream, part)) {
          state.read += 1;
          yield entry;
        }
      },
    }),
  };
  return { walked, state };
}

describe('a long export that was curated', () => {
  it.each(Object.keys(INCIDENT_STORIES))('of %s is written while it is read', async (name) => {
    const { journal, before, now } = await aLongJournalOf(name);
    const incident = createLoop(journal, Date.now).incident('INC-0001');
    if (!incident) throw new Error('There is no incident');
    const shape = { zone: 'UTC', serviceTitle: 'Checkout', now, redact: (text: string) => text };
    const whole = postmortemFrom(journal, incident, shape);
    const { walked, state } = watched(journal);

    for (const document of documentsOf(walked, incident, { ...shape, formats: FORMATS })) {
      const parts: string[] = [];
      let told = 0;
      let lead = 0;
      for (const part of document.parts) {
        parts.push(part);
        told += part.match(/remark \d{4}\./g)?.length ?? 0;
        if (told > 0 && told < REMARKS / 2) lead = Math.max(lead, state.read - before - told);
      }
      const text = parts.join('');

      expect(lead, document.format).toBeLessThanOrEqual(LEAD_LIMIT);
      expect(text === WRITE[document.format](whole), document.format).toBe(true);
      const order = [
        'Somebody rang.',
        remark(1990),
        remark(0),
        remark(1499),
        remark(5),
        remark(1500),
      ];
      const places = order.map((each) => text.lastIndexOf(each));
      expect(places, document.format).toEqual(places.toSorted((a, b) => a - b));
      expect(places[0]).toBeGreaterThan(0);
      expect(text).toContain('this is it');
      expect(text).not.toContain(remark(3));
    }
  });
});
