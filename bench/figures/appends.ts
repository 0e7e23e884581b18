/** Appends to the journal a second, by one writer and by many at once. */

import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import type { Row } from '../../src/journal/chain.ts';
import type { NewEntry } from '../../src/journal/journal.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import type { Measured, Run } from '../figure.ts';
import { inFolder } from '../rig/folder.ts';
import { RAW_EVENTS } from '../rig/raw-commits.ts';

const ENTRY: NewEntry = {
  stream: 'incident/INC-0001',
  type: 'note.added',
  actor: { kind: 'person', id: 'U0ANA', name: 'Ana' },
  data: { text: 'The payment provider answers again; checking the queue of unsent mails.' },
};
const COUNTS = { 1: 500, 64: 12_800 } as const;

/** One append a commit, and 64 at once, which share their commits. */
export async function appends(runs: number): Promise<readonly Measured[]> {
  const of = async (writers: 1 | 64): Promise<Measured> => {
    const measured: Run[] = [];
    await inFolder((folder) => run(folder, writers));
    for (let n = 0; n < runs; n += 1) {
      measured.push(await inFolder((folder) => run(folder, writers)));
    }
    return {
      figure: {
        name: `appends-${writers}`,
        what: `journal appends, ${writers === 1 ? 'one writer' : `${writers} writers`}`,
        limit: 'prepared inserts of the same rows, same pragmas, same batches',
        unit: '/s',
        target: { is: 'at least', times: 0.7 },
      },
      runs: measured,
    };
  };
  return [await of(1), await of(64)];
}

async function run(folder: string, writers: 1 | 64): Promise<Run> {
  const count = COUNTS[writers];
  const file = join(folder, 'ours.db');
  const journal = openSqliteJournal({ file, now: Date.now });
  const started = performance.now();
  const busy = Array.from({ length: writers }, async () => {
    for (let n = 0; n < count / writers; n += 1) await journal.transact((tx) => tx.append([ENTRY]));
  });
  await Promise.all(busy);
  const ours = perSecond(count, started);
  await journal.close();
  return { ours, limit: insert(join(folder, 'raw.db'), rowsOf(file), writers) };
}

function rowsOf(file: string): readonly Row[] {
  const db = new Database(file, { readonly: true });
  const rows = db.prepare<[], Row>('SELECT * FROM events ORDER BY seq').all();
  db.close();
  return rows;
}

function insert(file: string, rows: readonly Row[], batch: number): number {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(RAW_EVENTS);
  const statement = db.prepare<[Row]>(
    'INSERT INTO events VALUES (@seq, @stream, @version, @at, @type, @actor, @data, @prev, @hash)',
  );
  const inOneCommit = db.transaction((some: readonly Row[]) => {
    for (const row of some) statement.run(row);
  });
  const started = performance.now();
  for (let from = 0; from < rows.length; from += batch) inOneCommit(rows.slice(from, from + batch));
  const rate = perSecond(rows.length, started);
  db.close();
  return rate;
}

function perSecond(count: number, started: number): number {
  return (1000 * count) / (performance.now() - started);
}
