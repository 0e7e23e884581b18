/** Copies of the journal: taken while it is in use, checked before they count, and put back. */

import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { JournalError, messageOf } from '../errors.ts';
import { openDatabase, pragma } from './database.ts';
import type { Verification } from './journal.ts';
import { takeEngineLock } from './lock.ts';
import { openSqliteJournal } from './sqlite.ts';
import { orJournalError } from './store-failures.ts';

export interface Copied {
  readonly entries: number;
  readonly head: string;
}

/**
 * Copies the journal as it is at this moment; whoever writes to it goes on. The copy is readable by its owner only, and gets its
 * name when it is whole: SQLite finds it sound, its chain holds, and it is on the disk.
 * @param replace whether it may take the place of a file that is there.
 * @throws JournalError when the journal cannot be read, the copy does not hold, or the file is there; then nothing is left behind.
 */
export function backUp(journalFile: string, to: string, replace: boolean): Copied {
  if (!replace && existsSync(to)) throw taken(to);
  requireJournal(journalFile);
  const draft = `${to}.unfinished-${process.pid}`;
  try {
    makeEmpty(draft);
    const db = orJournalError(
      () => openDatabase(journalFile, { readonly: true, timeout: 10_000 }),
      journalFile,
    );
    try {
      orJournalError(() => db.prepare('VACUUM INTO ?').run(draft), draft);
    } finally {
      db.close();
    }
    const copied = requireWhole(draft);
    settle(draft);
    if (replace) renameSync(draft, to);
    else giveName(draft, to);
    settle(dirname(to));
    return copied;
  } catch (error) {
    throw asFailure(error, `The backup ${to} could not be written`);
  } finally {
    removeDatabase(draft);
  }
}

export interface Restored extends Copied {
  /** Where the journal that was there is now; undefined when there was none. */
  readonly setAside?: string;
}

/**
 * Puts a backup in the journal's place. What was there is renamed, never removed.
 * @param stamp makes the name of what is set aside, such as the time.
 * @throws JournalError when the backup is not whole, or the bot runs on this journal; then nothing was changed.
 */
export function putBack(backup: string, journalFile: string, stamp: string): Restored {
  if (!existsSync(backup)) throw new JournalError(`There is no backup at ${backup}.`);
  const lock = takeEngineLock(journalFile);
  if (!lock) {
    throw new JournalError(
      `Backstop runs on ${journalFile}. Stop it first; a journal is not exchanged under a running bot.`,
    );
  }
  const draft = `${journalFile}.unfinished-${process.pid}`;
  try {
    makeEmpty(draft);
    copyFileSync(backup, draft);
    const copied = requireWhole(draft);
    settle(draft);
    const setAside = existsSync(journalFile) ? `${journalFile}.before-${stamp}` : undefined;
    if (setAside !== undefined) keepBeside(journalFile, setAside);
    renameSync(draft, journalFile);
    settle(dirname(journalFile));
    return { ...copied, ...(setAside === undefined ? {} : { setAside }) };
  } catch (error) {
    throw asFailure(error, `${backup} could not be put back`);
  } finally {
    removeDatabase(draft);
    lock.release();
  }
}

/** What SQLite and the chain say of a file. @throws JournalError unless both find it whole. */
function requireWhole(file: string): Copied {
  const sound = orJournalError(() => {
    const db = openDatabase(file, { readonly: true });
    try {
      return pragma(db, 'integrity_check');
    } finally {
      db.close();
    }
  }, file);
  if (sound !== 'ok') throw new JournalError(`SQLite finds it damaged: ${String(sound)}.`);
  const chain = chainOf(file);
  if (chain.ok) return { entries: chain.entries, head: chain.head };
  throw new JournalError(
    `Its chain does not hold: entry ${chain.seq} is ${chain.what}, ${chain.detail}.`,
  );
}

function chainOf(file: string): Verification {
  const journal = openSqliteJournal({ file, now: () => 0, readOnly: true });
  try {
    return journal.verify();
  } finally {
    void journal.close();
  }
}

function requireJournal(file: string): void {
  if (existsSync(file)) return;
  throw new JournalError(`There is no journal at ${file}. Name the right file with --db.`);
}

/** An empty file of its owner's, which SQLite writes into. */
function makeEmpty(file: string): void {
  rmSync(file, { force: true });
  closeSync(openSync(file, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600));
}

/** Waits until it is on the disk, as it would be found after a power cut. */
function settle(path: string): void {
  const handle = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Unlike a rename, a link takes no other file's place, even one that appeared meanwhile. */
function giveName(draft: string, to: string): void {
  try {
    linkSync(draft, to);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw taken(to);
    throw error;
  }
}

/**
 * Gives the journal a second name, under which it stays when another takes its place. At no moment is there none, for then a bot
 * that is started would begin a new one.
 */
function keepBeside(file: string, to: string): void {
  foldIn(file);
  // What is left of these belongs to the old file, and would be taken for the new one's.
  for (const end of ['-wal', '-shm']) {
    if (existsSync(`${file}${end}`)) renameSync(`${file}${end}`, `${to}${end}`);
  }
  giveName(file, to);
}

/** Brings the newest commits from the file beside the database into it. A damaged one is kept as it is. */
function foldIn(file: string): void {
  try {
    const db = openDatabase(file, { timeout: 2_000 });
    try {
      pragma(db, 'wal_checkpoint(TRUNCATE)');
    } finally {
      db.close();
    }
  } catch {
    // It is set aside because something is wrong with it.
  }
}

function removeDatabase(file: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(`${file}${end}`, { force: true });
}

function taken(file: string): JournalError {
  return new JournalError(`${file} exists and was left as it is. Name another file.`);
}

function asFailure(error: unknown, what: string): JournalError {
  const why = messageOf(error).replace(/ Nothing was recorded\.$/, '');
  return new JournalError(`${what}: ${why}`, { cause: error });
}
