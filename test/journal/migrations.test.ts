import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { aJournalFile, entry, openJournal } from '../support/journal.ts';

it('makes the schema in an empty file, and leaves it alone when opened again', async () => {
  const file = aJournalFile();
  await openJournal(file).transact((tx) => tx.append([entry('a')]));

  const again = openJournal(file);

  expect(again.verify()).toMatchObject({ ok: true, entries: 1 });
  const db = new Database(file, { readonly: true });
  expect(db.pragma('user_version', { simple: true })).toBe(1);
  const tables = db.prepare('SELECT name, strict FROM pragma_table_list WHERE schema = ?');
  expect(tables.all('main')).toEqual(
    expect.arrayContaining([
      { name: 'events', strict: 1 },
      { name: 'deliveries', strict: 1 },
    ]),
  );
  db.close();
});

it.each([false, true])(
  'refuses a journal of a newer version (reading only: %s)',
  async (readOnly) => {
    const file = aJournalFile();
    const journal = openJournal(file);
    await journal.close();
    alter(file, 'PRAGMA user_version = 7');

    expect(() => openSqliteJournal({ file, now: Date.now, readOnly })).toThrow(
      'The journal was written by a newer Backstop (schema 7, this one knows 1). Start that version.',
    );
  },
);

it.each([false, true])('leaves a foreign database alone (reading only: %s)', (readOnly) => {
  const file = aJournalFile();
  alter(file, 'CREATE TABLE customers (id INTEGER)');

  expect(() => openSqliteJournal({ file, now: Date.now, readOnly })).toThrow(
    'The file is a database of something else. Name the right file with --db.',
  );
  const db = new Database(file, { readonly: true });
  expect(db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()).toBe(1);
  db.close();
});

it('does not read from a file that has no schema yet', () => {
  const file = aJournalFile();
  alter(file, 'PRAGMA user_version = 0');

  expect(() => openSqliteJournal({ file, now: Date.now, readOnly: true })).toThrow(
    'The file holds no journal yet.',
  );
});

function alter(file: string, sql: string): void {
  const db = new Database(file);
  db.exec('CREATE TABLE touched (x); DROP TABLE touched;');
  db.exec(sql);
  db.close();
}
