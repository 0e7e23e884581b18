/** How fast a very long incident is exported in each format, and how much memory that takes. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { FORMATS } from '../../src/journal/exports/documents.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import type { Measured, Run } from '../figure.ts';
import type { Exported } from '../rig/export-once.ts';
import { inFolder } from '../rig/folder.ts';
import { programFile } from '../rig/process.ts';

const ENTRIES = 100_000;

/** Each export in a process of its own, so that its memory is its own. */
export async function exports(runs: number): Promise<readonly Measured[]> {
  return inFolder(async (folder) => {
    const file = join(folder, 'journal.db');
    await write(file);
    const found = new Map<string, Exported[]>([['rows', []]]);
    for (const format of FORMATS) found.set(format, []);
    for (let n = 0; n < runs; n += 1) {
      for (const [what, times] of found) times.push(await exportOnce(file, what));
    }
    const rows = found.get('rows') ?? [];
    return FORMATS.flatMap((format) => figuresOf(format, found.get(format) ?? [], rows));
  });
}

function figuresOf(
  format: string,
  ours: readonly Exported[],
  rows: readonly Exported[],
): readonly Measured[] {
  const rate = (exported: Exported | undefined): number => ENTRIES / (exported?.seconds ?? 0);
  return [
    {
      figure: {
        name: `export-${format}`,
        what: `export of ${ENTRIES.toLocaleString('en')} entries as ${format}`,
        limit: 'reading the rows and JSON.stringify',
        unit: '/s',
        target: { is: 'at least', times: 0.5 },
      },
      runs: ours.map((one, n): Run => ({ ours: rate(one), limit: rate(rows[n]) })),
    },
    {
      figure: {
        name: `export-${format}-memory`,
        what: `memory that the export as ${format} takes on top, at its highest`,
        limit: '',
        unit: 'MiB',
        target: { is: 'at most', times: 0, plus: 64 },
      },
      runs: ours.map(({ memory }): Run => ({ ours: memory, limit: 0 })),
    },
  ];
}

async function exportOnce(file: string, what: string): Promise<Exported> {
  const child = fork(programFile('bench/rig/export-once.js'), [file, what], {
    execArgv: ['--expose-gc'],
  });
  const [exported] = (await once(child, 'message')) as [Exported];
  return exported;
}

async function write(file: string): Promise<void> {
  const journal = openSqliteJournal({ file, now: Date.now });
  const stream = 'incident/INC-0001';
  const id = 'INC-0001';
  const data = { id, title: 'Shop fails', summary: '', service: 'shop', environment: 'live' };
  const people = ['Ana', 'Ben', 'Cleo'];
  await journal.transact((tx) => {
    tx.append([{ stream, type: 'incident.declared', actor: { kind: 'backstop' }, data }]);
    tx.append(
      Array.from({ length: ENTRIES - 1 }, (_, n) => ({
        stream,
        type: 'note.added',
        actor: { kind: 'person' as const, id: `U0${n % 3}`, name: people[n % 3] ?? '' },
        data: { text: `Queue of unsent mails: ${n}; the payment provider answers again.` },
      })),
    );
  });
  await journal.close();
}
