import { expect, it } from 'vitest';
import { JournalError } from '../src/errors.ts';
import { createIncidents } from '../src/incidents.ts';
import type { Entry } from '../src/journal/journal.ts';
import { ANA, START } from './support/an-incident.ts';

function declared(seq: number, id: string): Entry {
  const data = { id, title: id, summary: '', service: 'checkout', environment: 'production' };
  return told(seq, id, 'incident.declared', data, 1);
}

function told(seq: number, id: string, type: string, data: unknown, version = 2): Entry {
  return { seq, stream: `incident/${id}`, version, type, data, at: START, actor: ANA, hash: '' };
}

const invited = { users: ['U0BEN'] };

it('lists the newest first, and the same list until something changes', () => {
  const incidents = createIncidents();
  incidents.take(declared(1, 'INC-0001'));
  incidents.take(declared(2, 'INC-0002'));

  const list = incidents.all();

  expect(list.map(({ id }) => id)).toEqual(['INC-0002', 'INC-0001']);
  expect(incidents.all()).toBe(list);
  expect(incidents.newest()?.id).toBe('INC-0002');
  incidents.take(told(3, 'INC-0001', 'responders.invited', invited));
  expect(incidents.all()[1]?.responders).toEqual(['U0BEN']);
  expect(list[1]?.responders).toEqual([]);
});

it('lists those that are open, in whichever order they ended and opened again', () => {
  const incidents = createIncidents();
  for (const n of [1, 2, 3]) incidents.take(declared(n, `INC-000${n}`));
  const become = (seq: number, id: string, status: string, version: number) =>
    incidents.take(told(seq, id, 'status.changed', { status, reason: 'so' }, version));
  const open = () => incidents.open().map(({ id }) => id);

  become(4, 'INC-0001', 'resolved', 2);
  become(5, 'INC-0002', 'resolved', 2);
  expect(open()).toEqual(['INC-0003']);
  become(6, 'INC-0001', 'investigating', 3);
  expect(open()).toEqual(['INC-0003', 'INC-0001']);

  const above = createIncidents(incidents);
  above.take(told(7, 'INC-0003', 'status.changed', { status: 'resolved', reason: 'so' }));
  above.take(declared(8, 'INC-0004'));
  expect(above.open().map(({ id }) => id)).toEqual(['INC-0004', 'INC-0001']);
  expect(open()).toEqual(['INC-0003', 'INC-0001']);
});

it('passes over what is not of an incident, but remembers how far it is', () => {
  const incidents = createIncidents();

  const changed = incidents.take({ ...declared(7, 'INC-0001'), stream: 'slack/posted' });

  expect(changed).toBeUndefined();
  expect(incidents.all()).toEqual([]);
  expect(incidents.seq()).toBe(7);
});

it('on top of a base, holds only what differs, and leaves the base as it is until it joins', () => {
  const base = createIncidents();
  base.take(declared(1, 'INC-0001'));
  base.take(declared(2, 'INC-0002'));

  const above = createIncidents(base);
  above.take(told(3, 'INC-0001', 'responders.invited', invited));
  above.take(declared(4, 'INC-0003'));

  expect([...above.changes().keys()]).toEqual(['incident/INC-0001', 'incident/INC-0003']);
  expect(above.all().map(({ id }) => id)).toEqual(['INC-0003', 'INC-0002', 'INC-0001']);
  expect(above.all()[2]?.responders).toEqual(['U0BEN']);
  expect(above.newest()?.id).toBe('INC-0003');
  expect(base.seq()).toBe(2);
  expect(base.get('incident/INC-0001')?.responders).toEqual([]);
  expect(base.newest()?.id).toBe('INC-0002');

  const expected = above.all();
  base.join(above);

  expect(base.all()).toEqual(expected);
  expect(base.seq()).toBe(4);
  expect(base.newest()?.id).toBe('INC-0003');
});

it.each([
  ['comes before its declaration', 'note.added', { text: 'x' }, 'INC-0009'],
  ['is of a run that was never started', 'step.lost', { run: 'INC-0001-R1' }, 'INC-0001'],
  ['is of a type that a newer version wrote', 'tea.brewed', {}, 'INC-0001'],
])('names an entry that %s', (_what, type, data, id) => {
  const incidents = createIncidents();
  incidents.take(declared(1, 'INC-0001'));

  const take = () => incidents.take(told(2, id, type, data));

  expect(take).toThrow(JournalError);
  expect(take).toThrow(`Entry 2 (${type} of incident/${id}) does not fit what came before it: `);
});
