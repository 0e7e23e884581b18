/** What one durable commit costs on this disk, by itself. */

import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import Database from 'better-sqlite3';

/** Milliseconds of each of so many commits of one small row, sorted: WAL, `synchronous=FULL`. */
export function rawCommits(folder: string, count: number): readonly number[] {
  const db = new Database(join(folder, `commits-${performance.now()}.db`));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
  const insert = db.prepare<[string]>('INSERT INTO rows (text) VALUES (?)');
  const text = 'x'.repeat(350);
  const times = Array.from({ length: count }, () => {
    const from = performance.now();
    insert.run(text);
    return performance.now() - from;
  });
  db.close();
  return times.toSorted((a, b) => a - b);
}
