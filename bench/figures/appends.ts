/** Appends to the journal a second, by one writer and by many at once. */

import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import { hashRow, type Row } from '../../src/journal/chain.ts';
import type { NewEntry } from '../../src/journal/journal.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import type { Figure, Measured } from '../figure.ts';
import { inFolder } from '../rig/folder.ts';
import { openRawJournal } from '../rig/raw-journal.ts';

const ENTRY: NewEntry = {
  stream: 'incident/INC-0001',
  type: 'note.added',
  actor: { kind: 'person', id: 'U0ANA', name: 'Ana' },
  data: { text: 'The payment provider answers again; checking the queue of unsent mails.' },
};
const COUNTS = { 1: 500, 64: 12_800 } as const;

/** One append a commit, and 64 at once, which share their commits. */
export async function appends(runs: number): Promise<readonly Measured[]> {
  const [alone, together] = [await measured(1, runs), await measured(64, runs)];
  return [
    {
      figure: figure('appends-1', 'journal appends, one writer', INSERTS),
      runs: alone.map(({ ours, inserts }) => ({ ours, limit: inserts })),
    },
    {
      figure: figure('appends-64', 'journal appends, 64 writers', INSERTS),
      runs: together.map(({ ours, inserts }) => ({ ours, limit: inserts })),
    },
    {
      figure: figure('appends-64-beside-the-chain', 'the same, beside what a chain costs', CHAINED),
      runs: together.map(({ ours, chained }) => ({ ours, limit: chained })),
    },
  ];
}

const INSERTS = 'prepared inserts of the same rows, same pragmas, same batches';
const CHAINED =
  'the same inserts into the table that checks them, each row put into JSON and hashed before';

function figure(name: string, what: string, limit: string): Figure {
  return { name, what, limit, unit: '/s', target: { is: 'at least', times: 0.7 } };
}

/** Appends a second: ours, of the rows alone, and of rows that are chained. */
interface Rates {
  readonly ours: number;
  readonly inserts: number;
  readonly chained: number;
}

/** The first run finds the code cold. */
async function measured(writers: 1 | 64, runs: number): Promise<readonly Rates[]> {
  const rates: Rates[] = [];
  for (let n = 0; n <= runs; n += 1) rates.push(await inFolder((folder) => run(folder, writers)));
  return rates.slice(1);
}

async function run(folder: string, writers: 1 | 64): Promise<Rates> {
  const file = join(folder, 'ours.db');
  const ours = await append(file, writers);
  const rows = rowsOf(file);
  return {
    ours,
    inserts: insert(join(folder, 'raw.db'), rows, writers),
    chained: await chain(join(folder, 'chained.db'), rows, writers),
  };
}

async function append(file: string, writers: 1 | 64): Promise<number> {
  const count = COUNTS[writers];
  const journal = openSqliteJournal({ file, now: Date.now });
  const started = performance.now();
  const busy = Array.from({ length: writers }, async () => {
    for (let n = 0; n < count / writers; n += 1) await journal.transact((tx) => tx.append([ENTRY]));
  });
  await Promise.all(busy);
  const rate = perSecond(count, performance.now() - started);
  await journal.close();
  return rate;
}

function rowsOf(file: string): readonly Row[] {
  const db = new Database(file, { readonly: true });
  const rows = db.prepare<[], Row>('SELECT * FROM events ORDER BY seq').all();
  db.close();
  return rows;
}

function insert(file: string, rows: readonly Row[], together: number): number {
  const raw = openRawJournal(file);
  const started = performance.now();
  raw.commit(rows, together);
  const rate = perSecond(rows.length, performance.now() - started);
  raw.close();
  return rate;
}

/** What no journal of this kind can leave out: its own table, each row's text, and the hash over it and the row before. */
async function chain(file: string, rows: readonly Row[], together: number): Promise<number> {
  // Makes the journal's own table.
  await openSqliteJournal({ file, now: Date.now }).close();
  const raw = openRawJournal(file);
  const started = performance.now();
  for (let from = 0; from < rows.length; from += together) {
    raw.commit(rows.slice(from, from + together).map(chained), together);
  }
  const rate = perSecond(rows.length, performance.now() - started);
  raw.close();
  return rate;
}

function chained(row: Row): Row {
  const [actor, data] = [JSON.stringify(ENTRY.actor), JSON.stringify(ENTRY.data)];
  const text = { ...row, actor, data };
  return { ...text, hash: hashRow(text) };
}

function perSecond(count: number, ms: number): number {
  return (1000 * count) / ms;
}
