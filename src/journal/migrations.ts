/** The journal's own schema, forward only: one entry a version, never edited once released. */

import type { Database } from 'better-sqlite3';
import { JournalError } from '../errors.ts';

const MIGRATIONS: readonly string[] = [
  `CREATE TABLE events (
     seq      INTEGER PRIMARY KEY,
     stream   TEXT    NOT NULL,
     version  INTEGER NOT NULL,
     at       INTEGER NOT NULL,
     type     TEXT    NOT NULL,
     actor    TEXT    NOT NULL CHECK (json_valid(actor)),
     data     TEXT    NOT NULL CHECK (json_valid(data)),
     prev     TEXT    NOT NULL,
     hash     TEXT    NOT NULL,
     UNIQUE (stream, version)
   ) STRICT;
   CREATE TRIGGER events_are_final BEFORE UPDATE ON events
     BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
   CREATE TRIGGER events_stay BEFORE DELETE ON events
     BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
   CREATE TABLE deliveries (
     id  TEXT    PRIMARY KEY,
     at  INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
];

/**
 * Brings the schema up to date, each step in a transaction of its own.
 * @throws JournalError when a newer Backstop wrote this journal.
 */
export function migrate(db: Database): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version > MIGRATIONS.length) {
    throw new JournalError(
      `The journal was written by a newer Backstop (schema ${version}, this one knows ${MIGRATIONS.length}). Start that version.`,
    );
  }
  for (let next = version; next < MIGRATIONS.length; next++) {
    db.transaction(() => {
      if ((db.pragma('user_version', { simple: true }) as number) !== next) return;
      db.exec(MIGRATIONS[next] as string);
      db.pragma(`user_version = ${next + 1}`);
    }).immediate();
  }
}
