/** What one durable commit costs on this disk, by itself. */

import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import Database from 'better-sqlite3';

/** The journal's table of events without what keeps it append-only. */
export const RAW_EVENTS = `CREATE TABLE events (seq INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL,
  at INTEGER NOT NULL, type TEXT NOT NULL, actor TEXT NOT NULL, data TEXT NOT NULL, prev TEXT NOT NULL,
  hash TEXT NOT NULL, UNIQUE (stream, version)) STRICT`;

const HASH = 'f'.repeat(64);
const ACTOR = JSON.stringify({ kind: 'person', id: 'U0ANA', name: 'Ana' });
const DATA = JSON.stringify({ task: 'T1', user: 'U0ANA' });

/**
 * Milliseconds of each of so many commits, sorted: WAL, `synchronous=FULL`. Each is of what a click leaves behind, one event and the
 * id of its delivery.
 */
export function rawCommits(folder: string, count: number): readonly number[] {
  const db = new Database(join(folder, `commits-${performance.now()}.db`));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(RAW_EVENTS);
  db.exec(
    'CREATE TABLE deliveries (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID',
  );
  const event = db.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const delivery = db.prepare('INSERT INTO deliveries VALUES (?, ?)');
  const inOneCommit = db.transaction((n: number) => {
    event.run(n, 'incident/INC-0001', n, n, 'task.taken', ACTOR, DATA, HASH, HASH);
    delivery.run(`${HASH}-${n}`, n);
  });
  const times = Array.from({ length: count }, (_, n) => {
    const from = performance.now();
    inOneCommit(n + 1);
    return performance.now() - from;
  });
  db.close();
  return times.toSorted((a, b) => a - b);
}
