/** How fast a very long incident is exported in each format, and how much memory that takes. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import type { Measured, Run } from '../figure.ts';
import type { Exported } from '../rig/export-once.ts';
import { inFolder } from '../rig/folder.ts';
import { programFile } from '../rig/process.ts';

const ENTRIES = 100_000;
const FORMATS = ['md', 'json'];

/** Each export in a process of its own, so that its memory is its own. */
export async function exports(runs: number): Promise<readonly Measured[]> {
  return inFolder(async (folder) => {
    const file = join(folder, 'journal.db');
    await write(file);
    const measured: Measured[] = [];
    for (const format of FORMATS) {
      const rates: Run[] = [];
      const memories: Run[] = [];
      for (let n = 0; n < runs; n += 1) {
        const ours = await exportOnce(file, format);
        const rows = await exportOnce(file, 'rows');
        rates.push({ ours: ENTRIES / ours.seconds, limit: ENTRIES / rows.seconds });
        memories.push({ ours: ours.memory, limit: 0 });
      }
      measured.push(
        {
          figure: {
            name: `export-${format}`,
            what: `export of ${ENTRIES.toLocaleString('en')} entries as ${format}`,
            limit: 'reading the rows and JSON.stringify',
            unit: '/s',
            target: { is: 'at least', times: 0.5 },
          },
          runs: rates,
        },
        {
          figure: {
            name: `export-${format}-memory`,
            what: `memory that the export as ${format} takes on top, at its highest`,
            limit: '',
            unit: 'MiB',
            target: { is: 'at most', times: 0, plus: 64 },
          },
          runs: memories,
        },
      );
    }
    return measured;
  });
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
