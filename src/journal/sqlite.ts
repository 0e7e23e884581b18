/** The journal in a SQLite file: WAL with `synchronous=FULL`, so that what was committed survives a power cut. */

import { chmodSync, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { JournalError } from '../errors.ts';
import { GENESIS, type Head, type Row, verifyRows } from './chain.ts';
import { type Commit, createCommit, toEntry } from './commit.ts';
import { makeDurable, openDatabase, pragma } from './database.ts';
import type { Entry, Journal, StreamPart, Transaction, Verification } from './journal.ts';
import { migrate, requireCurrent } from './migrations.ts';
import { asJournalError, orJournalError } from './store-failures.ts';

export interface SqliteJournalOptions {
  readonly file: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Open for reading only; the file must exist. */
  readonly readOnly?: boolean;
}

interface Queued {
  run(commit: Commit): void;
  settle(commitError: JournalError | undefined): void;
}

/** Version, position, time, type, hash, actor and data. */
type PartRow = readonly [number, number, number, string, string, string, string];

/** How long an outside delivery's id is remembered: far longer than the minutes in which Slack repeats an event. */
const REMEMBER_DELIVERIES_MS = 60 * 60_000;

/** So many works go into one commit: more would keep everything else waiting while they run and are told of. */
const ENOUGH = 256;

/** Rows that one statement writes where there are as many: a third less work for each. */
const AT_ONCE = 16;

/** Rows read at a time by whoever walks through the journal. */
const PAGE = 500;

/**
 * Opens the journal, creating the file (mode 0600) and its schema where needed.
 * @throws JournalError when the file cannot be opened, is damaged, or was written by a newer Backstop.
 */
export function openSqliteJournal(options: SqliteJournalOptions): Journal {
  const db = orJournalError(() => open(options), options.file);
  const insert = options.readOnly ? undefined : prepareInsert(db);
  const selectAfter = db.prepare<[number], Row>('SELECT * FROM events WHERE seq > ? ORDER BY seq');
  const selectPage = db.prepare<[number, number], Row>(
    'SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?',
  );
  const selectStream = db.prepare<[string], Row>(
    'SELECT * FROM events WHERE stream = ? ORDER BY version',
  );
  // By place, and only what an entry is made of: an export reads nothing else, a hundred thousand times.
  const selectPart = db
    .prepare<[string, number, number, string, number], PartRow>(
      `SELECT version, seq, at, type, hash, actor, data FROM events
       WHERE stream = ? AND version > ? AND seq <= ? AND type NOT IN (SELECT value FROM json_each(?))
       ORDER BY version LIMIT ?`,
    )
    .raw();
  const selectNewest = db.prepare<[string, number], Row>(
    'SELECT * FROM events WHERE stream = ? AND seq <= ? ORDER BY version DESC LIMIT 1',
  );
  const selectActors = db.prepare<[string, number], { actor: string; seq: number }>(
    `SELECT actor, max(seq) AS seq FROM events WHERE stream = ? AND seq <= ?
     GROUP BY actor ORDER BY max(seq)`,
  );
  const selectHead = db.prepare<[], { seq: number; hash: string }>(
    'SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1',
  );
  const selectVersion = db
    .prepare<[string], number | null>('SELECT max(version) FROM events WHERE stream = ?')
    .pluck();
  const selectDelivery = db.prepare<[string], 1>('SELECT 1 FROM deliveries WHERE id = ?').pluck();
  let queue: Queued[] = [];
  let flushing: NodeJS.Immediate | undefined;
  let forgotAt = Number.NEGATIVE_INFINITY;

  function head(): Head {
    return selectHead.get() ?? { seq: 0, hash: GENESIS };
  }

  function* rowsAfter(seq: number): IterableIterator<Row> {
    let last = seq;
    for (;;) {
      const rows = orJournalError(() => selectPage.all(last, PAGE), options.file);
      yield* rows;
      const end = rows.at(-1);
      if (!end || rows.length < PAGE) return;
      last = end.seq;
    }
  }

  function* partOf(stream: string, part: StreamPart): IterableIterator<Entry> {
    const { until = Number.MAX_SAFE_INTEGER, without = [] } = part;
    let last = 0;
    for (;;) {
      const page = [last, until, JSON.stringify(without), PAGE] as const;
      const rows = orJournalError(() => selectPart.all(stream, ...page), options.file);
      for (const [version, seq, at, type, hash, actor, text] of rows) {
        const [by, data] = [JSON.parse(actor), JSON.parse(text)];
        yield { seq, stream, version, at, type, hash, actor: by, data };
      }
      const end = rows.at(-1);
      if (!end || rows.length < PAGE) return;
      [last] = end;
    }
  }

  const inOneCommit = db.transaction((batch: readonly Queued[]) => {
    if (!insert) throw readOnlyError();
    forgetDeliveries(insert);
    const commit = createCommit(
      {
        head: head(),
        version: (stream) => selectVersion.get(stream) ?? 0,
        after: (seq) => selectAfter.all(seq),
        knows: (delivery) => selectDelivery.get(delivery) !== undefined,
      },
      options.now,
    );
    for (const queued of batch) queued.run(commit);
    insert.events(commit.rows);
    for (const id of commit.deliveries) insert.delivery.run(id, options.now());
  });

  function forgetDeliveries({ forget }: Inserts): void {
    const before = options.now() - REMEMBER_DELIVERIES_MS;
    if (before < forgotAt) return;
    forget.run(before);
    forgotAt = options.now();
  }

  /** Who else is on the way joins the commit: it waits as long as each turn of the event loop brings more. */
  function flushSoon(): void {
    const waiting = queue.length;
    flushing = setImmediate(() => {
      if (queue.length > waiting && queue.length < ENOUGH) flushSoon();
      else flush();
    });
  }

  function flush(): void {
    flushing = undefined;
    const batch = queue.slice(0, ENOUGH);
    queue = queue.slice(ENOUGH);
    if (batch.length === 0) return;
    if (queue.length > 0) flushSoon();
    let failure: JournalError | undefined;
    try {
      inOneCommit.immediate(batch);
    } catch (error) {
      failure = asJournalError(error, options.file);
    }
    for (const queued of batch) queued.settle(failure);
  }

  return {
    transact<T>(work: (tx: Transaction) => T): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        let result: { readonly value: T } | undefined;
        let thrown: unknown;
        queue.push({
          run({ tx, attempt }) {
            try {
              attempt(() => {
                result = { value: work(tx) };
              });
            } catch (error) {
              // The store's own failure ends the whole commit; whatever else is thrown is this work's answer.
              if (isStoreError(error)) throw error;
              result = undefined;
              thrown = error;
            }
          },
          settle(commitError) {
            if (commitError) reject(commitError);
            else if (result) resolve(result.value);
            else reject(thrown as Error);
          },
        });
        if (!flushing) flushSoon();
      });
    },
    entriesOf: (stream) =>
      orJournalError(() => selectStream.all(stream).map(toEntry), options.file),
    walk: (stream, part = {}) => ({ [Symbol.iterator]: () => partOf(stream, part) }),
    newestOf: (stream, until = Number.MAX_SAFE_INTEGER) => {
      const row = orJournalError(() => selectNewest.get(stream, until), options.file);
      return row && toEntry(row);
    },
    actorsOf: (stream, until = Number.MAX_SAFE_INTEGER) =>
      orJournalError(() => selectActors.all(stream, until), options.file).map(({ actor, seq }) => ({
        actor: JSON.parse(actor),
        seq,
      })),
    *after(seq) {
      for (const row of rowsAfter(seq)) yield toEntry(row);
    },
    head: () => orJournalError(head, options.file),
    verify: (): Verification => verifyRows(rowsAfter(Number.MIN_SAFE_INTEGER)),
    async close() {
      while (queue.length > 0) flush();
      if (flushing) clearImmediate(flushing);
      db.close();
    },
  };
}

function open({ file, readOnly }: SqliteJournalOptions): Database.Database {
  if (readOnly && !existsSync(file)) {
    throw new JournalError(`There is no journal at ${file}. Name the right file with --db.`);
  }
  if (!existsSync(dirname(file))) {
    throw new JournalError(
      `There is no directory ${dirname(file)} for the journal. Create it, or name another file with --db.`,
    );
  }
  const db = openDatabase(file, { readonly: readOnly ?? false, timeout: 2_000 });
  try {
    prepareStore(db, file, readOnly ?? false);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepareStore(db: Database.Database, file: string, readOnly: boolean): void {
  pragma(db, 'trusted_schema = OFF');
  pragma(db, 'foreign_keys = ON');
  if (readOnly) {
    requireCurrent(db);
    return;
  }
  if (file !== ':memory:') chmodSync(file, 0o600);
  makeDurable(db);
  migrate(db);
}

type Inserts = ReturnType<typeof prepareInsert>;

function prepareInsert(db: Database.Database) {
  // By place: SQLite binds by name more slowly.
  const prepare = (rows: number): Database.Statement =>
    db.prepare(
      `INSERT INTO events (seq, stream, version, at, type, actor, data, prev, hash)
       VALUES ${Array(rows).fill('(?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
    );
  const one = prepare(1);
  const many = prepare(AT_ONCE);
  return {
    events(rows: readonly Row[]): void {
      const together = rows.length - (rows.length % AT_ONCE);
      for (let from = 0; from < together; from += AT_ONCE) {
        many.run(valuesOf(rows.slice(from, from + AT_ONCE)));
      }
      for (const row of rows.slice(together)) one.run(valuesOf([row]));
    },
    delivery: db.prepare<[string, number]>('INSERT INTO deliveries (id, at) VALUES (?, ?)'),
    forget: db.prepare<[number]>('DELETE FROM deliveries WHERE at < ?'),
  };
}

function valuesOf(rows: readonly Row[]): readonly (string | number)[] {
  const values: (string | number)[] = [];
  for (const { seq, stream, version, at, type, actor, data, prev, hash } of rows) {
    values.push(seq, stream, version, at, type, actor, data, prev, hash);
  }
  return values;
}

function readOnlyError(): JournalError {
  return new JournalError('The journal was opened for reading only. Nothing was recorded.');
}

function isStoreError(error: unknown): boolean {
  return error instanceof Database.SqliteError;
}
