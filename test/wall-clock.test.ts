import { describe, expect, it } from 'vitest';
import { timeSaid } from '../src/wall-clock.ts';

const NOW = Date.UTC(2026, 10, 21, 13, 2);
const said = (words: string, zone = 'Europe/Berlin', direction: 'ahead' | 'behind' = 'ahead') => {
  const at = timeSaid(words, NOW, zone, direction);
  return at === undefined ? undefined : new Date(at).toISOString().slice(0, 16);
};

describe('a time that somebody says', () => {
  it.each([
    ['14:30', '2026-11-21T13:30'],
    ['14:02', '2026-11-22T13:02'],
    ['9:00', '2026-11-22T08:00'],
    ['tomorrow', '2026-11-22T17:00'],
    ['Tomorrow  09:15', '2026-11-22T08:15'],
    ['2026-12-01', '2026-12-01T17:00'],
    ['2027-07-01 10:00', '2027-07-01T08:00'],
    ['20 min', '2026-11-21T13:22'],
    ['2h', '2026-11-21T15:02'],
    ['1 day', '2026-11-22T13:02'],
    ['25:00', undefined],
    ['12:60', undefined],
    ['2026-13-01', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('“%s” is %s for somebody in Berlin', (words, at) => {
    expect(said(words)).toBe(at);
  });

  it('is of the zone, and looks back where that is meant', () => {
    expect(said('14:30', 'America/New_York')).toBe('2026-11-21T19:30');
    expect(said('14:30', 'UTC', 'behind')).toBe('2026-11-20T14:30');
    expect(said('13:02', 'UTC', 'behind')).toBe('2026-11-21T13:02');
  });

  it('is right on the day the clocks change', () => {
    const before = Date.UTC(2026, 9, 24, 22, 30);
    expect(timeSaid('9:00', before, 'Europe/Berlin', 'ahead')).toBe(Date.UTC(2026, 9, 25, 8, 0));
  });
});
