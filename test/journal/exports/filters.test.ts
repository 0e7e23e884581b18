/** Every format against every limit of an export: what was asked to be left out is in no byte of what comes out. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { printPdf } from '../../../src/cli/pdf.ts';
import { type Asked, shapeFrom } from '../../../src/journal/exports/asked.ts';
import { writeCanvas } from '../../../src/journal/exports/canvas.ts';
import { documentsOf, FORMATS, postmortemFrom } from '../../../src/journal/exports/documents.ts';
import { writeGithubIssue } from '../../../src/journal/exports/github-issue.ts';
import type { Journal } from '../../../src/journal/journal.ts';
import { openSqliteJournal } from '../../../src/journal/sqlite.ts';
import { createLoop } from '../../../src/loop.ts';
import { createRedactor } from '../../../src/redact.ts';
import { writeJournal } from '../../support/a-written-journal.ts';
import { BEN, CLEO, MINUTE, type Story } from '../../support/an-incident.ts';
import { aRolledBackIncident } from '../../support/an-incident-told.ts';
import { PATIENT } from '../../support/patient.ts';
import { importedStory } from '../../support/recorded-stories.ts';

const CHROMIUM = '/usr/bin/chromium';
const PDFTOTEXT = '/usr/bin/pdftotext';
const PRINTS = existsSync(CHROMIUM) && existsSync(PDFTOTEXT);

const folder = mkdtempSync(join(tmpdir(), 'backstop-filters-'));
const open: Journal[] = [];
afterAll(async () => {
  for (const journal of open) await journal.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Each stands in one entry of the timeline and nowhere else. */
const EARLY = 'the-early-remark';
const LATE = 'the-late-remark';
const NOTED = /the-(early|late)-remark/;
const OF_A_STEP = /Began “Swap/;

/** Rolled back, with a remark by Cleo before and one by Ben after, and a follow-up for Cleo Martin that speaks of people in every way. */
function anIncident(): Story {
  const story = aRolledBackIncident();
  story.tell(CLEO, { type: 'note.added', data: { text: EARLY } });
  story.wait(60 * MINUTE).tell(BEN, { type: 'note.added', data: { text: LATE } });
  return story.tell(BEN, {
    type: 'task.added',
    data: { id: 'T1', kind: 'follow-up', text: 'ask <@U0CLEO>, @cleo or Okafor', owner: 'U0CLEO' },
  });
}

const NAMES = { U0ANA: 'Ana Ruiz', U0BEN: 'Ben Okafor', U0CLEO: 'Cleo Martin' };
const PEOPLE = /\b(?:Ana|Ruiz|Ben|Okafor|Cleo|Martin|cleo|U0[A-Z]+)\b|<@/;

async function aDesk(story: Story) {
  const file = join(mkdtempSync(join(folder, 'journal-')), 'kept.db');
  story.tell({ kind: 'backstop' }, { type: 'people.named', data: { names: NAMES } });
  await writeJournal(file, [story]);
  const journal = openSqliteJournal({ file, now: Date.now });
  open.push(journal);
  const incident = createLoop(journal, Date.now).incident('INC-0001');
  if (!incident) throw new Error('There is no incident');
  const optionsOf = (asked: Asked) => ({
    ...shapeFrom(asked, incident, 'UTC', journal),
    serviceTitle: 'Checkout',
    now: story.now(),
    redact: createRedactor([]),
  });
  const documentOf = (asked: Asked) => postmortemFrom(journal, incident, optionsOf(asked));
  const textOf = (format: (typeof FORMATS)[number], asked: Asked): string =>
    documentsOf(journal, incident, { ...optionsOf(asked), withEvents: true, formats: [format] })[0]
      ?.text ?? '';
  return { documentOf, textOf };
}

const desk = await aDesk(anIncident());

/** Everything that leaves Backstop in a format: all of its text, and what stands beside it. */
const WRITERS: Readonly<Record<string, (asked: Asked) => Promise<string>>> = {
  ...Object.fromEntries(
    FORMATS.map((format) => [format, async (asked: Asked) => desk.textOf(format, asked)]),
  ),
  'github-issue': async (asked) => {
    const { title, body, followUp } = writeGithubIssue(desk.documentOf(asked));
    const task = followUp('T1', 'https://github.test/acme/checkout/issues/1');
    return [title, body, task?.title, task?.body].join('\n');
  },
  'slack-canvas': async (asked) => {
    const { title, markdown, mark } = writeCanvas(desk.documentOf(asked), 'C0FFEE');
    return [title, markdown, mark].join('\n');
  },
  ...(PRINTS
    ? {
        pdf: async (asked: Asked) => {
          const file = join(folder, 'told.pdf');
          await printPdf(desk.textOf('html', asked), file, CHROMIUM);
          const text = execFileSync(PDFTOTEXT, ['-layout', file, '-']).toString();
          const about = execFileSync('/usr/bin/pdfinfo', [file]).toString();
          return `${text}\n${about}`.replaceAll(/\s+/g, ' ');
        },
      }
    : {}),
};

/** The issue has no timeline, so there is nothing in it that limits could leave. */
const TIMELINE = Object.keys(WRITERS).filter((format) => format !== 'github-issue');

interface Limit {
  readonly asked: Asked;
  readonly without: RegExp;
  /** What stays in a format that has a timeline. */
  readonly keeps: RegExp;
  readonly says: RegExp;
}

const LIMITS: Readonly<Record<string, Limit>> = {
  '--since': {
    asked: { since: '2026-11-20 15:00' },
    without: new RegExp(EARLY),
    keeps: new RegExp(LATE),
    says: /from 20 Nov 2026, 15:00:00 UTC on|"since"|""since""/,
  },
  '--until': {
    asked: { until: '2026-11-20T15:00:00Z' },
    without: new RegExp(LATE),
    keeps: new RegExp(EARLY),
    says: /until 20 Nov 2026, 15:00:00 UTC|"until"|""until""/,
  },
  '--kinds': {
    asked: { kinds: 'step,decision' },
    without: NOTED,
    keeps: OF_A_STEP,
    says: /of the kinds step and decision|"kinds"|""kinds""/,
  },
  '--person': {
    asked: { person: 'Ben Okafor' },
    without: new RegExp(`${EARLY}|Began “Swap`),
    keeps: new RegExp(LATE),
    says: /by Ben Okafor|"people"|""people""/,
  },
  '--component': {
    asked: { component: 'web' },
    without: NOTED,
    keeps: OF_A_STEP,
    says: /about web|"components"|""components""/,
  },
};

describe.each(Object.keys(WRITERS))('an export as %s', PATIENT, (format) => {
  const write = WRITERS[format] ?? (() => Promise.resolve(''));

  it('has everything where nothing was left out', async () => {
    const text = await write({});

    expect(text).toMatch(PEOPLE);
    if (TIMELINE.includes(format)) {
      for (const what of [EARLY, LATE, OF_A_STEP]) expect(text).toMatch(what);
    } else expect(text).not.toMatch(NOTED);
  });

  it.each(Object.entries(LIMITS))('leaves out by %s what it is to leave out', async (_, limit) => {
    const text = await write(limit.asked);

    expect(text).not.toMatch(limit.without);
    if (!TIMELINE.includes(format)) return;
    expect(text).toMatch(limit.keeps);
    expect(text).toMatch(limit.says);
  });

  it('gives times in the zone that was asked for, and in no other', async () => {
    const text = await write({ zone: 'Asia/Tokyo' });

    expect(text).toMatch(/Asia\/Tokyo/);
    // Declared at 14:02:07 UTC.
    expect(text).toMatch(format === 'json' ? /"zone": "Asia\/Tokyo"/ : /23:02:07/);
    expect(text).not.toMatch(/15:02:07|Europe/);
    expect(await write({})).not.toMatch(/23:02:07|Tokyo/);
  });

  it('names nobody where people are left out: no name, no part of one, no id, no mention', async () => {
    const text = await write({ redact: 'people' });

    expect(text).not.toMatch(PEOPLE);
    expect(text).toMatch(/incident commander/i);
    expect(text).toMatch(/person \d/);
  });
});

describe('an export without people', () => {
  it.each([
    [
      'thanks Cleo and Ben, says Okafor',
      'thanks person 3 and incident commander, says incident commander',
    ],
    ['ask @cleo, cleo martin or ana', 'ask @person 3, person 3 or person 2'],
    ['see #inc-0001-ben-broke-it', 'see #inc-0001-incident commander-broke-it'],
    ['benign words about Analysis and Martini', 'benign words about Analysis and Martini'],
  ])('says of “%s” what is left', async (text, says) => {
    const story = aRolledBackIncident();
    const { documentOf } = await aDesk(story.tell(BEN, { type: 'note.added', data: { text } }));

    const { timeline } = documentOf({ redact: 'people' });

    expect(timeline.find(({ what }) => what.startsWith(`Noted: ${says}`))).toBeDefined();
  });

  it('does not say whose work would be lost, nor who wrote the changes', async () => {
    const { journal, incident, options } = await importedStory('coordinated-release-rolled-back');
    const who = /Cleo|Diaz|benokafor|ana-ruiz|dpetrov|dana/;
    for (const format of FORMATS) {
      const written = (withoutPeople: boolean) =>
        documentsOf(journal, incident, { ...options, withoutPeople, formats: [format] })[0]?.text;
      expect(written(false)).toMatch(who);
      expect(written(true)).not.toMatch(who);
    }
    await journal.close();
  });
});
