import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { printPdf } from '../../src/cli/pdf.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { CHROMIUM, hasBrowser } from '../browser/support.ts';
import { writeJournal } from '../support/a-written-journal.ts';
import { aRolledBackIncident } from '../support/an-incident-told.ts';
import { aFolderFor, backstop, type Ended } from '../support/command-line.ts';
import { aPrivateBreach } from '../support/more-incidents-told.ts';
import { PATIENT } from '../support/patient.ts';

/** A print takes seconds of a whole core. */
const PRINTS = { timeout: 240_000 };
const canPrint = hasBrowser();

interface Desk {
  readonly cwd: string;
  readonly ask: (...args: readonly string[]) => Promise<Ended>;
}

async function aDesk(test: TestContext): Promise<Desk> {
  const cwd = aFolderFor(test);
  await writeJournal(join(cwd, 'kept.db'), [aRolledBackIncident()]);
  const db = (args: readonly string[]) => (args.includes('--db') ? [] : ['--db', 'kept.db']);
  return { cwd, ask: (...args) => backstop([...args, ...db(args)], { cwd }) };
}

describe.concurrent('backstop export', PATIENT, () => {
  it.for([
    ['csv', /^\uFEFFentry,utc,local,/],
    ['html', /^<!doctype html>/],
  ] as const)('writes %s', async ([format, begins], test) => {
    const { ask } = await aDesk(test);
    const { code, stdout, stderr } = await ask('export', 'INC-0001', '--format', format);
    expect(stdout).toMatch(begins);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('narrows the timeline to a time in the zone and to kinds', async (test) => {
    const { ask } = await aDesk(test);
    const limits = [
      '--since',
      '2026-11-20 15:03',
      '--until',
      '15:04',
      '--kinds',
      'decision,status',
    ];

    const { stdout } = await ask(
      'export',
      'INC-0001',
      '--zone',
      'Europe/Berlin',
      '--format',
      'csv',
      ...limits,
    );

    expect(
      stdout
        .trim()
        .split('\r\n')
        .slice(1)
        .map((row) => row.split(',')[4]),
    ).toEqual(['decision', 'status']);
  });

  it('narrows the timeline to what somebody did about a component', async (test) => {
    const { ask } = await aDesk(test);
    const limits = ['--person', 'u0ben', '--component', 'web'];

    const [csv, listed] = await Promise.all([
      ask('export', 'INC-0001', '--format', 'csv', ...limits),
      ask('timeline', 'INC-0001', ...limits),
    ]);

    expect(csv.stdout).toMatch(/Approved plan INC-0001-P1/);
    expect(csv.stdout).toMatch(/""components"":\[""web""\]/);
    const seqs = (text: string, end: RegExp) =>
      text
        .trim()
        .split(/\r?\n/)
        .slice(1)
        .map((line) => line.split(end)[0]);
    expect(seqs(listed.stdout, / /)).toEqual(seqs(csv.stdout, /,/));
    expect(listed.stdout).not.toMatch(/U0CLEO|Backstop/);
  });

  it.for([
    [['--kinds', 'gossip'], /no kind gossip in a timeline; use incident, /],
    [['--since', 'yore'], /--since yore is not a time; write it as 14:05/],
    [['--since', '16:00', '--until', '15:00'], /--until is before --since/],
    [['--person', 'zoe'], /Nobody called zoe did anything in INC-0001; name .*U0BEN/],
    [['--component', 'moon'], /about a component moon\. Use web/],
    [['--zone', 'Mars/Base'], /no time zone Mars\/Base/],
    [['--redact', 'all'], /--redact all is not known; use --redact people/],
    [['--format', 'pdf'], /A PDF is written to a file: name it with --out/],
  ] as const)('refuses %s', async ([args, says], test) => {
    const { ask } = await aDesk(test);
    const { code, stdout, stderr } = await ask('export', 'INC-0001', ...args);
    expect(stderr).toMatch(says);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('says what to do where no browser can print a PDF', async (test) => {
    const { cwd } = await aDesk(test);
    const args = ['export', 'INC-0001', '--db', 'kept.db', '--format', 'pdf', '--out', 'told.pdf'];

    const none = await backstop(args, { cwd, env: { PATH: cwd } });
    const other = await backstop([...args, '--browser', process.execPath], { cwd });

    expect(none.stderr).toMatch(/no Chromium or Chrome here.*--browser PATH.*--format html/);
    expect(other.stderr).toMatch(/could not print told\.pdf .*--browser.*--format html/);
    expect([none.code, other.code]).toEqual([2, 2]);
    expect(existsSync(join(cwd, 'told.pdf'))).toBe(false);
  });

  it.runIf(canPrint)('prints a PDF by a browser that is there', PRINTS, async (test) => {
    const { cwd, ask } = await aDesk(test);
    const args = ['--format', 'pdf', '--out', 'told.pdf', '--browser', CHROMIUM];

    const { code, stderr } = await ask('export', 'INC-0001', ...args);

    expect({ code, stderr }).toEqual({ code: 0, stderr: 'told.pdf is written.\n' });
    const pdf = readFileSync(join(cwd, 'told.pdf'));
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.length).toBeGreaterThan(20_000);
  });

  it.runIf(canPrint)(
    'prints a PDF whose pages are proven by printing them anew',
    PRINTS,
    async (test) => {
      const { cwd, ask } = await aDesk(test);
      const options = ['--browser', CHROMIUM];
      const at = (name: string): string => join(cwd, name);
      await ask('export', 'INC-0001', '--format', 'pdf', '--out', 'told.pdf', ...options);
      await ask('export', 'INC-0001', '--format', 'html', '--out', 'told.html');
      const page = readFileSync(at('told.html'), 'utf8');
      await printPdf(
        page.replaceAll('Ben', 'Eve').replaceAll('BEN', 'EVE'),
        at('false.pdf'),
        CHROMIUM,
      );
      const pdf = readFileSync(at('told.pdf'));
      const text = pdf.toString('latin1');
      const seal = text.lastIndexOf('%backstop-export');
      writeFileSync(at('bare.pdf'), pdf.subarray(0, seal));
      writeFileSync(at('other.pdf'), text.replace(/Skia\/PDF m\d+/, 'Skia/PDF m1'), 'latin1');
      writeFileSync(at('moved.pdf'), text.replace(/"lastSeq":\d+/, '"lastSeq":3'), 'latin1');
      const verify = (name: string) => ask('verify', '--export', name, ...options);

      const ends: Ended[] = [];
      for (const name of ['told', 'false', 'bare', 'other', 'moved'])
        ends.push(await verify(`${name}.pdf`));
      const [told, changed, bare, other, moved] = ends;

      expect(told?.stdout).toMatch(
        /told\.pdf matches the journal: its pages are, to the letter, those/,
      );
      expect(told?.stdout).toMatch(/That it was written on .* is its own word/);
      expect(changed?.stdout).toMatch(
        /false\.pdf does NOT match the journal:\nIts pages are not those/,
      );
      expect(bare?.stderr).toMatch(/bare\.pdf is a PDF without the seal.*Check the HTML or JSON/);
      expect(other?.stderr).toMatch(/Skia\/PDF m1 printed them, and here is .*--browser/);
      expect(moved?.stdout).toMatch(
        /NOT match the journal:\nEntry 3 of the journal has another hash/,
      );
      expect([told, changed, bare, other, moved].map((each) => each?.code)).toEqual([
        0, 1, 2, 2, 1,
      ]);
    },
  );
});

describe.concurrent('a private incident at the terminal', PATIENT, () => {
  it('is exported with a word on who may see it, and is in no insight and no issue', async (test) => {
    const cwd = aFolderFor(test);
    await writeJournal(join(cwd, 'kept.db'), [aPrivateBreach()]);
    const ask = (...args: readonly string[]) => backstop([...args, '--db', 'kept.db'], { cwd });

    const [file, piped, issue, ...insights] = await Promise.all([
      ask('export', 'INC-0001', '--out', 'told.md'),
      ask('export', 'INC-0001', '--format', 'csv'),
      ask('export', 'INC-0001', '--format', 'github-issue', '--repository', 'acme/checkout'),
      ...['md', 'html', 'csv'].map((format) => ask('insights', '--format', format)),
    ]);

    const says = 'INC-0001 is private: give it only to those who are in it.\n';
    expect(file.stderr).toBe(`told.md is written.\n${says}`);
    expect(piped.stderr).toBe(says);
    expect(readFileSync(join(cwd, 'told.md'), 'utf8')).toMatch(
      /^\| Private \| Only for those who are in it \|$/m,
    );
    expect(issue.code).not.toBe(0);
    expect(issue.stdout).toBe('');
    for (const { code, stdout } of insights) {
      expect(code).toBe(0);
      expect(stdout).not.toMatch(/INC-0001/);
    }
    expect(insights[0]?.stdout).toMatch(/Left out: 1 private\./);
  });
});

describe.concurrent('backstop import', PATIENT, () => {
  it('brings an incident into another journal, whole and chained, and exports the same again', async (test) => {
    const { cwd, ask } = await aDesk(test);
    await ask('export', 'INC-0001', '--format', 'json', '--out', 'told.json');

    const imported = await ask('import', 'told.json', '--db', 'other.db');
    const [verified, listed, again, before] = await Promise.all([
      ask('verify', '--db', 'other.db'),
      ask('incidents', '--db', 'other.db'),
      ask('export', 'INC-0001', '--format', 'csv', '--db', 'other.db'),
      ask('export', 'INC-0001', '--format', 'csv'),
    ]);

    expect(imported).toMatchObject({ code: 0, stderr: '' });
    expect(imported.stdout).toMatch(/^INC-0001 is imported: \d+ events\.\n$/);
    expect(verified.code).toBe(0);
    expect(listed.stdout).toMatch(/INC-0001 .*resolved \(imported\)/);
    // Another journal counts and chains them otherwise.
    const entries = (text: string) => text.replaceAll(/^\d+,|,\d+:[0-9a-f]{64}(?=\r\n)/gm, '');
    expect(entries(again.stdout)).toBe(entries(before.stdout));
    expect(JSON.parse(readFileSync(join(cwd, 'told.json'), 'utf8'))).toHaveProperty('events');
  });

  it('refuses an id that is there, and what is no export', async (test) => {
    const { ask } = await aDesk(test);
    await ask('export', 'INC-0001', '--format', 'json', '--out', 'told.json');
    await ask('export', 'INC-0001', '--format', 'json', '--no-events', '--out', 'shared.json');

    const [clash, shared, none] = await Promise.all([
      ask('import', 'told.json'),
      ask('import', 'shared.json', '--db', 'other.db'),
      ask('import', 'none.json'),
    ]);

    expect(clash.stderr).toMatch(/There is an INC-0001 in this journal\. Import it into one/);
    expect(shared.stderr).toMatch(/carries no events.*Export it again/);
    expect(none.stderr).toMatch(/none\.json cannot be read/);
    expect([clash.code, shared.code, none.code]).toEqual([2, 2, 2]);
  });
});

describe.concurrent('backstop timeline', PATIENT, () => {
  it('lists the entries, and puts them right', async (test) => {
    const { ask } = await aDesk(test);
    const listed = await ask('timeline', 'INC-0001');
    expect(listed.stdout).toMatch(
      /^ENTRY +UTC +KIND +WHO +WHAT\n1 +2026-11-20 14:02:07 +incident /,
    );

    await ask('timeline', 'INC-0001', 'hide', '2', 'it is', 'noise');
    await ask('timeline', 'INC-0001', 'annotate', '1', 'reported by support');
    await ask('timeline', 'INC-0001', 'add', '2026-11-20 13:51', 'The error rate rose.');
    await ask('timeline', 'INC-0001', 'correct', '3', '2026-11-20 13:50', 'the clock was wrong');

    const { stdout } = await ask('timeline', 'INC-0001');
    const lines = stdout.split('\n').map((line) => line.replaceAll(/ +/g, ' '));
    expect(lines[1]).toMatch(/^3 2026-11-20 13:50:00 .*\(time corrected\)$/);
    expect(lines[2]).toMatch(/^\d+ 2026-11-20 13:51:00 note .*The error rate rose\. \(added\)$/);
    expect(lines[3]).toMatch(/^1 .*\[.*: reported by support\]$/);
    expect(stdout).not.toMatch(/^2 /m);
    expect(stdout).toMatch(/Hid entry 2 from the timeline/);
    expect((await ask('verify')).code).toBe(0);
  });

  it.for([
    [
      ['hide', '2', 'it is noise'],
      { do: 'hide', entry: 2, reason: 'it is noise' },
      /^Entry 2 is hidden; .* `show 2 <reason>` puts it back\.\n$/,
    ],
    [
      ['show', '2', 'it matters'],
      { do: 'show', entry: 2, reason: 'it matters' },
      /^Entry 2 is in the timeline again\.\n$/,
    ],
    [
      ['annotate', '2', 'of staging'],
      { do: 'annotate', entry: 2, text: 'of staging' },
      /^The remark was added to entry 2\.\n$/,
    ],
    [
      ['correct', '2', '2026-11-20 13:50', 'the clock was wrong'],
      {
        do: 'correct',
        entry: 2,
        at: Date.UTC(2026, 10, 20, 13, 50),
        reason: 'the clock was wrong',
      },
      /^Entry 2 stands at 20 Nov 2026, 13:50 UTC now; /,
    ],
    [
      ['add', '2026-11-20 13:51', 'The error rate rose.'],
      { do: 'add', at: Date.UTC(2026, 10, 20, 13, 51), text: 'The error rate rose.' },
      /^The entry is added at 20 Nov 2026, 13:51 UTC\.\n$/,
    ],
    [
      ['add', '2026-11-20', '13:51', 'The error', 'rate rose.'],
      { do: 'add', at: Date.UTC(2026, 10, 20, 13, 51), text: 'The error rate rose.' },
      /^The entry is added at 20 Nov 2026, 13:51 UTC\.\n$/,
    ],
    [
      ['correct', '2', '2026-11-20', '13:50', 'the clock', 'was wrong'],
      {
        do: 'correct',
        entry: 2,
        at: Date.UTC(2026, 10, 20, 13, 50),
        reason: 'the clock was wrong',
      },
      /^Entry 2 stands at 20 Nov 2026, 13:50 UTC now; /,
    ],
  ] as const)(
    'records %s as an entry of its own, and keeps the original',
    async ([words, data, says], test) => {
      const { cwd, ask } = await aDesk(test);
      const recorded = async () => {
        const journal = openSqliteJournal({ file: join(cwd, 'kept.db'), now: Date.now });
        const entries = journal.entriesOf('incident/INC-0001');
        await journal.close();
        return entries;
      };
      const before = await recorded();

      const { code, stdout } = await ask('timeline', 'INC-0001', ...words);

      expect(code).toBe(0);
      expect(stdout).toMatch(says);
      const after = await recorded();
      expect(after.slice(0, before.length)).toEqual(before);
      expect(after.slice(before.length)).toMatchObject([
        { type: 'timeline.curated', actor: { kind: 'operator' }, data },
      ]);
      expect((await ask('verify')).code).toBe(0);
    },
  );

  it.for([
    [['hide', '999', 'x'], /no entry 999/, 6],
    [['hide', '2'], /Give a reason/, 2],
    [['annotate', '2', ' '], /Write what is to be in the timeline/, 2],
    [['correct', '2', '2999-01-01 10:00', 'x'], /in the future/, 2],
    [['correct', '2', 'then', 'x'], /The time then is not a time/, 2],
    [['burn', '2'], /no “burn” for a timeline\. Use: hide/, 2],
    [['hide', 'two', 'x'], /“two” is not the number/, 2],
  ] as const)('refuses %s', async ([words, says, exit], test) => {
    const { ask } = await aDesk(test);
    const { code, stderr } = await ask('timeline', 'INC-0001', ...words);
    expect(stderr).toMatch(says);
    expect(code).toBe(exit);
  });
});

describe.concurrent('backstop insights', PATIENT, () => {
  it('writes what the incidents tell', async (test) => {
    const { ask } = await aDesk(test);
    const [md, html, unknown] = await Promise.all([
      ask('insights'),
      ask('insights', '--format', 'html'),
      ask('insights', '--format', 'pdf'),
    ]);
    expect(md.stdout).toMatch(/1 of 1 rollback ended in a verified recovery\./);
    expect(html.stdout).toMatch(/^<!doctype html>/);
    expect(unknown.stderr).toMatch(/no format pdf for insights; use md, html, csv/);
    expect(unknown.code).toBe(2);
  });
});
