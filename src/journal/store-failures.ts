/** What a failing store means, in words for the operator. */

import Database from 'better-sqlite3';
import { JournalError, messageOf } from '../errors.ts';

const WORDS: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'has no room left: free disk space',
  SQLITE_IOERR: 'could not be written: check the disk',
  SQLITE_BUSY: 'is locked by another process: stop that one first',
  SQLITE_READONLY: 'is read-only: check its owner and mode',
  SQLITE_CORRUPT: 'is damaged: run `backstop verify` and restore a backup',
  SQLITE_NOTADB: 'is not a SQLite database: name the right file with --db',
  SQLITE_CANTOPEN: 'cannot be opened: check its owner and mode, and those of the directory',
};

/** The error as a JournalError that says which file, what is wrong with it and what to do. */
export function asJournalError(error: unknown, file: string): JournalError {
  if (error instanceof JournalError) return error;
  const code = error instanceof Database.SqliteError ? error.code : '';
  const words = Object.entries(WORDS).find(([prefix]) => code.startsWith(prefix))?.[1];
  return new JournalError(
    `The journal at ${file} ${words ?? 'could not be used'} (${code || messageOf(error)}). Nothing was recorded.`,
    { cause: error },
  );
}

/** Does the work. @throws JournalError for whatever the store throws. */
export function orJournalError<T>(work: () => T, file: string): T {
  try {
    return work();
  } catch (error) {
    throw asJournalError(error, file);
  }
}
