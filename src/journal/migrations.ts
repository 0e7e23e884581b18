/** The journal's own schema, forward only: one entry a version, never edited once released. */

import type { Database } from 'better-sqlite3';
import { JournalError } from '../errors.ts';
import { pragma } from './database.ts';

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
   -- INSERT OR REPLACE deletes without firing the trigger above.
   CREATE TRIGGER events_follow BEFORE INSERT ON events
     WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events)
     BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
   CREATE TABLE deliveries (
     id  TEXT    PRIMARY KEY,
     at  INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
];

/**
 * Brings the schema up to date, each step in a transaction of its own.
 * @throws JournalError when a newer Backstop wrote this journal, or the file belongs to something else.
 */
export function migrate(db: Database): void {
  for (let next = versionOf(db); next < MIGRATIONS.length; next++) {
    db.transaction(() => {
      if (versionOf(db) !== next) return;
      db.exec(MIGRATIONS[next] as string);
      pragma(db, `user_version = ${next + 1}`);
    }).immediate();
  }
}

/** For readers, which cannot migrate. @throws JournalError when the schema is not the one this version reads. */
export function requireCurrent(db: Database): void {
  const version = versionOf(db);
  if (version === MIGRATIONS.length) return;
  throw new JournalError(
    version === 0
      ? 'The file holds no journal yet. Start Backstop once, or name the right file with --db.'
      : `The journal has schema ${version}, this Backstop reads ${MIGRATIONS.length}. Start Backstop once; it brings the journal up to date.`,
  );
}

function versionOf(db: Database): number {
  // In one statement, so that another process cannot migrate in between.
  const { version, tables } = db
    .prepare<[], { version: number; tables: number }>(
      `SELECT user_version AS version, (SELECT count(*) FROM sqlite_schema) AS tables
       FROM pragma_user_version`,
    )
    .get() ?? { version: 0, tables: 0 };
  if (version > MIGRATIONS.length) {
    throw new JournalError(
      `The journal was written by a newer Backstop (schema ${version}, this one knows ${MIGRATIONS.length}). Start that version.`,
    );
  }
  if (version === 0 && tables > 0) {
    throw new JournalError(
      'The file is a database of something else. Name the right file with --db.',
    );
  }
  return version;
}
