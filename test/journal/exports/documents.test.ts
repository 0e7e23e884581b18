import { afterEach, describe, expect, it } from 'vitest';
import type { Event } from '../../../src/events.ts';
import { isOpen } from '../../../src/incident.ts';
import {
  type DocumentOptions,
  documentsOf,
  FORMATS,
  type Format,
} from '../../../src/journal/exports/documents.ts';
import { readExport } from '../../../src/journal/exports/read-export.ts';
import { redactValues } from '../../../src/journal/exports/redact-values.ts';
import { PostmortemExport } from '../../../src/journal/exports/schema.ts';
import type { Journal } from '../../../src/journal/journal.ts';
import { openSqliteJournal } from '../../../src/journal/sqlite.ts';
import { createLoop } from '../../../src/loop.ts';
import { createRedactor } from '../../../src/redact.ts';
import { BEN, MINUTE, START, type Story } from '../../support/an-incident.ts';
import { aRolledBackIncident, INCIDENT_STORIES } from '../../support/an-incident-told.ts';

const SECRET = 'hunter2-"quoted"';
const NAMES = new Map([
  ['U0ANA', 'Ana Ruiz'],
  ['U0BEN', 'Ben Okafor'],
  ['U0CLEO', 'Cleo Martin'],
]);

const open: Journal[] = [];
afterEach(async () => {
  for (const journal of open.splice(0)) await journal.close();
});

async function aJournalOf(story: Story): Promise<Journal> {
  let now = 0;
  const journal = openSqliteJournal({ file: ':memory:', now: () => now });
  open.push(journal);
  for (const { at, stream, type, actor, data } of story.events) {
    now = at;
    await journal.transact((tx) => tx.append([{ stream, type, actor, data }]));
  }
  now = story.now();
  const named: Event = { type: 'people.named', data: { names: Object.fromEntries(NAMES) } };
  await journal.transact((tx) =>
    tx.append([{ stream: 'incident/INC-0001', actor: { kind: 'backstop' }, ...named }]),
  );
  return journal;
}

async function written(
  story: Story,
  format: Format,
  options: Partial<DocumentOptions> = {},
): Promise<string> {
  const journal = await aJournalOf(story);
  const incident = createLoop(journal, Date.now).incident('INC-0001');
  if (!incident) throw new Error('There is no incident');
  const [document] = documentsOf(journal, incident, {
    formats: [format],
    zone: 'UTC',
    serviceTitle: 'Checkout',
    now: story.now(),
    redact: createRedactor([SECRET]),
    ...options,
  });
  return document?.text ?? '';
}

function noted(text: string): Story {
  const note: Event = { type: 'note.added', data: { text } };
  return aRolledBackIncident().tell(BEN, note);
}

describe('a secret', () => {
  it.each<Format>(['md', 'json', 'csv', 'html'])(
    'is in no value of a document in %s',
    async (format) => {
      const text = await written(noted(`the password is ${SECRET}, use it`), format, {
        withEvents: true,
      });

      expect(text).not.toContain('hunter2');
      expect(text.replaceAll('\\', '')).toContain('[redacted]');
    },
  );

  it('cannot break the document’s form where it stands', async () => {
    const text = await written(noted('{"password":"x\\"y"} and password=a,b"c'), 'json');

    expect(() => PostmortemExport.parse(JSON.parse(text))).not.toThrow();
  });

  it('is hidden whole under a key that names one, and times stay', () => {
    const at = '2026-11-20T14:02:07.250Z';
    const value = { clientSecret: 'abc', key: 'R1-swap', at, list: [`token=${SECRET}`] };

    expect(redactValues(value, createRedactor([SECRET]))).toEqual({
      clientSecret: '[redacted]',
      key: 'R1-swap',
      at,
      list: ['token=[redacted]'],
    });
  });
});

describe('a narrowed export', () => {
  it('has the entries of these kinds in that time, both ends included, and says so', async () => {
    const since = new Date(START).toISOString();
    const until = new Date(START + 4 * MINUTE).toISOString();
    const narrowing = { since, until, kinds: ['decision', 'incident'] } as const;

    const document = PostmortemExport.parse(
      JSON.parse(await written(aRolledBackIncident(), 'json', { narrowing, withEvents: true })),
    );

    expect(document.timeline.map(({ kind }) => kind)).toEqual(['incident', 'decision']);
    expect(document).toMatchObject({ narrowed: narrowing });
    expect(document.events).toBeUndefined();
    expect(await written(aRolledBackIncident(), 'md', { narrowing })).toMatch(
      /_Only a part of the timeline: from .* until .* of the kinds decision and incident\._/,
    );
  });
});

describe.each(FORMATS)('a narrowed export as %s', (format) => {
  const narrowing = { people: ['U0BEN'], components: ['web'], kinds: ['approval'] } as const;
  it('has what these people did about these components, and says so', async () => {
    const text = await written(aRolledBackIncident(), format, { narrowing });

    expect(text).toMatch(SAYS[format]);
    expect(text).toMatch(/Approved plan INC-0001-P1/);
    expect(text.slice(text.search(/Only a part|"timeline"|^\uFEFF/))).not.toMatch(
      /Asked for approval of plan|Began Swap/,
    );
  });

  it('says so too where nothing is left, and without names', async () => {
    const text = await written(aRolledBackIncident(), format, {
      narrowing: { people: ['U0BEN'], until: new Date(START - MINUTE).toISOString() },
      withoutPeople: true,
    });

    expect(text).toMatch(UNNAMED[format]);
    expect(text).not.toMatch(/Ben\b|U0BEN/);
  });
});

const SAYS: Readonly<Record<Format, RegExp>> = {
  md: /_Only a part of the timeline: of the kinds approval, by Ben Okafor, about web\._/,
  html: /Only a part of the timeline: of the kinds approval, by Ben Okafor, about web\./,
  json: /"narrowed": \{\s+"people": \[\s+"Ben Okafor"\s+\],\s+"components": \[\s+"web"\s+\]/,
  csv: /"\{""kinds"":\[""approval""\],""people"":\[""Ben Okafor""\],""components"":\[""web""\]\}"/,
};

const UNNAMED: Readonly<Record<Format, RegExp>> = {
  md: /_Only a part of the timeline: until .*, by incident commander\._/,
  html: /Only a part of the timeline: until .*, by incident commander\./,
  json: /"narrowed": \{\s+"people": \[\s+"incident commander"/,
  csv: /Nothing in the timeline is of this part\..*""people"":\[""incident commander""\]/,
};

describe('an export without people', () => {
  it.each<Format>(['md', 'json', 'csv', 'html'])('names nobody in %s', async (format) => {
    for (const name of Object.keys(INCIDENT_STORIES)) {
      const story = INCIDENT_STORIES[name]?.();
      if (!story) throw new Error(`There is no story ${name}`);
      story.tell(
        { kind: 'operator', name: 'gitta' },
        { type: 'note.added', data: { text: 'Thanks, Ana Ruiz' } },
      );

      const text = await written(story, format, { withoutPeople: true, withEvents: true });

      expect(text).not.toMatch(/Ana|Ruiz|Ben\b|Okafor|Cleo|U0[A-Z]+|Femi|Gus|gitta|dana|\beli\b/);
      expect(text).toMatch(/incident commander/);
      expect(text).toMatch(/person \d/);
    }
  });
});

describe('what was exported', () => {
  it('is read back without loss', async () => {
    for (const name of Object.keys(INCIDENT_STORIES)) {
      const story = INCIDENT_STORIES[name]?.();
      if (!story) throw new Error(`There is no story ${name}`);
      if (isOpen(story.incident())) continue;
      const journal = await aJournalOf(story);

      const back = readExport(await written(story, 'json', { withEvents: true }), 'x.json');

      const kept = journal.entriesOf('incident/INC-0001');
      expect(back.events).toEqual(kept.map(({ hash: _hash, ...entry }) => entry));
      expect(back.hash).toBe(kept.at(-1)?.hash);
      expect(back.names).toEqual(Object.fromEntries(NAMES));
    }
  });

  it.each<readonly [string, (document: Record<string, unknown>) => unknown, RegExp]>([
    [
      'other schema',
      (one) => ({ ...one, schema: 'backstop/postmortem@2' }),
      /does not fit .*schema/,
    ],
    ['missing part', ({ timeline: _timeline, ...rest }) => rest, /does not fit .*timeline/],
    ['no events', ({ events: _events, ...rest }) => rest, /carries no events.*Export it again/],
    [
      'lost event',
      (one) => ({ ...one, events: (one['events'] as object[]).slice(0, -1) }),
      /says \d+ events and carries \d+/,
    ],
    [
      'gap',
      (one) => ({ ...one, events: (one['events'] as object[]).toSpliced(3, 1) }),
      /event 4 is missing/,
    ],
    ['another id', (one) => ({ ...one, id: 'INC-0002' }), /its events make another one/],
  ])('is refused with its reason: %s', async (_what, change, says) => {
    const text = await written(aRolledBackIncident(), 'json', { withEvents: true });

    expect(() => readExport(JSON.stringify(change(JSON.parse(text))), 'x.json')).toThrow(says);
  });

  it('is refused while it was not over', async () => {
    const story = aRolledBackIncident();
    story.tell(BEN, { type: 'status.changed', data: { status: 'investigating', reason: 'again' } });
    const text = await written(story, 'json', { withEvents: true });

    expect(() => readExport(text, 'x.json')).toThrow(/Only what is resolved or closed/);
  });
});
