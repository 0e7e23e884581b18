import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { takeEngineLock } from '../../src/journal/lock.ts';
import { type Child, compile, start } from '../support/children.ts';
import { aFolder, aJournalFile, entry, openJournal } from '../support/journal.ts';

let built: ReturnType<typeof compile>;
beforeAll(() => {
  built = compile('journal-child.ts');
});
afterAll(() => built.remove());

function run(...args: readonly string[]): Child {
  return start(process.execPath, [built.program, ...args]);
}

it('takes appends of several processes into one chain, from a file none of them found', async () => {
  const file = aJournalFile();
  const writers = ['a', 'b', 'c'].map((name) => run('write', file, name, '60'));

  const codes = await Promise.all(writers.map(({ ended }) => ended));

  expect(codes).toEqual([0, 0, 0]);
  const journal = openJournal(file);
  expect(journal.verify()).toMatchObject({ ok: true, entries: 180 });
  for (const name of ['a', 'b', 'c']) expect(journal.entriesOf(name)).toHaveLength(60);
});

it('has every acknowledged append after its writer was killed, time after time', async () => {
  const file = aJournalFile();
  let acknowledged = 0;

  for (const kills of [5, 40, 17]) {
    const writer = run('write', file, 'a', '100000');
    await writer.wrote(kills);
    writer.process.kill('SIGKILL');
    await writer.ended;
    acknowledged += writer.lines.length;
    const journal = openJournal(file);
    // At most the one append whose acknowledgement was not written any more.
    expect([0, 1]).toContain(journal.entriesOf('a').length - acknowledged);
    acknowledged = journal.entriesOf('a').length;
    expect(journal.verify()).toMatchObject({ ok: true, entries: acknowledged });
  }
});

it('makes a journal whose making was killed before any of its statements', async () => {
  let kills = 0;
  for (let statement = 1; ; statement += 1) {
    const file = aJournalFile();
    const maker = run('begin', file, String(statement));
    if ((await maker.ended) === 0) break;
    expect(maker.process.signalCode).toBe('SIGKILL');
    kills += 1;
    const journal = openJournal(file);
    await journal.transact((tx) => tx.append([entry('a')]));
    expect(journal.verify()).toMatchObject({ ok: true, entries: 1 });
  }
  // The settings of the store, the schema, and its version.
  expect(kills).toBeGreaterThan(5);
}, 60_000);

it('brings every commit to the disk before it is acknowledged', async () => {
  const file = aJournalFile();
  const traced = join(aFolder(), 'trace');
  const follow = ['-f', '-o', traced, '-e', 'trace=fsync,fdatasync'];
  const strace = spawnSync('strace', [...follow, process.execPath, '--version']);
  if (strace.status !== 0) {
    process.stdout.write(
      'Not counted: how often the journal reaches the disk, because strace is not here.\n',
    );
    return;
  }

  const writer = start('strace', [
    ...follow,
    process.execPath,
    built.program,
    'write',
    file,
    'a',
    '100',
  ]);

  expect(await writer.ended).toBe(0);
  expect(openJournal(file).entriesOf('a')).toHaveLength(100);
  const syncs = readFileSync(traced, 'utf8').match(/f(data)?sync\(/g) ?? [];
  expect(syncs.length).toBeGreaterThanOrEqual(100);
});

it('says so when the disk takes no more, and has what it acknowledged', async () => {
  const file = aJournalFile();
  const limited = `trap '' XFSZ; ulimit -f 600; exec "$0" "$@"`;
  const writer = start('bash', [
    '-c',
    limited,
    process.execPath,
    built.program,
    'write',
    file,
    'a',
    '100000',
  ]);

  expect(await writer.ended).toBe(1);

  expect(writer.lines.at(-1)).toMatch(
    /JournalError: The journal at .* (could not be written: check the disk|has no room left).*Nothing was recorded/,
  );
  const journal = openJournal(file);
  expect(journal.entriesOf('a')).toHaveLength(writer.lines.length - 1);
  expect(journal.verify().ok).toBe(true);
  await expect(journal.transact((tx) => tx.append([entry('a')]))).resolves.toHaveLength(1);
});

it('lets one process carry out runs, and the next one as soon as the first is gone', async () => {
  const file = aJournalFile();
  const first = run('lock', file);
  await first.wrote(1);
  const second = run('lock', file);
  await second.wrote(1);

  expect([first.lines[0], second.lines[0]]).toEqual(['locked', 'refused']);
  expect(takeEngineLock(file)).toBeUndefined();
  await openJournal(file).transact((tx) => tx.append([entry('a')]));
  first.process.kill('SIGKILL');
  await first.ended;

  const lock = takeEngineLock(file);
  expect(lock).toBeDefined();
  expect(takeEngineLock(file)).toBeUndefined();
  lock?.release();
  const again = takeEngineLock(file);
  expect(again).toBeDefined();
  again?.release();
});

it('says where the lock could not be made', () => {
  expect(() => takeEngineLock(`${aFolder()}/not/there.db`)).toThrow(/there\.db\.lock .*directory/);
});
