/** What SQLite makes of the journal's rows by itself: prepared inserts with the journal's pragmas, and nothing around them. */

import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Row } from '../../src/journal/chain.ts';
import { makeDurable, openDatabase } from '../../src/journal/database.ts';

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

/** So many rows as a click leaves them behind. */
function clickedRows(count: number): readonly Row[] {
  return Array.from({ length: count }, (_, n) => ({
    seq: n + 1,
    stream: 'incident/INC-0001',
    version: n + 1,
    at: Date.now(),
    type: 'task.assigned',
    actor: ACTOR,
    data: DATA,
    prev: HASH,
    hash: HASH,
  }));
}

/** For each click the milliseconds of the commit that it would share with so many, by itself on this disk. */
export function commitsOfClicks(
  folder: string,
  together: number,
  clicks: number,
): readonly number[] {
  const raw = openRawJournal(join(folder, `clicks-${performance.now()}.db`));
  const times = raw.commit(clickedRows(clicks), together, 'delivered');
  raw.close();
  return Array.from({ length: clicks }, (_, click) => times[Math.floor(click / together)] ?? 0);
}
