import { describe, expect, it } from 'vitest';
import { cancelRun, undoRun } from '../../src/flows/run-steps.ts';
import { lastRun } from '../../src/incident.ts';
import { BEN, running } from './a-rollback.ts';
import type { Part } from './a-system.ts';

const web = (more: Partial<Part> = {}): Part => ({ id: 'web', runs: '3', older: ['2'], ...more });
const worker = (more: Partial<Part> = {}): Part => ({
  id: 'worker',
  runs: '3',
  older: ['2'],
  ...more,
});
const jobs = ['jobs'];

describe('web and worker', () => {
  it('go back together, with what they hold held before and released after', async () => {
    const { world, until } = await running([web(), worker()], jobs);

    await until((incident) => lastRun(incident)?.status === 'finished');

    expect(world.sent).toEqual(['jobs held', 'web to 2', 'worker to 2', 'jobs free']);
  });

  it('stand or fall together: when the worker fails, the web is put back and the jobs are free', async () => {
    const { world, until } = await running([web(), worker({ refuses: true })], jobs);

    const incident = await until(({ runs }) => runs.length === 2 && runs[1]?.status === 'finished');

    expect(world.sent).toEqual(['jobs held', 'web to 2', 'worker to 2', 'jobs free', 'web to 3']);
    expect(incident.runs.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['rollback', 'cancelled'],
      ['undo', 'done'],
    ]);
  });

  it('leave it to a person when nothing was done that could be put back', async () => {
    const { world, until } = await running([web({ refuses: true }), worker({ refuses: true })]);

    const incident = await until((now) => lastRun(now)?.status === 'halted');

    expect(incident.runs).toHaveLength(1);
    expect(world.sent).toEqual(['web to 2', 'worker to 2']);
  });
});

describe('a halted run', () => {
  it('releases what it held when it is cancelled, and starts nothing else', async () => {
    const { world, until, decide } = await running([web({ refuses: true })], jobs);
    await until((incident) => lastRun(incident)?.status === 'halted');

    await decide(BEN, cancelRun('INC-0001-R1', 'We do it by hand.'));
    const incident = await until((now) => lastRun(now)?.status === 'finished');

    expect(world.sent).toEqual(['jobs held', 'web to 2', 'jobs free']);
    expect(lastRun(incident)?.outcome).toBe('cancelled');
    expect(lastRun(incident)?.outcomeReason).toContain('We do it by hand.');
  });

  it('has nothing to take back when nothing was done', async () => {
    const { until, decide } = await running([web({ refuses: true })]);
    await until((incident) => lastRun(incident)?.status === 'halted');

    await expect(decide(BEN, undoRun('INC-0001-R1', 'It is worse.'))).rejects.toThrow(
      'INC-0001-R1 has done nothing yet that could be taken back.',
    );
  });
});
