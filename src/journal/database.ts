/** SQLite handles that live as long as the process. */

import Database from 'better-sqlite3';
import { JournalError } from '../errors.ts';

/**
 * Handles are never given to the garbage collector: Node 24.21 aborts the process when it collects a native handle
 * outside of a context (`RemoveEnvironmentCleanupHook`). A process opens one or two databases, so they cost nothing.
 */
const kept = new Set<object>();

/**
 * Pages of the write-ahead log, 16 MiB of them, after which they go into the database: four times as many as SQLite waits for by
 * itself. With many incidents open each commit writes the same pages of the index again, which then are written back once.
 */
const CHECKPOINT_PAGES = 4_000;

/** Opens the database; every statement prepared on it is kept. @throws SqliteError */
export function openDatabase(file: string, options: Database.Options): Database.Database {
  const db = new Database(file, options);
  kept.add(db);
  const prepare = db.prepare.bind(db);
  const keeping = (source: string): Database.Statement => {
    const statement = prepare(source);
    kept.add(statement);
    return statement;
  };
  return Object.assign(db, { prepare: keeping });
}

/** Sets or reads a pragma, as `db.pragma` does, but with a statement that is kept. */
export function pragma(db: Database.Database, source: string): unknown {
  const statement = db.prepare(`PRAGMA ${source}`);
  return statement.reader ? statement.pluck().get() : statement.run();
}

/** From here on what was committed survives a power cut. @throws JournalError when SQLite does not accept it. */
export function makeDurable(db: Database.Database): void {
  pragma(db, 'journal_mode = WAL');
  pragma(db, `wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  // better-sqlite3 defaults to NORMAL in WAL mode, which may lose the last commits on a power cut.
  pragma(db, 'synchronous = FULL');
  if (pragma(db, 'synchronous') !== 2) {
    throw new JournalError('SQLite did not accept synchronous=FULL.');
  }
}
