import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/errors.ts';
import { writeCanvas } from '../../../src/journal/exports/canvas.ts';
import { checkExport, type Findings } from '../../../src/journal/exports/check-export.ts';
import {
  type DocumentOptions,
  documentsOf,
  FORMATS,
  type Format,
  postmortemFrom,
} from '../../../src/journal/exports/documents.ts';
import { writeGithubIssue } from '../../../src/journal/exports/github-issue.ts';
import type { Journal } from '../../../src/journal/journal.ts';
import { createLoop } from '../../../src/loop.ts';
import { createRedactor } from '../../../src/redact.ts';
import { momentOf } from '../../../src/timeline/moment.ts';
import { writeJournal } from '../../support/a-written-journal.ts';
import { BEN, MINUTE, START } from '../../support/an-incident.ts';
import { INCIDENT_STORIES } from '../../support/an-incident-told.ts';
import { aJournalFile, openJournal, tamper } from '../../support/journal.ts';
import { PATIENT } from '../../support/patient.ts';

const redact = createRedactor(['hunter2-hunter2']);

async function aJournalOf(
  name: string,
): Promise<{ readonly journal: Journal; readonly file: string }> {
  const story = INCIDENT_STORIES[name]?.();
  if (!story) throw new Error(`There is no story ${name}`);
  story.tell(BEN, {
    type: 'note.added',
    data: { text: 'it is hunter2-hunter2, "quoted"\nand more' },
  });
  const file = aJournalFile();
  await writeJournal(file, [story]);
  return { journal: openJournal(file), file };
}

function exported(
  journal: Journal,
  format: Format,
  options: Partial<DocumentOptions> = {},
): string {
  const incident = createLoop(journal, Date.now).incident('INC-0001');
  if (!incident) throw new Error('There is no incident');
  const [document] = documentsOf(journal, incident, {
    formats: [format],
    zone: 'Europe/Berlin',
    serviceTitle: "Check-out <--> 'x'",
    now: START + 500 * MINUTE,
    redact,
    ...options,
  });
  return document?.text ?? '';
}

function check(journal: Journal, text: string): Findings {
  const loop = createLoop(journal, Date.now);
  return checkExport(text, 'x', { journal, incidentOf: (id) => loop.incident(id), redact });
}

describe.each(Object.keys(INCIDENT_STORIES))('an export of %s', (name) => {
  it.each(FORMATS)('as %s is proven, also after the incident went on', async (format) => {
    const { journal } = await aJournalOf(name);
    const whole = exported(journal, format, { withEvents: true });
    const kinds = ['decision', 'incident', 'note'] as const;
    const part = exported(journal, format, { narrowing: { since: momentOf(START), kinds } });
    const unnamed = exported(journal, format, { withoutPeople: true, zone: 'UTC' });
    const theirs = exported(journal, format, {
      withoutPeople: true,
      narrowing: { people: ['U0BEN', 'Backstop'], components: ['web'] },
    });
    const none = exported(journal, format, {
      narrowing: { people: ['U0BEN'], until: momentOf(START - MINUTE) },
    });
    for (const data of [{ text: 'later' }, { text: 'and later' }]) {
      const note = { stream: 'incident/INC-0001', type: 'note.added', actor: BEN, data };
      await journal.transact((tx) => tx.append([note]));
    }

    for (const text of [whole, part, unnamed, theirs, none]) {
      const found = check(journal, text);
      expect(found).toMatchObject({ wrong: [], incident: 'INC-0001', format });
      expect(found.remarks).toEqual([]);
    }
  });
});

describe('a changed word', () => {
  it.each<readonly [Format, RegExp]>([
    ['json', /^timeline\[\d+\]\.(what|why) says ".*a calm release.*", the journal ".*bad release/],
    ['html', /^Line \d+ says “.*a calm release.*”, the journal “.*bad release/],
    ['md', /^Line \d+ says “.*a calm release.*”, the journal “.*bad release/],
    ['csv', /^Line \d+ is no row that the journal makes: “.*a calm release/],
  ])('in %s is found and named', async (format, says) => {
    const { journal } = await aJournalOf('rolled-back');
    const note = { stream: 'incident/INC-0001', type: 'note.added', actor: BEN };
    await journal.transact((tx) => tx.append([{ ...note, data: { text: 'a bad release' } }]));
    const text = exported(journal, format, { withEvents: true });

    const { wrong } = check(journal, text.replace('a bad release', 'a calm release'));

    expect(wrong[0]).toMatch(says);
  });

  it('in the events that a JSON export carries is found too, and what was taken out or put in', async () => {
    const { journal } = await aJournalOf('rolled-back');
    const document = JSON.parse(exported(journal, 'json', { withEvents: true }));
    document.events[0].actor.id = 'U0EVE';
    document.timeline.splice(-1, 1);
    document.secret = 1;

    const { wrong } = check(journal, JSON.stringify(document, null, 2));

    expect(wrong).toContainEqual(
      expect.stringMatching(/^events\[0\]\.actor\.id says "U0EVE", the journal "/),
    );
    expect(wrong).toContainEqual(
      expect.stringMatching(/^timeline\[\d+\] is missing: the journal has/),
    );
    expect(wrong).toContainEqual('secret is not in the journal: 1.');
  });
});

/** Every so manieth letter or digit of a text, changed into another one; `but` tells which lines nobody vouches for. */
function* withOneChanged(
  text: string,
  but: RegExp,
): Iterable<readonly [line: string, changed: string]> {
  const letters = [...text.matchAll(/[A-Za-z0-9]/g)].map(({ index }) => index);
  const step = Math.max(1, Math.floor(letters.length / 80));
  for (let n = 3; n < letters.length; n += step) {
    const at = letters[n] ?? 0;
    const line = text.slice(text.lastIndexOf('\n', at) + 1).split('\n')[0] ?? '';
    if (but.test(line)) continue;
    const is = text.charAt(at);
    const other = /\d/.test(is) ? String((Number(is) + 1) % 10) : is === 'x' ? 'y' : 'x';
    yield [line, `${text.slice(0, at)}${other}${text.slice(at + 1)}`];
  }
}

describe('one changed character, wherever it is', () => {
  /** What only people can say, and when it was written: the document's own word, which no journal has. */
  const OWN_WORDS: Readonly<Record<Format, RegExp>> = {
    json: /^ {2}"generatedAt"/,
    html: /^<meta name="backstop-export"/,
    md: /_To fill in\._|^<!-- backstop-export|^[\s|]*$/,
    csv: /^$/,
  };

  it.each(FORMATS)('in %s is found out', PATIENT, async (format) => {
    const { journal } = await aJournalOf('rolled-back');
    const text = exported(journal, format, { withEvents: true });
    const found = (changed: string): boolean => {
      try {
        return check(journal, changed).wrong.length > 0;
      } catch (error) {
        // What is no export any more is refused.
        return error instanceof Refusal || error instanceof SyntaxError;
      }
    };
    let tried = 0;

    for (const [line, changed] of withOneChanged(text, OWN_WORDS[format])) {
      expect(found(changed), line.slice(0, 200)).toBe(true);
      tried += 1;
    }

    expect(tried).toBeGreaterThan(50);
    expect(found(text)).toBe(false);
  });

  it.each(['md', 'html'] as const)('in the seal of %s is found out', async (format) => {
    const { journal } = await aJournalOf('rolled-back');
    const text = exported(journal, format);

    for (const [is, other] of [
      [/"lastSeq":(\d+)/, '"lastSeq":2'],
      [/"hash":"(.)/, '"hash":"z'],
      [/"id":"INC-0001"/, '"id":"INC-0002"'],
      [/"zone":"Europe\/Berlin"/, '"zone":"Europe/Berlim"'],
      [/"events":(\d+)/, '"events":1'],
    ] as const) {
      expect(text).toMatch(is);
      expect(check(journal, text.replace(is, other)).wrong, String(is)).not.toEqual([]);
    }
  });
});

describe('Markdown that people finished', () => {
  it('is proven as far as Backstop wrote it', async () => {
    const { journal } = await aJournalOf('rolled-back');
    const text = exported(journal, 'md')
      .replace(
        '**How many users, orders or requests were affected?** _To fill in._',
        'About 40 orders.',
      )
      .replace('- [ ] Staging environment tests', '- [x] Staging environment tests')
      .replace('| | | | | |\n', '| Add a test | It slipped through. | Ana | Friday | SHOP-1 |\n')
      .replace('## Lessons', '## Lessons\n\nWe talk too late.');

    const { wrong, remarks } = check(journal, text);

    expect(wrong).toEqual([]);
    expect(remarks.join()).toMatch(/lines were filled in or added by people, from line \d+ on/);
  });

  it('is not when what the journal tells was taken out or changed', async () => {
    const { journal } = await aJournalOf('rolled-back');
    const text = exported(journal, 'md')
      .replace(/\n.*Fix 2\.4\.0 properly.*\n/, '\n')
      .replace(/\*\*Decided .*/, '**Decided otherwise**');

    const { wrong } = check(journal, text);

    expect(wrong).toHaveLength(2);
    expect(wrong.join()).toMatch(/Decided otherwise.*Fix 2\.4\.0 properly/s);
  });
});

describe('a journal', () => {
  it('that is another, was rewritten or was cut off does not stand behind the export', async () => {
    const { journal } = await aJournalOf('rolled-back');
    const { journal: other } = await aJournalOf('still-broken');
    const texts = FORMATS.map((format) => exported(journal, format));

    for (const text of texts) {
      expect(check(other, text).wrong.join()).toMatch(
        /has another hash .* than the document carries/,
      );
    }
    const { file } = await aJournalOf('rolled-back');
    tamper(file, 'DELETE FROM events WHERE seq > 20');
    const cut = openJournal(file);
    for (const text of texts)
      expect(check(cut, text).wrong.join()).toMatch(/ends before entry \d+/);
  });

  it('that lost newer entries of other incidents is found out by the head', async () => {
    const { journal, file } = await aJournalOf('rolled-back');
    const seq = journal.head().seq;
    const elsewhere = { stream: 'incident/INC-0002', type: 'x', actor: BEN, data: {} };
    await journal.transact((tx) => tx.append([{ ...elsewhere, stream: 'slack/INC-0001' }]));
    const text = exported(journal, 'json');
    await journal.close();
    tamper(file, `DELETE FROM events WHERE seq > ${seq}`);

    expect(check(openJournal(file), text).wrong.join()).toMatch(/newer entries were cut off/);
  });
});

describe('what cannot be proven', () => {
  it.each([
    ['# Post-mortem', /carries no hash/],
    ['{}', /carries no hash/],
    ['<!doctype html>', /carries no hash/],
    ['\uFEFFentry,utc\r\n', /carries no row/],
  ])('is refused with its reason: %s', async (text, says) => {
    const { journal } = await aJournalOf('declined');
    expect(() => check(journal, text)).toThrow(says);
  });

  it('names what to do with the text of an issue or a canvas, once its hash is found', async () => {
    const { journal } = await aJournalOf('rolled-back');
    const { journal: other } = await aJournalOf('still-broken');
    const loop = createLoop(journal, Date.now);
    const incident = loop.incident('INC-0001');
    if (!incident) throw new Error('There is no incident');
    const told = postmortemFrom(journal, incident, {
      zone: 'UTC',
      serviceTitle: 'Checkout',
      now: START + 500 * MINUTE,
      redact,
    });
    const copied = writeCanvas(told, 'C0FFEE').markdown.replaceAll(/[_`]/g, '');

    for (const text of [writeGithubIssue(told).body, copied]) {
      expect(() => check(journal, text)).toThrow(
        /names the hash of entry \d+, which is in this journal.*backstop export INC-0001 --format md/,
      );
      expect(check(other, text).wrong.join()).toMatch(/has another hash/);
    }
  });
});

describe('when a document was written', () => {
  it('is said to be its own word, and found out where the journal speaks against it', async () => {
    const { journal } = await aJournalOf('rolled-back');
    const text = exported(journal, 'html');
    const { written, wrong } = check(journal, text);
    const early = exported(journal, 'html', { now: START - 60 * MINUTE });

    expect(wrong).toEqual([]);
    expect(written).toMatch(/^That it was written on .* is its own word: .* after entry \d+/);
    expect(check(journal, early).written).toMatch(/That cannot be: it tells entry \d+/);
  });
});
