/** What SQLite makes of the journal's rows by itself: prepared inserts with the journal's pragmas, and nothing around them. */

import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Row } from '../../src/journal/chain.ts';
import { makeDurable, openDatabase } from '../../src/journal/database.ts';
import { spreadOf } from '../figure.ts';

/** The journal's tables without what keeps them append-only. */
const TABLES = `CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL,
  at INTEGER NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL, data TEXT NOT NULL, prev TEXT NOT NULL,
  hash TEXT NOT NULL, UNIQUE (stream, version)) STRICT;
  CREATE TABLE IF NOT EXISTS deliveries (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID`;

export interface RawJournal {
  /** Inserts the rows, so many a commit; each with the id of a delivery, as a click brings one. Milliseconds of each commit. */
  commit(rows: readonly Row[], together: number, delivered?: 'delivered'): readonly number[];
  close(): void;
}

/** A file that is a journal already keeps its own table, with all that it checks. */
export function openRawJournal(file: string): RawJournal {
  const db = openDatabase(file, {});
  makeDurable(db);
  db.exec(TABLES);
  const event = db.prepare<[Row]>(
    'INSERT INTO events VALUES (@seq, @stream, @version, @at, @type, @actor, @data, @prev, @hash)',
  );
  const delivery = db.prepare<[string, number]>('INSERT INTO deliveries VALUES (?, ?)');
  const inOneCommit = db.transaction((rows: readonly Row[], isDelivered: boolean) => {
    for (const row of rows) event.run(row);
    if (isDelivered) for (const { seq, at } of rows) delivery.run(`${seq}.bench ${seq}`, at);
  });
  return {
    commit(rows, together, delivered) {
      const batches = Array.from({ length: Math.ceil(rows.length / together) }, (_, n) =>
        rows.slice(n * together, (n + 1) * together),
      );
      return batches.map((batch) => {
        const from = performance.now();
        inOneCommit(batch, delivered !== undefined);
        return performance.now() - from;
      });
    },
    close: () => db.close(),
  };
}

const HASH = 'f'.repeat(64);
const ACTOR = JSON.stringify({ kind: 'person', id: 'U0ANA', name: 'Ana' });
const DATA = JSON.stringify({ task: 'T1', user: 'U0ANA' });

/** So many rows as a click leaves them behind, in turn of so many incidents. @param after how many went before. */
export function clickedRows(count: number, incidents = 1, after = 0): readonly Row[] {
  return Array.from({ length: count }, (_, n) => {
    const place = after + n;
    return {
      seq: place + 1,
      stream: `incident/INC-${String((place % incidents) + 1).padStart(4, '0')}`,
      version: Math.floor(place / incidents) + 1,
      at: Date.now(),
      type: 'task.assigned',
      actor: ACTOR,
      data: DATA,
      prev: HASH,
      hash: HASH,
    };
  });
}

/** Milliseconds that a commit of so many clicks takes on this disk by itself, the median of a hundred. */
export function commitOfClicks(folder: string, together: number): number {
  const raw = openRawJournal(join(folder, `clicks-${performance.now()}.db`));
  const times = raw.commit(clickedRows(100 * together), together, 'delivered');
  raw.close();
  return spreadOf(times).median;
}
