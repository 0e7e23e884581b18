import { expect, it } from 'vitest';
import type { EventData } from '../src/events.ts';
import { reopenIncident } from '../src/flows/change-status.ts';
import { openSqliteJournal } from '../src/journal/sqlite.ts';
import { createLoop } from '../src/loop.ts';
import { ANA } from './support/an-incident.ts';

function declaration(id: string, more: Partial<EventData['incident.declared']> = {}) {
  const data = { id, title: id, summary: '', service: 's', environment: 'e', ...more };
  return { stream: `incident/${id}`, type: 'incident.declared', actor: ANA, data } as const;
}

it('an imported incident is told to nobody, takes no number from others, and is not reopened', async () => {
  const journal = openSqliteJournal({ file: ':memory:', now: () => 0 });
  await journal.transact((tx) => tx.append([declaration('INC-0005')]));
  const loop = createLoop(journal, () => 0);
  const told: string[] = [];
  loop.subscribe(({ id }) => told.push(id));

  const imported = { at: 0, by: 'ana', lastSeq: 9 };
  const stream = 'incident/INC-0002';
  const data = { status: 'resolved', reason: 'over' };
  await journal.transact((tx) =>
    tx.append([
      declaration('INC-0002', { imported }),
      { stream, type: 'status.changed', actor: ANA, data },
    ]),
  );
  loop.catchUp();
  const { incident } = await loop.declare(ANA, (id) => {
    const { type, data: declared } = declaration(id);
    return [{ type, data: declared }];
  });

  expect(incident.id).toBe('INC-0006');
  expect(told).toEqual(['INC-0006']);
  await expect(loop.decide('INC-0002', ANA, reopenIncident('again'))).rejects.toThrow(
    /was imported to be read/,
  );
  await journal.close();
});
