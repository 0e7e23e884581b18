import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { writeJournal } from '../support/a-written-journal.ts';
import { aRolledBackIncident } from '../support/an-incident-told.ts';
import { aFolderFor, backstop } from '../support/command-line.ts';
import { editRow } from '../support/edit-journal.ts';
import { PATIENT } from '../support/patient.ts';

async function aJournal(test: TestContext): Promise<{ readonly cwd: string; readonly db: string }> {
  const cwd = aFolderFor(test);
  const db = join(cwd, 'kept.db');
  await writeJournal(db, [aRolledBackIncident()]);
  return { cwd, db };
}

describe.concurrent('backstop incidents', PATIENT, () => {
  it('lists what was declared, without any configuration', async (test) => {
    const { cwd, db } = await aJournal(test);

    const { code, stdout, stderr } = await backstop(['incidents', '--db', db], { cwd });

    expect(stdout).toMatch(
      /^INCIDENT +SEVERITY +STATUS +WHERE +DECLARED \(UTC\) +TITLE\nINC-0001 +SEV\d +resolved +checkout production +2026-11-20 14:02 +\S/,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('names the file when there is no journal', async (test) => {
    const cwd = aFolderFor(test);
    const { code, stdout, stderr } = await backstop(['incidents', '--db', 'none.db'], { cwd });
    expect(stderr).toMatch(
      /There is no journal at .*none\.db\. Name the right file with --db\.\n$/,
    );
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(existsSync(join(cwd, 'none.db'))).toBe(false);
  });

  it('says that a file is no journal', async (test) => {
    const cwd = aFolderFor(test);
    writeFileSync(join(cwd, 'notes.txt'), 'Dear diary, '.repeat(500));
    const { code, stderr } = await backstop(['incidents', '--db', 'notes.txt'], { cwd });
    expect(stderr).toMatch(/notes\.txt/);
    expect(code).toBe(4);
  });
});

describe.concurrent('backstop export', PATIENT, () => {
  it('writes Markdown to stdout', async (test) => {
    const { cwd, db } = await aJournal(test);
    const { code, stdout, stderr } = await backstop(['export', 'INC-0001', '--db', db], { cwd });
    expect(stdout).toMatch(/^# .*INC-0001/);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('writes JSON to a file, whatever case the id is in', async (test) => {
    const { cwd, db } = await aJournal(test);
    const args = ['export', 'inc-0001', '--db', db, '--format', 'json', '--out', 'told.json'];

    const { code, stdout, stderr } = await backstop(args, { cwd });

    const told: unknown = JSON.parse(readFileSync(join(cwd, 'told.json'), 'utf8'));
    expect(told).toMatchObject({ schema: 'backstop/postmortem@1' });
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '',
      stderr: 'told.json is written.\n',
    });
  });

  it.for([
    {
      what: 'an incident that there is not',
      args: ['INC-0042'],
      code: 6,
      says: /no incident INC-0042.*backstop incidents/,
    },
    {
      what: 'a format that there is not',
      args: ['INC-0001', '--format', 'doc'],
      code: 2,
      says: /no format doc; use md, json, csv, html, pdf, github-issue or slack-canvas/,
    },
    {
      what: 'a file that cannot be written',
      args: ['INC-0001', '--out', 'no/such/folder.md'],
      code: 2,
      says: /folder\.md cannot be written .*--out/,
    },
    { what: 'no incident', args: [], code: 2, says: /missing required argument 'incident'/ },
  ])('refuses $what with exit code $code', async ({ args, code, says }, test) => {
    const { cwd, db } = await aJournal(test);
    const ended = await backstop(['export', ...args, '--db', db], { cwd });
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr).not.toMatch(/ {4}at /);
    expect(ended.code).toBe(code);
  });
});

describe.concurrent('backstop verify', PATIENT, () => {
  it('finds a journal whole, and then the row that was edited', async (test) => {
    const { cwd, db } = await aJournal(test);
    const whole = await backstop(['verify', '--db', db], { cwd });
    expect(whole.stdout).toMatch(/^The journal is whole: \d\d+ entries, head [0-9a-f]{16}\.\n$/);
    expect(whole.code).toBe(0);

    editRow(db, 7, { question: 'users', answer: 'none' });

    const edited = await backstop(['verify', '--db', db], { cwd });
    expect(edited.stdout).toMatch(/not what was written: entry 7 is altered/);
    expect(edited.code).toBe(1);
  });

  it('proves an export, and names the word in it that was changed', async (test) => {
    const { cwd, db } = await aJournal(test);
    await backstop(['export', 'INC-0001', '--db', db, '--format', 'json', '--out', 'told.json'], {
      cwd,
    });
    const proven = await backstop(['verify', '--db', db, '--export', 'told.json'], { cwd });
    expect(proven.stdout).toMatch(
      /told\.json matches the journal: every value in it is what the journal makes of INC-0001 up to entry \d+ \(hash [0-9a-f]{16}\)\.\nThat it was written on .* is its own word: .*\n$/,
    );
    expect(proven.code).toBe(0);

    const text = readFileSync(join(cwd, 'told.json'), 'utf8');
    writeFileSync(join(cwd, 'told.json'), text.replace('checkout is failing', 'checkout is fine'));

    const changed = await backstop(['verify', '--db', db, '--export', 'told.json'], { cwd });
    expect(changed.stdout).toMatch(
      /told\.json does NOT match the journal:\ntitle says "checkout is fine", the journal "checkout is failing"\./,
    );
    expect(changed.code).toBe(1);
    const none = await backstop(['verify', '--db', db, '--export', 'none.md'], { cwd });
    expect(none.stderr).toMatch(/none\.md cannot be read/);
    expect(none.code).toBe(2);
  });
});

describe.concurrent('backstop backup and restore', PATIENT, () => {
  it('copy the journal, take no file’s place silently, and put it back', async (test) => {
    const { cwd, db } = await aJournal(test);
    const made = await backstop(['backup', 'kept.backup', '--db', db], { cwd });
    expect(made.stdout).toMatch(
      /^kept\.backup is written and checked: \d+ entries, head [0-9a-f]{16}\.\n$/,
    );
    expect(made.code).toBe(0);

    const again = await backstop(['backup', 'kept.backup', '--db', db], { cwd });
    expect(again.stderr).toMatch(/kept\.backup exists and was left as it is\. Name another file/);
    expect(again.code).toBe(4);
    const replaced = await backstop(['backup', 'kept.backup', '--db', db, '--replace'], { cwd });
    expect(replaced.code).toBe(0);

    editRow(db, 7, { question: 'users', answer: 'none' });
    const restored = await backstop(['restore', 'kept.backup', '--db', db], { cwd });
    expect(restored.stdout).toMatch(
      /^The journal is kept\.backup again: .*\nWhat was there is now .*kept\.db\.before-\d{8}T\d{6}Z\.\nStart Backstop: /,
    );
    expect((await backstop(['verify', '--db', db], { cwd })).code).toBe(0);
  });
});
