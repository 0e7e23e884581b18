/** One process carries out runs on a journal: the holder of the lock file beside it. The lock goes with the process. */

import Database from 'better-sqlite3';

export interface EngineLock {
  release(): void;
}

/** Takes the lock at once, or returns undefined where another process holds it. A killed holder leaves no lock behind. */
export function takeEngineLock(journalFile: string): EngineLock | undefined {
  const db = new Database(`${journalFile}.lock`, { timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      return undefined;
    }
    throw error;
  }
  return { release: () => db.close() };
}
