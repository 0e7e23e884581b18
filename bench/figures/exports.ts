/** How fast a very long incident is exported in each format, listed and put right, and how much memory that takes. */

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
const COUNT = ENTRIES.toLocaleString('en');

interface Figured {
  readonly name: string;
  readonly what: string;
  /** How fast it is to be at least, in entries, beside reading their rows. */
  readonly times: number;
}

/** A page knows how many entries there are and whom to filter by, and so goes through them all twice. */
const TIMELINE: Readonly<Record<string, Figured>> = {
  list: { name: 'timeline-list', what: `list of a timeline of ${COUNT} entries`, times: 0.5 },
  page: {
    name: 'timeline-page',
    what: `first page of a timeline of ${COUNT} entries`,
    times: 0.25,
  },
};

/** Each export in a process of its own, so that its memory is its own. */
export async function exports(runs: number): Promise<readonly Measured[]> {
  return inFolder(async (folder) => {
    const file = join(folder, 'journal.db');
    await write(file);
    const found = new Map<string, Exported[]>([['rows', []]]);
    for (const what of [...FORMATS, ...Object.keys(TIMELINE)]) found.set(what, []);
    for (let n = 0; n < runs; n += 1) {
      for (const [what, times] of found) times.push(await exportOnce(file, what));
    }
    const rows = found.get('rows') ?? [];
    const told = (what: string): readonly Exported[] => found.get(what) ?? [];
    return [
      ...FORMATS.flatMap((format) => {
        const words = { name: `export-${format}`, what: `export of ${COUNT} entries as ${format}` };
        return figuresOf({ ...words, times: 0.5 }, told(format), rows);
      }),
      ...Object.entries(TIMELINE).flatMap(([what, figure]) => figuresOf(figure, told(what), rows)),
    ];
  });
}

function figuresOf(
  { name, what, times }: Figured,
  ours: readonly Exported[],
  rows: readonly Exported[],
): readonly Measured[] {
  const rate = (exported: Exported | undefined): number => ENTRIES / (exported?.seconds ?? 0);
  return [
    {
      figure: {
        name,
        what,
        limit: 'reading the rows and JSON.stringify',
        unit: '/s',
        target: { is: 'at least', times },
      },
      runs: ours.map((one, n): Run => ({ ours: rate(one), limit: rate(rows[n]) })),
    },
    {
      figure: {
        name: `${name}-memory`,
        what: `memory that the ${what} takes on top, at its highest`,
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
