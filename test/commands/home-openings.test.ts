import { describe, expect, it } from 'vitest';
import { LOOKING_LIMIT, openHomeOpenings } from '../../src/commands/home-openings.ts';
import { aClock, openJournal } from '../support/journal.ts';

const MINUTE_MS = 60_000;

function opened() {
  const clock = aClock();
  const journal = openJournal(undefined, clock);
  const open = () => openHomeOpenings(journal, () => clock.now());
  return { clock, journal, open, openings: open() };
}

describe('who has opened the home tab lately', () => {
  it('is known to the next process, for half an hour', async () => {
    const { clock, openings, open } = opened();
    await openings.opened('U1');
    clock.pass(10 * MINUTE_MS);
    await openings.opened('U2');
    expect(open().lately()).toEqual(['U1', 'U2']);
    clock.pass(21 * MINUTE_MS);
    expect(open().lately()).toEqual(['U2']);
    expect(openings.lately()).toEqual(['U2']);
    clock.pass(10 * MINUTE_MS);
    expect(open().lately()).toEqual([]);
  });

  it('is written down once in a while, however often somebody opens it', async () => {
    const { clock, journal, openings, open } = opened();
    for (let times = 0; times < 20; times += 1) {
      await openings.opened('U1');
      clock.pass(MINUTE_MS / 2);
    }
    expect(journal.head().seq).toBe(2);
    expect(open().lately()).toEqual(['U1']);
  });

  it('is no more than a few: whoever looked first is left out', async () => {
    const { openings, open } = opened();
    for (let user = 1; user <= LOOKING_LIMIT + 2; user += 1) await openings.opened(`U${user}`);
    for (const each of [openings, open()]) {
      expect(each.lately()).toHaveLength(LOOKING_LIMIT);
      expect(each.lately()).not.toContain('U2');
      expect(each.lately()).toContain(`U${LOOKING_LIMIT + 2}`);
    }
  });
});
