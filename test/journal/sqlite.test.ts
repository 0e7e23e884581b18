import { closeSync, existsSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { JournalError } from '../../src/errors.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { asJournalError } from '../../src/journal/store-failures.ts';
import { aClock, aFolder, aJournalFile, entry, openJournal } from '../support/journal.ts';

const ANA = { kind: 'person', id: 'U0ANA' } as const;

describe('appending and reading', () => {
  it('gives entries a position in the journal and one in their stream, and the time', async () => {
    const clock = aClock(1_000);
    const journal = openJournal(aJournalFile(), clock);

    await journal.transact((tx) => tx.append([entry('a', 1), entry('b', 2)]));
    clock.pass(5);
    const [last] = await journal.transact((tx) => tx.append([{ ...entry('a', 3), actor: ANA }]));

    expect(last).toMatchObject({ seq: 3, stream: 'a', version: 2, at: 1_005, actor: ANA, data: 3 });
    expect(journal.entriesOf('a').map(({ data }) => data)).toEqual([1, 3]);
    expect([...journal.after(1)].map(({ seq }) => seq)).toEqual([2, 3]);
    expect(journal.head()).toEqual({ seq: 3, hash: last?.hash });
  });

  it('keeps every character of what people typed', async () => {
    const journal = openJournal();
    const typed = '<!channel> & "quotes" \\ \u0000 \ud83d\ude80 \ud800 \u202e 字'.repeat(100);

    await journal.transact((tx) => tx.append([entry('a', { typed })]));

    expect(journal.entriesOf('a')[0]?.data).toEqual({ typed });
    expect(journal.verify()).toMatchObject({ ok: true, entries: 1 });
  });

  it('commits a great many works in turns, in their order, and lets others in between', async () => {
    const journal = openJournal();
    const seen: number[] = [];
    const writing = Array.from({ length: 2_000 }, (_, n) =>
      journal.transact((tx) => tx.append([entry('a', n)])),
    );

    let looking = setImmediate(function look() {
      seen.push(journal.head().seq);
      looking = setImmediate(look);
    });
    await Promise.all(writing);
    clearImmediate(looking);

    expect(journal.entriesOf('a').map(({ data }) => data)).toEqual([...Array(2_000).keys()]);
    expect(seen.filter((seq) => seq > 0 && seq < 2_000).length).toBeGreaterThan(3);
  });

  it('loses nothing of what waits when it is closed', async () => {
    const file = aJournalFile();
    const journal = openJournal(file);
    const writing = Array.from({ length: 300 }, (_, n) =>
      journal.transact((tx) => tx.append([entry('a', n)])),
    );

    await journal.close();
    await Promise.all(writing);

    const again = openJournal(file);
    expect(again.head().seq).toBe(300);
  });

  it('is empty at first, and has nothing of a stream nobody wrote to', () => {
    const journal = openJournal();

    expect(journal.head()).toEqual({ seq: 0, hash: '0'.repeat(64) });
    expect(journal.entriesOf('a')).toEqual([]);
    expect(journal.verify()).toEqual({ ok: true, entries: 0, head: '0'.repeat(64) });
  });

  it('lets commits go on while somebody walks through it', async () => {
    const journal = openJournal();
    await journal.transact((tx) => tx.append(Array.from({ length: 1_200 }, () => entry('a'))));

    const walk = journal.after(0);
    const first = walk.next();
    await journal.transact((tx) => tx.append([entry('b')]));
    const rest = [...walk];

    expect(first.value?.seq).toBe(1);
    expect(rest.map(({ seq }) => seq)).toEqual(Array.from({ length: 1_200 }, (_, i) => i + 2));
  });
});

describe('one commit for many', () => {
  it('shares a commit, in the order asked for, and each sees what came before it', async () => {
    const journal = openJournal();
    const transactions = new Set<unknown>();

    const seen = await Promise.all(
      [1, 2, 3].map((number) =>
        journal.transact((tx) => {
          transactions.add(tx);
          tx.append([entry('a', number)]);
          return tx.after(0).map(({ data }) => data);
        }),
      ),
    );

    expect(seen).toEqual([[1], [1, 2], [1, 2, 3]]);
    expect(transactions.size).toBe(1);
    await journal.transact((tx) => transactions.add(tx));
    expect(transactions.size).toBe(2);
  });

  it('undoes the whole of a work that throws, and nothing of its neighbours', async () => {
    const journal = openJournal();

    const [first, second, third] = await Promise.allSettled([
      journal.transact((tx) => tx.append([entry('a', 1)])),
      journal.transact((tx) => {
        tx.once('click');
        tx.append([entry('a', 2), entry('a', 3)]);
        throw new RangeError('no');
      }),
      journal.transact((tx) => tx.once('click') && tx.append([entry('a', 4)])),
    ]);

    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: new RangeError('no') });
    expect(third).toMatchObject({ status: 'fulfilled', value: [{ seq: 2, version: 2 }] });
    expect(journal.entriesOf('a').map(({ data }) => data)).toEqual([1, 4]);
    expect(journal.verify()).toMatchObject({ ok: true, entries: 2 });
  });

  it('commits what is queued before it closes, and refuses what comes later', async () => {
    const file = aJournalFile();
    const journal = openJournal(file);

    const queued = journal.transact((tx) => tx.append([entry('a')]));
    await journal.close();
    const late = journal.transact((tx) => tx.append([entry('a')]));

    await expect(queued).resolves.toHaveLength(1);
    await expect(late).rejects.toThrow(JournalError);
    expect(openJournal(file).head().seq).toBe(1);
  });
});

describe('deliveries', () => {
  it('knows a delivery again, also after a restart, and forgets it after an hour', async () => {
    const file = aJournalFile();
    const clock = aClock();
    const once = (of = openJournal(file, clock)) => of.transact((tx) => tx.once('click'));
    const journal = openJournal(file, clock);

    expect(await once(journal)).toBe(true);
    expect(await once(journal)).toBe(false);
    expect(await once()).toBe(false);
    clock.pass(59 * 60_000);
    expect(await once(journal)).toBe(false);
    clock.pass(2 * 60 * 60_000);
    expect(await once(journal)).toBe(true);
  });
});

describe('the file', () => {
  it('is readable by its owner only, and every commit reaches the disk', async () => {
    const file = aJournalFile();
    await openJournal(file).transact((tx) => tx.append([entry('a')]));

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
    const db = new Database(file);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    db.close();
  });

  it.each([
    ['an update', `UPDATE events SET data = '{}' WHERE seq = 1`],
    ['a deletion', 'DELETE FROM events WHERE seq = 1'],
    ['a replacement', 'INSERT OR REPLACE INTO events SELECT * FROM events WHERE seq = 1'],
    [
      'a gap',
      `INSERT INTO events SELECT 9, 'z', 1, at, type, actor, data, prev, hash FROM events WHERE seq = 1`,
    ],
  ])('refuses %s', async (_what, sql) => {
    const file = aJournalFile();
    await openJournal(file).transact((tx) => tx.append([entry('a', 1), entry('a', 2)]));
    const db = new Database(file);

    expect(() => db.exec(sql)).toThrow('the journal is append-only');

    db.close();
    expect(openJournal(file).verify()).toMatchObject({ ok: true, entries: 2 });
  });
});

describe('what it says when it cannot', () => {
  it('record: the file was opened for reading only', async () => {
    const file = aJournalFile();
    await openJournal(file).transact((tx) => tx.append([entry('a')]));
    const reader = openSqliteJournal({ file, now: Date.now, readOnly: true });

    await expect(reader.transact((tx) => tx.append([entry('a')]))).rejects.toThrow(
      'The journal was opened for reading only. Nothing was recorded.',
    );
    expect(reader.verify()).toMatchObject({ ok: true, entries: 1 });
    await reader.close();
  });

  it('record: the file may not be written', async () => {
    const file = aJournalFile();
    const journal = openJournal(file);
    const db = new Database(file, { readonly: true });
    const refused = (): unknown => {
      try {
        return db.exec('DELETE FROM deliveries');
      } catch (error) {
        return error;
      }
    };

    expect(asJournalError(refused(), file).message).toBe(
      `The journal at ${file} is read-only: check its owner and mode (SQLITE_READONLY). Nothing was recorded.`,
    );
    db.close();
    await journal.close();
  });

  it('read: there is no file, and none is made', () => {
    const file = aJournalFile();

    expect(() => openSqliteJournal({ file, now: Date.now, readOnly: true })).toThrow(
      `There is no journal at ${file}. Name the right file with --db.`,
    );
    expect(existsSync(file)).toBe(false);
  });

  it('open: there is no directory', () => {
    const file = join(aFolder(), 'not', 'there.db');

    expect(() => openJournal(file)).toThrow(/There is no directory .*not for the journal. Create/);
  });

  it('open: the file is something else', () => {
    const file = aJournalFile();
    writeFileSync(file, 'Dear diary, '.repeat(1_000));

    expect(() => openJournal(file)).toThrow(
      `The journal at ${file} is not a SQLite database: name the right file with --db (SQLITE_NOTADB)`,
    );
  });

  it('read or record: pages are damaged', async () => {
    const file = aJournalFile();
    const journal = openJournal(file);
    await journal.transact((tx) =>
      tx.append(Array.from({ length: 300 }, (_, n) => entry('a', { n }))),
    );
    await journal.close();
    const bytes = Buffer.alloc(statSync(file).size - 8 * 4096, 0xa5);
    const handle = openSync(file, 'r+');
    writeSync(handle, bytes, 0, bytes.length, 8 * 4096);
    closeSync(handle);

    const damaged = openJournal(file);

    expect(() => damaged.verify()).toThrow(
      /is damaged: run `backstop verify` and restore a backup/,
    );
  });

  it('record: another process holds the file for longer than it can wait', async () => {
    const file = aJournalFile();
    const journal = openJournal(file);
    const other = new Database(file);
    other.exec('BEGIN IMMEDIATE');

    await expect(journal.transact((tx) => tx.append([entry('a')]))).rejects.toThrow(
      /is locked by another process: stop that one first \(SQLITE_BUSY\)/,
    );

    other.close();
    await expect(journal.transact((tx) => tx.append([entry('a')]))).resolves.toHaveLength(1);
  });

  it('record: there is no room left', () => {
    const db = new Database(aJournalFile());
    db.exec('CREATE TABLE t (x)');
    db.pragma('max_page_count = 3');
    const full = (): unknown => {
      try {
        return db.exec(`INSERT INTO t VALUES (zeroblob(100000))`);
      } catch (error) {
        return error;
      }
    };

    expect(asJournalError(full(), '/data/journal.db').message).toBe(
      'The journal at /data/journal.db has no room left: free disk space (SQLITE_FULL). Nothing was recorded.',
    );
    db.close();
  });
});
