/** Watches the commits of this process to the journal, and kills it around the one it was told to. Imported first. */

import Database from 'better-sqlite3';

/** Around the commit that appends the n-th event of a type in the life of this process. */
export interface CommitPoint {
  readonly event: string;
  readonly nth: number;
  readonly when: 'before' | 'after';
}

const told = process.env['KILL_AT_COMMIT'];
const point = told ? (JSON.parse(told) as CommitPoint) : undefined;
const seen = new Map<string, number>();

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** The types of the events this commit appends, with their count so far; the first names the commit. */
function count(types: readonly string[]): boolean {
  let isIt = false;
  for (const type of types) {
    const nth = (seen.get(type) ?? 0) + 1;
    seen.set(type, nth);
    if (point?.event === type && point.nth === nth) isIt = true;
  }
  return isIt;
}

// oxlint-disable-next-line unbound-method -- always called on the database at hand
const original = Database.prototype.transaction;
Database.prototype.transaction = function watched(
  this: Database.Database,
  work: (...args: unknown[]) => unknown,
) {
  let isIt = false;
  const inside = (...args: unknown[]): unknown => {
    const last = head(this);
    const result = work(...args);
    const types = last === undefined ? [] : appendedSince(this, last);
    isIt = count(types);
    process.send?.({ committing: types });
    if (isIt && point?.when === 'before') die();
    return result;
  };
  const nested = original.call(this, work);
  const outer = original.call(this, inside);
  const run = (...args: unknown[]): unknown => {
    if (this.inTransaction) return nested(...args);
    const result = outer.immediate(...args);
    if (isIt && point?.when === 'after') die();
    return result;
  };
  return Object.assign(run, { immediate: run, deferred: run, exclusive: run, default: run });
} as typeof original;

function head(db: Database.Database): number | undefined {
  const table = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'events'`).get();
  if (!table) return undefined;
  return db.prepare('SELECT coalesce(max(seq), 0) FROM events').pluck().get() as number;
}

function appendedSince(db: Database.Database, seq: number): readonly string[] {
  return db
    .prepare('SELECT type FROM events WHERE seq > ? ORDER BY seq')
    .pluck()
    .all(seq) as string[];
}
