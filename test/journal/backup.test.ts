import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { backUp, putBack } from '../../src/journal/backup.ts';
import { takeEngineLock } from '../../src/journal/lock.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { compile, start } from '../support/children.ts';
import { aFolder, aJournalFile, entry, tamper } from '../support/journal.ts';

async function filled(file: string, entries: number): Promise<void> {
  const journal = openSqliteJournal({ file, now: () => 1 });
  for (let index = 0; index < entries; index += 1) {
    await journal.transact((tx) => tx.append([entry(`incident/${index % 3}`, { index })]));
  }
  await journal.close();
}

function rowsOf(file: string) {
  const journal = openSqliteJournal({ file, now: () => 1, readOnly: true });
  const rows = [...journal.after(0)];
  void journal.close();
  return rows;
}

describe('a backup', () => {
  it('is a whole beginning of the journal, taken while another process writes to it', async () => {
    const built = compile('journal-child.ts');
    onTestFinished(() => built.remove());
    const file = aJournalFile();
    const writer = start(process.execPath, [built.program, 'write', file, 'incident/a', '400']);
    const folder = aFolder();
    const made: { readonly to: string; readonly entries: number; readonly head: string }[] = [];
    for (let index = 0; index < 10; index += 1) {
      await writer.wrote(index * 20 + 5);
      const acknowledged = writer.lines.length;
      const to = join(folder, `backup-${index}.db`);

      made.push({ to, ...backUp(file, to, false) });

      expect(made.at(-1)?.entries).toBeGreaterThanOrEqual(acknowledged);
    }
    expect(await writer.ended).toBe(0);

    const all = rowsOf(file);
    for (const { to, entries, head } of made) {
      expect(rowsOf(to)).toEqual(all.slice(0, entries));
      expect(head).toBe(all[entries - 1]?.hash);
      expect(statSync(to).mode & 0o777).toBe(0o600);
    }
    expect(readdirSync(folder)).toHaveLength(10);
  });

  it('takes no other file’s place unless told so', async () => {
    const file = aJournalFile();
    await filled(file, 3);
    const to = join(dirname(file), 'precious.txt');
    writeFileSync(to, 'precious');

    expect(() => backUp(file, to, false)).toThrow(/precious\.txt exists and was left as it is/);
    expect(readFileSync(to, 'utf8')).toBe('precious');

    expect(backUp(file, to, true).entries).toBe(3);
    expect(rowsOf(to)).toHaveLength(3);
  });

  it('is not made of a journal whose chain does not hold, nor of none', async () => {
    const file = aJournalFile();
    await filled(file, 5);
    tamper(file, 'UPDATE events SET data = ? WHERE seq = 3', '{}');
    const to = join(dirname(file), 'backup.db');

    expect(() => backUp(file, to, false)).toThrow(
      /could not be written: Its chain .* entry 3 is altered/,
    );
    expect(() => backUp(join(dirname(file), 'none.db'), to, false)).toThrow(/no journal at/);
    expect(readdirSync(dirname(file)).filter((name) => name.startsWith('backup'))).toEqual([]);
  });
});

describe('a backup put back', () => {
  it('is the journal again, and what was there is kept whole', async () => {
    const file = aJournalFile();
    await filled(file, 4);
    const backup = join(dirname(file), 'backup.db');
    backUp(file, backup, false);
    await filled(file, 3);

    const { entries, setAside } = putBack(backup, file, 'then');

    expect(entries).toBe(4);
    expect(rowsOf(file)).toHaveLength(4);
    expect(setAside).toBe(`${file}.before-then`);
    expect(rowsOf(`${file}.before-then`)).toHaveLength(7);
    await filled(file, 1);
    expect(rowsOf(file)).toHaveLength(5);
    expect(rowsOf(backup)).toHaveLength(4);
  });

  it('takes the place of a journal that is damaged, and of none', async () => {
    const file = aJournalFile();
    await filled(file, 4);
    const backup = join(dirname(file), 'backup.db');
    backUp(file, backup, false);
    writeFileSync(file, 'no database at all');

    expect(putBack(backup, file, 'then').entries).toBe(4);
    expect(readFileSync(`${file}.before-then`, 'utf8')).toBe('no database at all');
    const other = aJournalFile();
    expect(putBack(backup, other, 'then').setAside).toBeUndefined();
    expect(rowsOf(other)).toHaveLength(4);
  });

  it('is refused while the bot runs, and when it is not whole', async () => {
    const file = aJournalFile();
    await filled(file, 4);
    const backup = join(dirname(file), 'backup.db');
    backUp(file, backup, false);

    const lock = takeEngineLock(file);
    expect(() => putBack(backup, file, 'then')).toThrow(/Backstop runs on .* Stop it first/);
    lock?.release();
    tamper(backup, 'UPDATE events SET data = ? WHERE seq = 2', '{}');
    expect(() => putBack(backup, file, 'then')).toThrow(/entry 2 is altered/);
    writeFileSync(backup, 'Dear diary');
    expect(() => putBack(backup, file, 'then')).toThrow(/could not be put back/);

    expect(rowsOf(file)).toHaveLength(4);
    expect(existsSync(`${file}.before-then`)).toBe(false);
  });
});
