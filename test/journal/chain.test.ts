import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashRow, type Row, verifyRows } from '../../src/journal/chain.ts';
import { aJournalFile, entry, openJournal, tamper } from '../support/journal.ts';

/** Six rows: a1 a2 b1 a3 b2 a4. */
async function aWrittenFile(): Promise<string> {
  const file = aJournalFile();
  const journal = openJournal(file);
  await journal.transact((tx) =>
    tx.append(['a', 'a', 'b', 'a', 'b', 'a'].map((stream, n) => entry(stream, { n }))),
  );
  await journal.close();
  return file;
}

describe('verify names the first row that', () => {
  it.each([
    ['data', `'{"n":99}'`],
    ['actor', `'{"kind":"operator","name":"Eve"}'`],
    ['at', '1'],
    ['type', `'approval.given'`],
    ['stream', `'c'`],
    ['version', '9'],
    ['prev', `'${'1'.repeat(64)}'`],
    ['hash', `'${'1'.repeat(64)}'`],
  ])('was altered in its %s', async (column, value) => {
    const file = await aWrittenFile();

    tamper(file, `UPDATE events SET ${column} = ${value} WHERE seq = 4`);

    const found = openJournal(file).verify();
    expect(found).toMatchObject({ ok: false, seq: 4, what: 'altered' });
    expect(found).toHaveProperty('detail', expect.stringMatching(/^row 4 \(.*its own hash$/));
  });

  it.each([
    ['DELETE FROM events WHERE seq = 3', 3, 'row 3 is gone'],
    ['DELETE FROM events WHERE seq IN (2, 3, 4)', 2, 'rows 2 to 4 are gone'],
    ['DELETE FROM events WHERE seq = 1', 1, 'row 1 is gone'],
  ])('was removed: %s', async (sql, seq, detail) => {
    const file = await aWrittenFile();

    tamper(file, sql);

    expect(openJournal(file).verify()).toEqual({ ok: false, seq, what: 'missing', detail });
  });

  it('was removed, although the later ones were renumbered', async () => {
    const file = await aWrittenFile();

    tamper(
      file,
      `DELETE FROM events WHERE seq = 3;
       UPDATE events SET seq = -seq WHERE seq > 3; UPDATE events SET seq = -seq - 1 WHERE seq < 0`,
    );

    expect(openJournal(file).verify()).toMatchObject({
      ok: false,
      seq: 3,
      what: 'reordered',
      detail: 'row 3 (note.added of a) was written as row 4',
    });
  });

  it('changed places with another', async () => {
    const file = await aWrittenFile();

    tamper(
      file,
      `UPDATE events SET seq = -1 WHERE seq = 2; UPDATE events SET seq = 2 WHERE seq = 5;
       UPDATE events SET seq = 5 WHERE seq = -1`,
    );

    expect(openJournal(file).verify()).toMatchObject({
      ok: false,
      seq: 2,
      what: 'reordered',
      detail: 'row 2 (note.added of b) was written as row 5',
    });
  });

  it('was slipped in before the first', async () => {
    const file = await aWrittenFile();

    tamper(
      file,
      `INSERT INTO events SELECT 0, 'z', 1, at, type, actor, data, prev, hash FROM events
                  WHERE seq = 1`,
    );

    expect(openJournal(file).verify()).toMatchObject({ ok: false, seq: 0 });
  });
});

describe('a forger who knows how to hash', () => {
  it.each([
    ['rewrote a row', 3, { seq: 3, data: '{"n":99}' }, 4],
    ['slipped one in before the first', undefined, { seq: 0, stream: 'z', version: 1 }, 0],
  ])('and %s is found by the row that does not follow', async (_what, instead, change, seq) => {
    const file = await aWrittenFile();
    const rows = (await rowsOf(file)) as readonly Row[];
    const row = { ...(rows[(instead ?? 1) - 1] as Row), ...change };

    if (instead) tamper(file, 'DELETE FROM events WHERE seq = ?', instead);
    tamper(
      file,
      `INSERT INTO events (seq, stream, version, at, type, actor, data, prev, hash)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      row.seq,
      row.stream,
      row.version,
      row.at,
      row.type,
      row.actor,
      row.data,
      row.prev,
      hashRow(row),
    );

    expect(openJournal(file).verify()).toMatchObject({
      ok: false,
      seq,
      what: 'reordered',
      detail: expect.stringMatching(/does not follow the row before it$/),
    });
  });
});

it('cannot see by itself that the newest rows are gone, but the head differs from the one before', async () => {
  const file = await aWrittenFile();
  const journal = openJournal(file);
  const published = journal.head();
  await journal.close();

  tamper(file, 'DELETE FROM events WHERE seq > 4');

  const after = openJournal(file);
  expect(after.verify()).toMatchObject({ ok: true, entries: 4 });
  expect(after.head()).not.toEqual(published);
});

it('finds any single changed byte of any row', async () => {
  const rows = await rowsOf(await aWrittenFile());
  const column = fc.constantFrom('data', 'actor', 'type', 'stream', 'prev', 'hash' as const);

  fc.assert(
    fc.property(fc.nat(5), column, fc.nat(), fc.integer({ min: 1, max: 255 }), (n, key, at, by) => {
      const changed = structuredClone(rows) as unknown as Record<string, string>[];
      const row = changed[n] as Record<string, string>;
      const text = row[key] as string;
      const place = at % text.length;
      row[key] =
        text.slice(0, place) +
        String.fromCharCode(text.charCodeAt(place) ^ by) +
        text.slice(place + 1);

      expect(verifyRows(changed as never)).toMatchObject({
        ok: false,
        seq: n + 1,
        what: 'altered',
      });
    }),
  );
});

async function rowsOf(file: string): Promise<readonly unknown[]> {
  const db = new Database(file, { readonly: true });
  const rows = db.prepare('SELECT * FROM events ORDER BY seq').all();
  db.close();
  return rows;
}
