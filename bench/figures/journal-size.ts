/** Whether work stays as fast when the journal has grown: the same operations after 1,000 and after 1,000,000 events. */

import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { addNote } from '../../src/flows/add-note.ts';
import type { Journal, NewEntry } from '../../src/journal/journal.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop, type Loop } from '../../src/loop.ts';
import { type Measured, type Run, spreadOf } from '../figure.ts';
import { inFolder } from '../rig/folder.ts';

const SMALL = 1_000;
const LARGE = 1_000_000;
/** Of one incident, from its declaration to its end. */
const EVENTS_EACH = 100;
const COMMIT = 10_000;
const TIMES = 100;
const ANA = { kind: 'person', id: 'U0ANA' } as const;

type Operation = (loop: Loop, id: string) => Promise<unknown>;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  append: (loop, id) => loop.decide(id, ANA, addNote('The queue is empty again.')),
  'list incidents': async (loop) => loop.openIncidents(),
  'open an incident': (loop) => loop.declare(ANA, (id) => [declared(id)]),
};

/** One incident after another was declared, told and closed; the newest one is open. */
export function journalSize(runs: number): Promise<readonly Measured[]> {
  return inFolder(async (folder) => {
    const small = await grown(join(folder, 'small.db'), SMALL);
    const large = await grown(join(folder, 'large.db'), LARGE);
    const measured: Measured[] = [];
    for (const [name, operation] of Object.entries(OPERATIONS)) {
      const found: Run[] = [];
      await measure(small.loop, operation);
      await measure(large.loop, operation);
      for (let n = 0; n < runs; n += 1) {
        const limit = await measure(small.loop, operation);
        found.push({ ours: await measure(large.loop, operation), limit });
      }
      measured.push({
        figure: {
          name: `${name.replaceAll(' ', '-')}-in-1000000`,
          what: `${name}, with ${LARGE.toLocaleString('en')} events in the journal`,
          limit: `the same with ${SMALL.toLocaleString('en')}`,
          unit: 'µs',
          target: { is: 'at most', times: 1.15 },
        },
        runs: found,
      });
    }
    await Promise.all([small.journal.close(), large.journal.close()]);
    return measured;
  });
}

/** The median of many, in µs; each on an incident that changed just before. */
async function measure(loop: Loop, operation: Operation): Promise<number> {
  const id = loop.incidents()[0]?.id ?? '';
  const took: number[] = [];
  for (let n = 0; n < TIMES; n += 1) {
    await OPERATIONS['append']?.(loop, id);
    const started = performance.now();
    await operation(loop, id);
    took.push(1000 * (performance.now() - started));
  }
  return spreadOf(took).median;
}

async function grown(file: string, events: number): Promise<{ journal: Journal; loop: Loop }> {
  const journal = openSqliteJournal({ file, now: Date.now });
  for (let from = 0; from < events; from += COMMIT) {
    const count = Math.min(COMMIT, events - from);
    const entries = Array.from({ length: count }, (_, n) => entry(from + n, events));
    await journal.transact((tx) => tx.append(entries));
  }
  return { journal, loop: createLoop(journal, Date.now) };
}

function entry(index: number, events: number): NewEntry {
  const number = Math.floor(index / EVENTS_EACH) + 1;
  const id = `INC-${String(number).padStart(4, '0')}`;
  const place = index % EVENTS_EACH;
  const isNewest = number === events / EVENTS_EACH;
  const reason = 'It is over.';
  const event =
    place === 0
      ? declared(id)
      : place === EVENTS_EACH - 1 && !isNewest
        ? { type: 'status.changed', data: { status: 'resolved', reason } }
        : { type: 'note.added', data: { text: 'Looking at the errors of the payment provider.' } };
  return { ...event, stream: `incident/${id}`, actor: ANA };
}

function declared(id: string) {
  const data = { id, title: 'Checkout fails', summary: '', service: 'shop', environment: 'live' };
  return { type: 'incident.declared', data } as const;
}
