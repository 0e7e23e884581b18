/** SQLite handles that live as long as the process. */

import Database from 'better-sqlite3';

/**
 * Handles are never given to the garbage collector: Node 24.21 aborts the process when it collects a native handle
 * outside of a context (`RemoveEnvironmentCleanupHook`). A process opens one or two databases, so they cost nothing.
 */
const kept = new Set<object>();

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
