/** One process carries out runs on a journal: the holder of the lock file beside it. The lock goes with the process. */

import Database from 'better-sqlite3';
import { openDatabase, pragma } from './database.ts';
import { asJournalError, orJournalError } from './store-failures.ts';

export interface EngineLock {
  release(): void;
}

// A handle that nobody refers to is closed by the garbage collector, and the lock would be lost with it.
const held = new Set<Database.Database>();

/**
 * Takes the lock at once, or returns undefined where another process holds it. A killed holder leaves no lock behind.
 * @throws JournalError when the lock file cannot be made.
 */
export function takeEngineLock(journalFile: string): EngineLock | undefined {
  const file = `${journalFile}.lock`;
  const db = orJournalError(() => openDatabase(file, { timeout: 0 }), file);
  try {
    pragma(db, 'locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      return undefined;
    }
    throw asJournalError(error, file);
  }
  held.add(db);
  return {
    release() {
      held.delete(db);
      db.close();
    },
  };
}
