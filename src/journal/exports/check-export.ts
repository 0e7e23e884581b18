/** Whether an export says what the journal says: it is written anew as it was asked for, and compared. */

import { Refusal } from '../../errors.ts';
import type { Incident } from '../../incident.ts';
import type { Entry, Journal } from '../journal.ts';
import { changedLines, filledIn, readCsvOrigin, unknownRow } from './compare-text.ts';
import { differences } from './compare-values.ts';
import { type DocumentOptions, documentsOf, type Format } from './documents.ts';
import { partIn, SEAL_NAME, type Seal, Seal as SealSchema, sealIn, WRITTEN_BY } from './seal.ts';

/** What was found. */
export interface Findings {
  readonly incident: string;
  readonly format: Format;
  /** The newest entry of the incident that the document was made from. */
  readonly lastSeq: number;
  readonly hash: string;
  /** What does not match, each named; empty when the document is proven. */
  readonly wrong: readonly string[];
  /** What is proven, or is not, besides: what people filled in, what was left out. */
  readonly remarks: readonly string[];
}

export interface Checking {
  readonly journal: Journal;
  readonly incidentOf: (id: string) => Incident | undefined;
  /** As it was when the document was written, or differences are found where secrets were. */
  readonly redact: (text: string) => string;
}

/**
 * Compares the text of an export with the journal. The journal's chain is the caller's to verify: this takes its rows as they are.
 * @param name what the file is called, for messages.
 * @throws Refusal when it is no export, one that cannot be written anew (PDF), or one that carries no hash.
 */
export function checkExport(text: string, name: string, checking: Checking): Findings {
  if (text.startsWith('%PDF-')) {
    throw new Refusal(
      'not-possible',
      `${name} is a PDF: a browser makes it, and makes it differently each time, so it cannot be compared. Check the HTML or JSON that was exported with it; the last line of the PDF names the hash they carry.`,
    );
  }
  if (text.startsWith('\uFEFFentry,')) return checkCsv(text, name, checking);
  const { format, seal } = sealOf(text, name);
  const origin = originOf(seal.journal, checking);
  const found = {
    incident: seal.id,
    format,
    lastSeq: seal.journal.lastSeq,
    hash: seal.journal.hash,
  };
  if (typeof origin === 'string') return { ...found, wrong: [origin], remarks: [] };
  const incident = checking.incidentOf(seal.id);
  if (!incident || incident.stream !== origin.stream) {
    return { ...found, wrong: [`Entry ${origin.seq} is not one of ${seal.id}.`], remarks: [] };
  }
  const anew = written(incident, checking, format, seal, /^ {2}"events": \[/m.test(text));
  const compared = COMPARE[format](text, anew);
  return {
    ...found,
    ...compared,
    remarks: [...compared.remarks, ...doubts(compared.wrong, seal, text)],
  };
}

type Compared = Pick<Findings, 'wrong' | 'remarks'>;

const COMPARE: Readonly<Record<'md' | 'json' | 'html', (text: string, anew: string) => Compared>> =
  {
    md: (text, anew) => filledIn(text, anew),
    html: (text, anew) => ({ wrong: changedLines(text, anew), remarks: [] }),
    json: (text, anew) => ({ wrong: differences(JSON.parse(text), JSON.parse(anew)), remarks: [] }),
  };

function sealOf(
  text: string,
  name: string,
): { readonly format: 'md' | 'json' | 'html'; readonly seal: Seal } {
  const isHtml = /^<!doctype html>/i.test(text);
  const format = isHtml ? 'html' : /^\s*\{/.test(text) ? 'json' : 'md';
  const marks = isHtml
    ? new RegExp(`^<meta name="${SEAL_NAME}" content='([^']*)'>$`, 'm')
    : new RegExp(`^<!-- ${SEAL_NAME} (.*) -->$`, 'm');
  const found = format === 'json' ? text : marks.exec(text)?.[1];
  const seal = found === undefined ? undefined : sealIn(found);
  if (seal && SealSchema.safeParse(seal).success) return { format, seal };
  throw new Refusal(
    'invalid-input',
    `${name} carries no hash of a journal, or it is damaged: there is nothing to compare it with. \`backstop export\` writes Markdown, JSON, CSV and HTML that carry it.`,
  );
}

/** The entry that the document names; or why it is not there. */
function originOf({ lastSeq, hash, head }: Seal['journal'], { journal }: Checking): Entry | string {
  for (const row of [{ seq: lastSeq, hash }, ...(head ? [head] : [])]) {
    const is = entryAt(journal, row.seq);
    if (!is)
      return `The journal ends before entry ${row.seq}, which the document was made with: newer entries were cut off, or it is another journal.`;
    if (is.hash !== row.hash) {
      return `Entry ${row.seq} of the journal has another hash (${is.hash.slice(0, 16)}…) than the document carries (${row.hash.slice(0, 16)}…): the journal was rewritten since, it is another journal, or the hash in the document was changed.`;
    }
  }
  return entryAt(journal, lastSeq) as Entry;
}

function entryAt(journal: Journal, seq: number): Entry | undefined {
  const next = journal.after(seq - 1).next();
  return next.done || next.value.seq !== seq ? undefined : next.value;
}

function written(
  incident: Incident,
  { journal, redact }: Checking,
  format: Format,
  seal: Omit<Seal, 'id' | 'writtenBy'>,
  withEvents: boolean,
): string {
  const { lastSeq, head } = seal.journal;
  const [document] = documentsOf(journal, incident, {
    formats: [format],
    zone: seal.zone,
    serviceTitle: seal.service.title,
    now: Date.parse(seal.generatedAt),
    redact,
    withEvents,
    withoutPeople: seal.withoutPeople === true,
    asOf: { lastSeq, ...(head ? { head } : {}) },
    ...(seal.narrowed
      ? { narrowing: seal.narrowed as NonNullable<DocumentOptions['narrowing']> }
      : {}),
  });
  return document?.text ?? '';
}

/** Why a document may differ though nobody changed it. */
function doubts(wrong: readonly string[], { writtenBy }: Seal, text: string): readonly string[] {
  if (wrong.length === 0) return [];
  return [
    ...(writtenBy === WRITTEN_BY
      ? []
      : [
          `It was written by ${writtenBy ?? 'another version'}, and this is ${WRITTEN_BY}, which may put things otherwise: check it with that version too.`,
        ]),
    ...(text.includes('[redacted]')
      ? [
          'Secrets were taken out of it: check it with the configuration that it was exported with, or their places differ.',
        ]
      : []),
  ];
}

/** The rows are compared one by one: a spreadsheet may have left some out. */
function checkCsv(text: string, name: string, checking: Checking): Findings {
  const origin = readCsvOrigin(text);
  if (!origin) {
    throw new Refusal(
      'invalid-input',
      `${name} carries no row with the position and hash of its journal: there is nothing to compare it with.`,
    );
  }
  const { lastSeq, hash, zone } = origin;
  const narrowed = partIn(origin.narrowed);
  const entry = originOf({ events: 0, firstSeq: 0, lastSeq, hash }, checking);
  const found = { format: 'csv', lastSeq, hash } as const;
  const incident =
    typeof entry === 'string'
      ? undefined
      : checking.incidentOf(entry.stream.replace('incident/', ''));
  if (!incident) {
    const wrong = typeof entry === 'string' ? entry : `Entry ${lastSeq} is of no incident.`;
    return { ...found, incident: '', wrong: [wrong], remarks: [] };
  }
  const seal = {
    service: { id: incident.service, title: incident.service },
    zone,
    generatedAt: new Date(incident.lastEventAt).toISOString(),
    ...(narrowed ? { narrowed } : {}),
    journal: { events: 0, firstSeq: 0, lastSeq, hash },
  };
  const tries = ([{}, { withoutPeople: true }] as const).map((people) =>
    unknownRow(text, written(incident, checking, 'csv', { ...seal, ...people }, false)),
  );
  const best = tries.find(({ wrong }) => wrong === undefined) ?? tries[0];
  const left = best?.leftOut ?? 0;
  return {
    ...found,
    incident: incident.id,
    wrong: best?.wrong === undefined ? [] : [best.wrong],
    remarks:
      best?.wrong === undefined && left > 0
        ? [
            `${left} ${left === 1 ? 'entry' : 'entries'} of the timeline ${left === 1 ? 'is' : 'are'} not in it: somebody took rows out.`,
          ]
        : [],
  };
}
