/**
 * Stories of the sandbox as they were played once, each kept as the lossless export of its incident. Golden files are made
 * of them; every later play is held to them. `UPDATE_RECORDED=1` keeps the next play instead.
 */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Recorded } from '../../src/events.ts';
import type { Incident } from '../../src/incident.ts';
import { type DocumentOptions, documentsOf } from '../../src/journal/exports/documents.ts';
import { importExport } from '../../src/journal/exports/import-export.ts';
import { type ExportedIncident, readExport } from '../../src/journal/exports/read-export.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop } from '../../src/loop.ts';
import { postmortemOf } from '../../src/postmortem/postmortem.ts';
import { MINUTE } from './an-incident.ts';

const FOLDER = new URL('../journal/exports/recorded/', import.meta.url);

/** Between them: a rollback, one that does not help, a release taken back with its content, a database, a playbook in private, a status page. */
export const RECORDED_STORIES = [
  'bad-release',
  'still-broken',
  'coordinated-release-rolled-back',
  'db-restore-newest',
  'security-breach',
  'status-page',
] as const;

const fileOf = (story: string): string => fileURLToPath(new URL(`${story}.json`, FOLDER));

export function recordingOf(story: string): ExportedIncident {
  return readExport(readFileSync(fileOf(story), 'utf8'), fileOf(story));
}

/** A journal into which the recording was imported, and how its documents are written. The caller closes the journal. */
export async function importedStory(story: string): Promise<{
  readonly journal: Journal;
  readonly incident: Incident;
  readonly options: Omit<DocumentOptions, 'formats'>;
}> {
  const recording = recordingOf(story);
  const last = recording.events.at(-1)?.at ?? 0;
  let now = 0;
  const journal = openSqliteJournal({ file: ':memory:', now: () => now });
  await importExport(journal, recording, { at: last + 9 * MINUTE, by: 'dana' }, (at) => {
    now = at;
  });
  const incident = createLoop(journal, () => now).incident(recording.incident.id);
  if (!incident) throw new Error(`${story} was not imported`);
  const options = {
    zone: 'Europe/Berlin',
    serviceTitle: 'Checkout',
    now: last + 10 * MINUTE,
    redact: (text: string) => text,
  };
  return { journal, incident, options };
}

/**
 * What a reader is told of a story as it was played now, and as it was recorded. Both alike but for times, numbers and ids, and for
 * what depends on how fast the machine is. Undefined where there is no recording of the story.
 */
export function comparedToRecording(
  story: string,
  journalFile: string,
): { readonly played: Told; readonly recorded: Told } | undefined {
  if (!RECORDED_STORIES.some((name) => name === story)) return undefined;
  const journal = openSqliteJournal({ file: journalFile, now: Date.now, readOnly: true });
  try {
    const [incident] = createLoop(journal, Date.now).incidents();
    if (!incident) throw new Error('Nothing was declared');
    const [document] = documentsOf(journal, incident, {
      formats: ['json'],
      zone: 'UTC',
      serviceTitle: 'Checkout',
      now: incident.lastEventAt,
      redact: (text) => text,
      withEvents: true,
    });
    const text = withoutPlaces(document?.text ?? '');
    if (process.env['UPDATE_RECORDED'] === '1' || !existsSync(fileOf(story))) keep(story, text);
    return { played: told(readExport(text, story)), recorded: told(recordingOf(story)) };
  } finally {
    void journal.close();
  }
}

/** Files of the play are elsewhere on each machine, and each time. */
function withoutPlaces(text: string): string {
  return text
    .replaceAll(tmpdir(), '/tmp')
    .replaceAll(/\/tmp\/backstop-[\w-]+/g, '/srv/backstop')
    .replaceAll(process.execPath, 'node');
}

function keep(story: string, text: string): void {
  if (process.env['UPDATE_RECORDED'] !== '1') {
    throw new Error(`There is no recording of ${story}; UPDATE_RECORDED=1 makes one.`);
  }
  mkdirSync(fileURLToPath(FOLDER), { recursive: true });
  writeFileSync(fileOf(story), text);
}

interface Told {
  readonly kinds: readonly string[];
  readonly summary: readonly string[];
  readonly timeline: readonly string[];
}

/** How often and when these come depends on how fast the machine is. */
const UNSTEADY: readonly Recorded['type'][] = [
  'step.progressed',
  'step.submitted',
  'step.lost',
  'reminder.given',
  'verification.read',
  'monitor.read',
];

function told({ incident, events, names }: ExportedIncident): Told {
  const steady = events.filter(({ type }) => !UNSTEADY.includes(type));
  const { summary, timeline } = postmortemOf(incident, steady, {
    names: (id) => names[id] ?? id,
    zone: 'UTC',
    serviceTitle: 'Checkout',
    generatedAt: incident.lastEventAt,
  });
  return {
    kinds: distinct(steady.map(({ type }) => type)),
    summary: summary.map(plain),
    timeline: distinct(timeline.map(({ who, what, why = '' }) => plain(`${who}: ${what} ${why}`))),
  };
}

/** Without times, lengths of time, ports, hashes and versions that differ each time or on another machine. */
function plain(text: string): string {
  return text
    .replaceAll(/\b\d{1,2} [A-Z][a-z]{2} \d{4}, \d\d:\d\d(:\d\d)?( UTC)?/g, 'MOMENT')
    .replaceAll(/\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?Z?( UTC)?/g, 'MOMENT')
    .replaceAll(/\b(under )?\d+ (ms|s|min|h|d)( \d+ (s|min|h))?\b/g, 'WHILE')
    .replaceAll('At once ', 'After WHILE ')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/\d{14,}/g, 'STAMP')
    .replaceAll(/PostgreSQL \d+(\.\d+)*/g, 'PostgreSQL')
    .replaceAll(/\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b/g, 'HASH')
    .replaceAll('Looked again and found', 'Carried out')
    .replaceAll(/(Carried out “[^”]*”) done\./g, '$1.');
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
