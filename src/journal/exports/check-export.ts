/** Whether an export says what the journal says: it is written anew as it was asked for, and compared. */

import { Refusal } from '../../errors.ts';
import type { Incident } from '../../incident.ts';
import { momentWords } from '../../timeline/wording.ts';
import type { Entry, Journal } from '../journal.ts';
import { changedLines, filledIn, readCsvOrigin, unknownRow } from './compare-text.ts';
import { differences } from './compare-values.ts';
import { type DocumentOptions, documentsOf, type Format } from './documents.ts';
import { partIn, SEAL_NAME, type Seal, sealIn, sealOfPage, WRITTEN_BY } from './seal.ts';

/** What was found. */
export interface Findings {
  readonly incident: string;
  readonly format: Format | 'pdf';
  /** The newest entry of the incident that the document was made from. */
  readonly lastSeq: number;
  readonly hash: string;
  /** What does not match, each named; empty when the document is proven. */
  readonly wrong: readonly string[];
  /** What is proven, or is not, besides: what people filled in, what was left out. */
  readonly remarks: readonly string[];
  /** When the document says that it was written, and what the journal can say to that. */
  readonly written?: string;
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
 * @throws Refusal when it is no export, or one that carries no seal, such as the text of an issue or a canvas.
 */
export function checkExport(text: string, name: string, checking: Checking): Findings {
  if (text.startsWith('\uFEFFentry,')) return checkCsv(text, name, checking);
  const sealed = sealOf(text);
  if (!sealed) return withoutSeal(text, name, checking);
  const { format, seal } = sealed;
  const { found, anew } = writtenAnew(seal, format, checking, /^ {2}"events": \[/m.test(text));
  if (anew === undefined) return { ...found, format };
  const compared = COMPARE[format](text, anew);
  return {
    ...found,
    ...compared,
    format,
    remarks: [...compared.remarks, ...doubts(compared.wrong, seal, text)],
  };
}

/**
 * The document that a seal stands for, as the journal makes it now; or, where the journal does not stand behind the seal, what is wrong.
 * @param format the form in which it is written anew.
 */
export function writtenAnew(
  seal: Seal,
  format: Format,
  checking: Checking,
  withEvents = false,
): { readonly found: Omit<Findings, 'format'>; readonly anew?: string } {
  const { lastSeq, hash } = seal.journal;
  const origin = originOf(seal.journal, checking);
  const found = { incident: seal.id, lastSeq, hash, wrong: [], remarks: [] };
  if (typeof origin === 'string') return { found: { ...found, wrong: [origin] } };
  const incident = checking.incidentOf(seal.id);
  if (!incident || incident.stream !== origin.stream) {
    return { found: { ...found, wrong: [`Entry ${origin.seq} is not one of ${seal.id}.`] } };
  }
  return {
    found: { ...found, written: ownWord(seal.generatedAt, origin) },
    anew: written(incident, checking, format, seal, withEvents),
  };
}

/** The journal does not know when a document was written; it can only say that its last entry was there. */
function ownWord(generatedAt: string, { seq, at }: Entry): string {
  const said = momentWords(Date.parse(generatedAt));
  const entry = `entry ${seq} of the journal, of ${momentWords(at)}`;
  return Date.parse(generatedAt) < at
    ? `It says that it was written on ${said}. That cannot be: it tells ${entry}. A clock was wrong, or somebody changed the time.`
    : `That it was written on ${said} is its own word: the journal only shows that it was after ${entry}.`;
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
): { readonly format: 'md' | 'json' | 'html'; readonly seal: Seal } | undefined {
  const isHtml = /^<!doctype html>/i.test(text);
  const format = isHtml ? 'html' : /^\s*\{/.test(text) ? 'json' : 'md';
  const found = {
    json: () => text,
    html: () => sealOfPage(text),
    md: () => new RegExp(`^<!-- ${SEAL_NAME} (.*) -->$`, 'm').exec(text)?.[1] ?? '',
  }[format]();
  const seal = sealIn(found);
  return seal && { format, seal };
}

/** An issue, a canvas and what was copied from them name the hash, and not how they were asked for. */
function withoutSeal(text: string, name: string, checking: Checking): Findings {
  const [, last, hash] =
    /entries \d+ to (\d+)\.\s+The last has the hash\W+([0-9a-f]{64})/.exec(text) ?? [];
  if (last === undefined || hash === undefined) {
    throw new Refusal(
      'invalid-input',
      `${name} carries no hash of a journal, or it is damaged: there is nothing to compare it with. \`backstop export\` writes Markdown, JSON, CSV, HTML and PDF that carry it.`,
    );
  }
  const lastSeq = Number(last);
  const origin = originOf({ events: 0, firstSeq: 0, lastSeq, hash }, checking);
  const incident = typeof origin === 'string' ? '' : origin.stream.replace('incident/', '');
  if (typeof origin === 'string') {
    return { incident, format: 'md', lastSeq, hash, wrong: [origin], remarks: [] };
  }
  throw new Refusal(
    'not-possible',
    `${name} names the hash of entry ${lastSeq}, which is in this journal, and lacks what its words could be compared by: it is the text of an issue or a canvas, or Markdown without its last line. Export what you want to prove, \`backstop export ${incident} --format md --out ${incident.toLowerCase()}.md\`, verify that, and read the two side by side.`,
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
export function doubts(
  wrong: readonly string[],
  { writtenBy }: Seal,
  text: string,
): readonly string[] {
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
