import { expect, test } from 'vitest';
import {
  outsideWorkingHours,
  WorkingHours,
} from '../../src/integrations/job-guard/working-hours.ts';

const london = WorkingHours.parse({ zone: 'Europe/London' });
const outside = (at: string, hours = london) => {
  const end = outsideWorkingHours(hours, Date.parse(at));
  return end === undefined ? 'now' : new Date(end).toISOString();
};

test.each([
  ['before work', '2026-03-04T08:59:59Z', 'now'],
  ['at its first minute', '2026-03-04T09:00:00Z', '2026-03-04T17:00:00.000Z'],
  ['at its last second', '2026-03-04T16:59:59Z', '2026-03-04T17:00:00.000Z'],
  ['after work', '2026-03-04T17:00:00Z', 'now'],
  ['on Saturday', '2026-03-07T12:00:00Z', 'now'],
  ['in summer, when noon UTC is one in London', '2026-07-01T12:00:00Z', '2026-07-01T16:00:00.000Z'],
])('%s', (_when, at, end) => {
  expect(outside(at)).toBe(end);
});

test('a night shift on the day the clock is put forward ends by the clock of the zone', () => {
  const night = WorkingHours.parse({
    from: '00:00',
    to: '06:00',
    zone: 'Europe/Berlin',
    days: ['Sun'],
  });

  expect(outside('2026-03-29T00:30:00Z', night)).toBe('2026-03-29T04:00:00.000Z');
});
