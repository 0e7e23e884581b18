/** Watches the commits of this process to the journal, and kills it around the one it was told to. */

import Database from 'better-sqlite3';
import { die } from './die.ts';
import { instant } from './instant.ts';

/** Around the commit that appends the n-th event of a type since the process was told so. */
export interface CommitPoint {
  readonly event: string;
  readonly nth: number;
  readonly when: 'before' | 'after';
}

let point: CommitPoint | undefined;
const seen = new Map<string, number>();

/** Has this process killed there; counts from now on. */
export function armCommit(at: CommitPoint | undefined): void {
  point = at;
  seen.clear();
}

/** The events this commit appends, with their count so far; the first names the commit. */
function count(events: readonly Committed[]): boolean {
  let isIt = false;
  for (const { type } of events) {
    const nth = (seen.get(type) ?? 0) + 1;
    seen.set(type, nth);
    if (point?.event === type && point.nth === nth) isIt = true;
  }
  return isIt;
}

/** One event of a commit. */
export interface Committed {
  readonly type: string;
  /** Which step of a run it is about, or which steps a plan has. */
  readonly detail: string | null;
}

/** Called before the journal is opened. `tell` gets the events of each commit, and the instant it was made. */
export function watchCommits(tell: (events: readonly Committed[], at: number) => void): void {
  // oxlint-disable-next-line unbound-method -- always called on the database at hand
  const original = Database.prototype.transaction;
  Database.prototype.transaction = function watched(
    this: Database.Database,
    work: (...args: unknown[]) => unknown,
  ) {
    let isIt = false;
    let events: readonly Committed[] = [];
    const inside = (...args: unknown[]): unknown => {
      const reads = readsOf(this);
      const last = reads?.head.get();
      const result = work(...args);
      events = (reads?.since.all(last) ?? []) as readonly Committed[];
      isIt = count(events);
      if (isIt && point?.when === 'before') die();
      return result;
    };
    const nested = original.call(this, work);
    const outer = original.call(this, inside);
    const run = (...args: unknown[]): unknown => {
      if (this.inTransaction) return nested(...args);
      const result = outer.immediate(...args);
      if (isIt && point?.when === 'after') die();
      if (events.length > 0) tell(events, instant());
      return result;
    };
    return Object.assign(run, { immediate: run, deferred: run, exclusive: run, default: run });
  } as typeof original;
}

interface Reads {
  readonly head: Database.Statement;
  readonly since: Database.Statement;
}

const SINCE = `SELECT type, coalesce(data ->> 'step', (
    SELECT group_concat(step.value ->> 'id', ' ') FROM json_each(data, '$.plan.steps') step
  )) AS detail FROM events WHERE seq > ? ORDER BY seq`;
const prepared = new WeakMap<Database.Database, Reads>();

/** Undefined while there is no journal in the database yet. */
function readsOf(db: Database.Database): Reads | undefined {
  const known = prepared.get(db);
  if (known) return known;
  const table = db.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'events'`).get();
  if (!table) return undefined;
  const reads = {
    head: db.prepare('SELECT coalesce(max(seq), 0) FROM events').pluck(),
    since: db.prepare(SINCE),
  };
  prepared.set(db, reads);
  return reads;
}
