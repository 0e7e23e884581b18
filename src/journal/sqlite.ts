/** The journal in a SQLite file: WAL with `synchronous=FULL`, so that what was committed survives a power cut. */

import { chmodSync, existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { JournalError, messageOf } from '../errors.ts';
import { GENESIS, hashRow, type Row, verifyRows } from './chain.ts';
import type { Entry, Journal, NewEntry, Transaction, Verification } from './journal.ts';
import { migrate } from './migrations.ts';

export interface SqliteJournalOptions {
  readonly file: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Open for reading only; the file must exist. */
  readonly readOnly?: boolean;
}

interface Queued {
  run(tx: Transaction): void;
  settle(commitError: JournalError | undefined): void;
}

/** How long an outside delivery's id is remembered: Slack repeats an event for up to 5 minutes, plus slack. */
const REMEMBER_DELIVERIES_MS = 60 * 60_000;

/**
 * Opens the journal, creating the file (mode 0600) and its schema where needed.
 * @throws JournalError when the file cannot be opened, is damaged, or was written by a newer Backstop.
 */
export function openSqliteJournal(options: SqliteJournalOptions): Journal {
  const db = open(options);
  const insert = options.readOnly ? undefined : prepareInsert(db);
  insert?.forget.run(options.now() - REMEMBER_DELIVERIES_MS);
  const selectAfter = db.prepare<[number], Row>('SELECT * FROM events WHERE seq > ? ORDER BY seq');
  const selectStream = db.prepare<[string], Row>(
    'SELECT * FROM events WHERE stream = ? ORDER BY version',
  );
  const selectHead = db.prepare<[], { seq: number; hash: string }>(
    'SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1',
  );
  const selectVersion = db
    .prepare<[string], number | null>('SELECT max(version) FROM events WHERE stream = ?')
    .pluck();
  let queue: Queued[] = [];
  let flushing: NodeJS.Immediate | undefined;

  function head() {
    return selectHead.get() ?? { seq: 0, hash: GENESIS };
  }

  const transaction: Transaction = {
    after: (seq) => selectAfter.all(seq).map(toEntry),
    append(entries) {
      if (!insert) throw new JournalError('The journal was opened for reading only.');
      const at = options.now();
      let { seq, hash: prev } = head();
      return entries.map((entry) => {
        seq += 1;
        const row = toRow(entry, seq, (selectVersion.get(entry.stream) ?? 0) + 1, at, prev);
        insert.event.run(row);
        prev = row.hash;
        return toEntry(row);
      });
    },
    once(delivery) {
      if (!insert) throw new JournalError('The journal was opened for reading only.');
      return insert.delivery.run(delivery, options.now()).changes === 1;
    },
  };

  const inSavepoint = db.transaction((queued: Queued) => queued.run(transaction));
  const inOneCommit = db.transaction((batch: readonly Queued[]) => {
    for (const queued of batch) {
      try {
        inSavepoint(queued);
      } catch (error) {
        if (!db.inTransaction) throw error;
      }
    }
  });

  function flush(): void {
    flushing = undefined;
    const batch = queue;
    queue = [];
    if (batch.length === 0) return;
    let failure: JournalError | undefined;
    try {
      inOneCommit.immediate(batch);
    } catch (error) {
      failure = asJournalError(error);
    }
    for (const queued of batch) queued.settle(failure);
  }

  return {
    transact<T>(work: (tx: Transaction) => T): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        let result: { readonly value: T } | undefined;
        let thrown: unknown;
        queue.push({
          run(tx) {
            try {
              result = { value: work(tx) };
            } catch (error) {
              thrown = isStoreError(error) ? asJournalError(error) : error;
              throw error;
            }
          },
          settle(commitError) {
            if (commitError) reject(commitError);
            else if (result) resolve(result.value);
            else reject(thrown as Error);
          },
        });
        flushing ??= setImmediate(flush);
      });
    },
    entriesOf: (stream) => selectStream.all(stream).map(toEntry),
    *after(seq) {
      for (const row of selectAfter.iterate(seq)) yield toEntry(row);
    },
    head,
    verify: (): Verification => verifyRows(selectAfter.iterate(0)),
    async close() {
      if (flushing) clearImmediate(flushing);
      flush();
      db.close();
    },
  };
}

function open({ file, readOnly }: SqliteJournalOptions): Database.Database {
  if (readOnly && !existsSync(file)) {
    throw new JournalError(`There is no journal at ${file}. Name the right file with --db.`);
  }
  try {
    const db = new Database(file, { readonly: readOnly ?? false, timeout: 2_000 });
    db.pragma('trusted_schema = OFF');
    db.pragma('foreign_keys = ON');
    if (readOnly) return db;
    if (file !== ':memory:') {
      chmodSync(file, 0o600);
      db.pragma('journal_mode = WAL');
    }
    // better-sqlite3 defaults to NORMAL in WAL mode, which may lose the last commits on a power cut.
    db.pragma('synchronous = FULL');
    if (db.pragma('synchronous', { simple: true }) !== 2) {
      throw new JournalError('SQLite did not accept synchronous=FULL.');
    }
    migrate(db);
    return db;
  } catch (error) {
    throw asJournalError(error, file);
  }
}

function prepareInsert(db: Database.Database) {
  return {
    event: db.prepare<[Row]>(
      `INSERT INTO events (seq, stream, version, at, type, actor, data, prev, hash)
       VALUES (@seq, @stream, @version, @at, @type, @actor, @data, @prev, @hash)`,
    ),
    delivery: db.prepare<[string, number]>('INSERT OR IGNORE INTO deliveries (id, at) VALUES (?, ?)'),
    forget: db.prepare<[number]>('DELETE FROM deliveries WHERE at < ?'),
  };
}

function toRow(entry: NewEntry, seq: number, version: number, at: number, prev: string): Row {
  const row = {
    seq,
    stream: entry.stream,
    version,
    at,
    type: entry.type,
    actor: JSON.stringify(entry.actor),
    data: JSON.stringify(entry.data),
    prev,
  };
  return { ...row, hash: hashRow(row) };
}

function toEntry(row: Row): Entry {
  const { seq, stream, version, at, type, hash } = row;
  return { seq, stream, version, at, type, hash, actor: JSON.parse(row.actor), data: JSON.parse(row.data) };
}

function isStoreError(error: unknown): boolean {
  return error instanceof Database.SqliteError;
}

function asJournalError(error: unknown, file?: string): JournalError {
  if (error instanceof JournalError) return error;
  const code = error instanceof Database.SqliteError ? error.code : '';
  const where = file ? ` at ${file}` : '';
  const words = Object.entries(STORE_FAILURES).find(([prefix]) => code.startsWith(prefix))?.[1];
  return new JournalError(
    `The journal${where} ${words ?? 'could not be used'} (${code || messageOf(error)}). Nothing was recorded.`,
    { cause: error },
  );
}

const STORE_FAILURES: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'has no room left: free disk space',
  SQLITE_IOERR: 'could not be written: check the disk',
  SQLITE_BUSY: 'is locked by another process: stop that one first',
  SQLITE_READONLY: 'is read-only: check its owner and mode',
  SQLITE_CORRUPT: 'is damaged: run `backstop verify` and restore a backup',
  SQLITE_NOTADB: 'is not a SQLite database',
  SQLITE_CANTOPEN: 'cannot be opened: check the directory',
};
