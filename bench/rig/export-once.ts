/**
 * Writes one export, lists the timeline, makes a page of it, or reads what these are measured against, and says how long it took.
 * `export-once.js JOURNAL md|json|csv|html|list|page|rows`.
 */

import { closeSync, openSync, writeSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import { writeOut } from '../../src/cli/export.ts';
import { curationPage, timelineIn } from '../../src/journal/exports/curation.ts';
import { documentsOf, FORMATS } from '../../src/journal/exports/documents.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop } from '../../src/loop.ts';

export interface Exported {
  readonly seconds: number;
  /** By how much resident memory rose above what it was, at its highest, MiB. */
  readonly memory: number;
}

const [file = '', what = ''] = process.argv.slice(2);
const sink = openSync('/dev/null', 'w');
const WORKS: Readonly<Record<string, () => () => void>> = {
  rows: readRows,
  list: listing,
  page: firstPage,
};
const work = (WORKS[what] ?? exportOf)();
globalThis.gc?.();
const before = process.memoryUsage().rss;
const started = performance.now();
work();
const seconds = (performance.now() - started) / 1000;
const memory = process.resourceUsage().maxRSS / 1024 - before / 2 ** 20;
closeSync(sink);
process.send?.({ seconds, memory } satisfies Exported);

function readRows(): () => void {
  const db = new Database(file, { readonly: true });
  const rows = db.prepare('SELECT * FROM events ORDER BY seq');
  return () => {
    for (const row of rows.iterate()) writeSync(sink, JSON.stringify(row));
  };
}

function exportOf(): () => void {
  const format = FORMATS.find((known) => known === what);
  const { journal, incident } = theIncident();
  if (!format) throw new Error(`There is nothing to export as ${what}.`);
  return () => {
    const [document] = documentsOf(journal, incident, {
      formats: [format],
      zone: 'Europe/Berlin',
      serviceTitle: 'Shop',
      now: Date.now(),
      redact: (text) => text,
    });
    // As `backstop export --out` writes it.
    writeOut('/dev/null', document?.parts ?? []);
  };
}

/** As `backstop timeline` lists it. */
function listing(): () => void {
  const { journal, incident } = theIncident();
  return () => {
    for (const entry of timelineIn(journal, incident, {})) writeSync(sink, JSON.stringify(entry));
  };
}

/** As the form in Slack that puts the timeline right opens. */
function firstPage(): () => void {
  const { journal, incident } = theIncident();
  return () => {
    const page = curationPage(journal, incident, { page: 0 }, (text) => text);
    writeSync(sink, JSON.stringify(page));
  };
}

function theIncident() {
  const journal = openSqliteJournal({ file, now: Date.now, readOnly: true });
  const [incident] = createLoop(journal, Date.now).incidents();
  if (!incident) throw new Error('The journal has no incident.');
  return { journal, incident };
}
