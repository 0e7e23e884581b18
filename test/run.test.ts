import { describe, expect, it } from 'vitest';
import { applyToRun, mayBecome, startRun } from '../src/apply-run-event.ts';
import type { Reading } from '../src/component.ts';
import { readySteps } from '../src/due-steps.ts';
import type { PlannedStep } from '../src/plan.ts';
import { allPass, isActive, isDone, type Run, type RunEvent, type StepStatus } from '../src/run.ts';
import { aPlan } from './support/a-plan.ts';
import { reading } from './support/an-incident.ts';

const RUN = 'INC-0001-R1';
const STATUSES: readonly StepStatus[] = [
  'waiting',
  'intended',
  'submitted',
  'lost',
  'succeeded',
  'failed',
  'skipped',
];

function aStep(id: string, after: readonly string[] = []): PlannedStep {
  return { ...(aPlan().steps[0] as PlannedStep), id, after };
}

/** `a`, then `b` and `c` side by side, then `d`. */
const STEPS = [aStep('a'), aStep('b', ['a']), aStep('c', ['a']), aStep('d', ['b', 'c'])];

function aRun(steps = STEPS): Run {
  return startRun({ run: RUN, plan: 'INC-0001-P1', hash: 'h' }, 'rollback', steps, 1_000);
}

const ids = { run: RUN, step: 'a' };
const intent = { ...ids, key: 'k', at: 1, before: 'x', expected: 'y' };
const to = {
  intended: { type: 'step.intended', data: { ...ids, intent } },
  submitted: { type: 'step.submitted', data: { ...ids, handle: 'h' } },
  lost: { type: 'step.lost', data: { ...ids, reason: 'no answer' } },
  succeeded: { type: 'step.succeeded', data: { ...ids, how: 'applied' } },
  failed: { type: 'step.failed', data: { ...ids, reason: 'refused', settled: true } },
  skipped: { type: 'step.skipped', data: { ...ids, reason: 'not needed' } },
  waiting: { type: 'step.retried', data: ids },
} as const satisfies Record<StepStatus, RunEvent>;

const halted: RunEvent = { type: 'run.halted', data: { ...ids, reason: 'refused' } };

function tell(run: Run, ...events: readonly RunEvent[]): Run {
  return events.reduce((before, event, index) => applyToRun(before, event, 2_000 + index), run);
}

/** How a step comes to each status. */
const WAYS: Readonly<Record<StepStatus, readonly RunEvent[]>> = {
  waiting: [],
  intended: [to.intended],
  submitted: [to.intended, to.submitted],
  lost: [to.intended, to.lost],
  succeeded: [to.intended, to.submitted, to.succeeded],
  failed: [to.intended, to.failed],
  skipped: [to.failed, to.skipped],
};

describe('a step', () => {
  it.each(STATUSES)('that is %s goes on only as the table allows', (from) => {
    const run = tell(aRun(), ...WAYS[from]);
    expect(run.steps['a']?.status).toBe(from);

    for (const next of STATUSES) {
      const go = () => tell(run, to[next]).steps['a']?.status;
      if (mayBecome(from, next)) expect(go()).toBe(next);
      else expect(go).toThrow(`${RUN}: step a cannot go from ${from} to ${next}`);
    }
  });

  it.each(['succeeded', 'skipped'] as const)('that is %s stays so for ever', (end) => {
    expect(STATUSES.filter((next) => mayBecome(end, next))).toEqual([]);
    expect(STATUSES.filter((status) => isDone({ id: 'a', status, attempt: 1 }))).toContain(end);
  });

  it('is never sent again without a person once it failed', () => {
    expect(mayBecome('failed', 'intended')).toBe(false);
    expect(mayBecome('waiting', 'submitted')).toBe(false);
  });

  it('keeps its first start, counts its attempts and forgets the handle of the one before', () => {
    const run = tell(aRun(), to.intended, to.submitted, to.lost, to.intended);

    expect(run.steps['a']).toEqual({
      id: 'a',
      status: 'intended',
      attempt: 2,
      intent,
      startedAt: 2_000,
      note: 'no answer',
    });
  });

  it('keeps the intent of a failure after which something may still arrive', () => {
    const failed = (settled: boolean) =>
      tell(aRun(), to.intended, { ...to.failed, data: { ...to.failed.data, settled } }).steps['a'];

    expect(failed(false)).toMatchObject({ intent, note: 'refused', endedAt: 2_001 });
    expect(failed(true)).not.toHaveProperty('intent');
  });

  it('shows its progress as a note and stays what it is', () => {
    const progressed: RunEvent = { type: 'step.progressed', data: { ...ids, note: '40%' } };

    const run = tell(aRun(), to.intended, to.submitted, progressed);

    expect(run.steps['a']).toMatchObject({ status: 'submitted', note: '40%' });
  });

  it('has to be one of the plan', () => {
    const stray: RunEvent = { type: 'step.retried', data: { run: RUN, step: 'z' } };

    expect(() => tell(aRun(), stray)).toThrow(`${RUN} has no step z`);
  });
});

describe('ready steps', () => {
  const readyIn = (run: Run) => readySteps(run, STEPS).map(({ id }) => id);
  const done = (step: string): RunEvent => ({
    type: 'step.succeeded',
    data: { run: RUN, step, how: 'already' },
  });

  it('are those whose turn it is', () => {
    expect(readyIn(aRun())).toEqual(['a']);
    expect(readyIn(tell(aRun(), to.intended))).toEqual([]);
    expect(readyIn(tell(aRun(), done('a')))).toEqual(['b', 'c']);
    expect(readyIn(tell(aRun(), done('a'), done('b')))).toEqual(['c']);
    expect(readyIn(tell(aRun(), done('a'), done('b'), done('c')))).toEqual(['d']);
  });

  it('do not wait for a step that was skipped, but for one that failed', () => {
    expect(readyIn(tell(aRun(), to.failed, halted))).toEqual([]);
    expect(readyIn(tell(aRun(), to.failed, halted, to.skipped))).toEqual(['b', 'c']);
    expect(readyIn(tell(aRun(), to.failed, halted, to.waiting))).toEqual(['a']);
  });
});

describe('a run', () => {
  it('holds its environment until it is finished, halted or not', () => {
    const run = tell(aRun(), to.failed, halted);
    const finished = tell(run, {
      type: 'run.finished',
      data: { run: RUN, outcome: 'cancelled', reason: 'enough' },
    });

    expect([isActive(aRun()), isActive(run), isActive(finished)]).toEqual([true, true, false]);
    expect(run).toMatchObject({ status: 'halted', halt: { step: 'a', reason: 'refused' } });
    expect(finished).toMatchObject({ outcome: 'cancelled', outcomeReason: 'enough' });
    expect(finished).not.toHaveProperty('halt');
  });

  it.each(['waiting', 'skipped', 'succeeded'] as const)(
    'goes on when the step it halted for is %s',
    (next) => {
      const run = tell(aRun(), to.intended, to.failed, halted, to[next]);

      expect(run.status).toBe('running');
      expect(run).not.toHaveProperty('halt');
    },
  );

  it('stays halted when another step, which was under way, succeeds', () => {
    const beside: RunEvent = {
      type: 'step.succeeded',
      data: { run: RUN, step: 'b', how: 'applied' },
    };

    expect(tell(aRun(), to.failed, halted, beside)).toMatchObject({
      status: 'halted',
      halt: { step: 'a' },
    });
  });
});

describe('verification', () => {
  const read = (...readings: readonly Reading[]): RunEvent => ({
    type: 'verification.read',
    data: { run: RUN, readings },
  });
  const good = read(reading('pass'));

  it('counts the good rounds in a row', () => {
    const run = tell(aRun(), { type: 'verification.started', data: { run: RUN } }, good, good);

    expect(run).toMatchObject({ status: 'verifying', verification: { streak: 2 } });
    expect(tell(run, read(reading('fail'))).verification?.streak).toBe(0);
    expect(tell(run, read(reading('fail')), good).verification?.streak).toBe(1);
  });

  it.each([
    [[], false],
    [[reading('pass')], true],
    [[reading('pass'), reading('warn')], false],
    [[reading('unknown')], false],
  ])('counts a round as good only when there are readings and all pass (%#)', (readings, good) => {
    expect(allPass(readings)).toBe(good);
  });
});
