/** Real journals in temporary folders, which go when the test ends. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { Journal, NewEntry } from '../../src/journal/journal.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop, type Loop } from '../../src/loop.ts';
import { START } from './an-incident.ts';

export interface TestClock {
  now(): number;
  pass(ms: number): void;
}

export function aClock(at = START): TestClock {
  let now = at;
  return {
    now: () => now,
    pass(ms) {
      now += ms;
    },
  };
}

export function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'backstop-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function aJournalFile(): string {
  return join(aFolder(), 'journal.db');
}

export function openJournal(file = aJournalFile(), clock = aClock()): Journal {
  const journal = openSqliteJournal({ file, now: () => clock.now() });
  onTestFinished(() => journal.close());
  return journal;
}

export interface OpenLoop {
  readonly loop: Loop;
  readonly journal: Journal;
  readonly file: string;
  readonly clock: TestClock;
}

export function openLoop(file = aJournalFile(), clock = aClock()): OpenLoop {
  const journal = openJournal(file, clock);
  return { loop: createLoop(journal, () => clock.now()), journal, file, clock };
}

/** An entry about nothing in particular. */
export function entry(stream: string, data: unknown = {}): NewEntry {
  return { stream, type: 'note.added', actor: { kind: 'backstop' }, data };
}

/** Does to the file what the journal itself never would: the guards are taken down first. */
export function tamper(file: string, sql: string, ...values: readonly unknown[]): void {
  const db = new Database(file);
  db.exec(`DROP TRIGGER IF EXISTS events_are_final; DROP TRIGGER IF EXISTS events_stay;
           DROP TRIGGER IF EXISTS events_follow;`);
  if (values.length > 0) db.prepare(sql).run(...values);
  else db.exec(sql);
  db.close();
}
