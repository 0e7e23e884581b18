import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MonitorWindow } from '../../src/events.ts';
import { expireApproval } from '../../src/flows/approve.ts';
import { type Deadline, deadlines } from '../../src/flows/deadlines.ts';
import { recordMonitoring } from '../../src/flows/monitor.ts';
import { advancePlaybook } from '../../src/flows/playbook.ts';
import { endQuickFixClock } from '../../src/flows/quick-fix.ts';
import { overrideResponse } from '../../src/flows/respond.ts';
import type { Flow } from '../../src/loop.ts';
import {
  aStory,
  askApproval,
  BACKSTOP,
  BEN,
  decide,
  MINUTE,
  reading,
  SECOND,
  START,
  type Story,
  showPlan,
  takeCommand,
} from '../support/an-incident.ts';
import { ask, closeStory, put } from '../support/asking.ts';

const good = [reading('pass')];

/** An incident with these monitor windows, in milliseconds from now. */
function watching(...windows: readonly MonitorWindow[]): Story {
  const story = aStory();
  const from = windows.map((w) => ({ ...w, from: START + w.from, until: START + w.until }));
  return story.tell(BACKSTOP, {
    type: 'monitor.started',
    data: { run: 'INC-0001-R1', windows: from },
  });
}

const hour = (every: number): MonitorWindow => ({
  name: 'w',
  from: MINUTE,
  until: 60 * MINUTE,
  every,
});

/** What the engine does about a deadline. */
function flowOf(deadline: Deadline, verdict: 'pass' | 'fail' = 'pass'): Flow {
  switch (deadline.kind) {
    case 'approval':
      return expireApproval(deadline.plan);
    case 'quick-fix':
      return endQuickFixClock();
    case 'playbook':
      return advancePlaybook(deadline.number);
    case 'monitor':
      return recordMonitoring(deadline.window, [reading(verdict)]);
  }
}

/** Meets every deadline as it comes; returns when, in minutes from the start. `late` delays each by some milliseconds. */
function meetAll(story: Story, late = 0): readonly number[] {
  const met: number[] = [];
  for (let rounds = 0; rounds < 1_000; rounds += 1) {
    const [next] = deadlines(story.incident()).toSorted((a, b) => a.at - b.at);
    if (!next) return met;
    story.wait(Math.max(0, next.at - story.now()) + late);
    expect(put(story, BACKSTOP, flowOf(next)).length).toBeGreaterThan(0);
    met.push((story.now() - START) / MINUTE);
  }
  throw new Error('It never ends');
}

describe('a monitor window', () => {
  it('is read every so often from its beginning, and ends with the reading at its end', () => {
    const story = watching({ name: 'w', from: 5 * MINUTE, until: 20 * MINUTE, every: 5 * MINUTE });

    expect(meetAll(story)).toEqual([5, 10, 15, 20]);
    expect(story.incident().monitor?.windows[0]).toMatchObject({ passed: true });
  });

  it('ends at its end, although the last interval is shorter', () => {
    expect(meetAll(watching(hour(25 * MINUTE)))).toEqual([1, 26, 51, 60]);
  });

  it('does not drift when readings come late', () => {
    const met = meetAll(watching(hour(10 * MINUTE)), 3 * SECOND);

    expect(met).toHaveLength(7);
    expect(met.map((at, n) => at - [1, 11, 21, 31, 41, 51, 60][n]!)).toEqual(
      Array(7).fill(expect.closeTo(0.05)),
    );
  });

  it('catches up once after a pause, and goes on as if there had been none', () => {
    const story = watching(hour(10 * MINUTE));
    put(story.wait(MINUTE), BACKSTOP, recordMonitoring('w', good));
    story.wait(37 * MINUTE);

    expect(deadlines(story.incident())).toMatchObject([{ at: START + 11 * MINUTE }]);
    expect(put(story, BACKSTOP, recordMonitoring('w', good))).toHaveLength(1);
    expect(deadlines(story.incident())).toMatchObject([{ at: START + 41 * MINUTE }]);
  });

  it('that is over when Backstop comes back ends with one reading', () => {
    const story = watching(hour(MINUTE)).wait(5 * 60 * MINUTE);

    expect(put(story, BACKSTOP, recordMonitoring('w', good)).map(({ type }) => type)).toEqual([
      'monitor.read',
      'monitor.ended',
    ]);
    expect(deadlines(story.incident())).toEqual([]);
  });

  it('follows another one without mixing them up', () => {
    const first = { name: 'first', from: 0, until: 2 * MINUTE, every: MINUTE };
    const second = { name: 'second', from: 2 * MINUTE, until: 4 * MINUTE, every: MINUTE };

    expect(meetAll(watching(first, second))).toEqual([0, 1, 2, 2, 3, 4]);
  });

  it('that begins and ends at once, or is written the wrong way round, is read once', () => {
    expect(meetAll(watching({ name: 'w', from: MINUTE, until: MINUTE, every: MINUTE }))).toEqual([
      1,
    ]);
    expect(meetAll(watching({ name: 'w', from: MINUTE, until: 0, every: MINUTE }))).toEqual([1]);
  });

  it.each([
    ['fail', false],
    ['warn', false],
    ['unknown', false],
    ['pass', true],
  ] as const)('whose last reading is %s has passed: %s', (verdict, passed) => {
    const story = watching(hour(MINUTE)).wait(60 * MINUTE);

    expect(
      ask(story, BACKSTOP, recordMonitoring('w', [reading('pass'), reading(verdict)])),
    ).toEqual([expect.anything(), { type: 'monitor.ended', data: { window: 'w', passed } }]);
    expect(ask(story, BACKSTOP, recordMonitoring('w', []))).toMatchObject([
      {},
      { data: { passed: false } },
    ]);
  });

  it('is not read before it begins, twice for one time, after its end, or when it does not exist', () => {
    const story = watching(hour(10 * MINUTE));
    const read = recordMonitoring('w', good);

    expect(ask(story, BACKSTOP, read)).toEqual([]);
    expect(put(story.wait(MINUTE), BACKSTOP, read)).toHaveLength(1);
    expect(ask(story.wait(9 * MINUTE), BACKSTOP, read)).toEqual([]);
    expect(ask(story, BACKSTOP, recordMonitoring('z', good))).toEqual([]);
    expect(ask(aStory(), BACKSTOP, read)).toEqual([]);
    expect(put(story.wait(60 * MINUTE), BACKSTOP, read)).toHaveLength(2);
    expect(ask(story.wait(60 * MINUTE), BACKSTOP, read)).toEqual([]);
    expect(ask(closeStory(watching(hour(MINUTE)).wait(MINUTE)), BACKSTOP, read)).toEqual([]);
  });

  it('always ends, on time, however long its readings and pauses are', () => {
    const window = fc.record({
      name: fc.constant('w'),
      from: fc.nat(60 * MINUTE),
      until: fc.nat(120 * MINUTE),
      every: fc.integer({ min: 10 * SECOND, max: 30 * MINUTE }),
    });
    fc.assert(
      fc.property(window, fc.nat(5 * MINUTE), (windowOf, late) => {
        const story = watching(windowOf);
        const end = START + Math.max(windowOf.until, windowOf.from);

        const met = meetAll(story, late);

        expect(story.now()).toBeLessThanOrEqual(end + late + Math.max(late, 0));
        expect(story.now()).toBeGreaterThanOrEqual(end);
        expect(met.length).toBeLessThanOrEqual((end - START - windowOf.from) / windowOf.every + 2);
      }),
      { numRuns: 300 },
    );
  });
});

describe('deadlines', () => {
  it('are of the approval that was asked for, until it is decided', () => {
    const story = askApproval(showPlan(aStory()));
    const at = story.incident().proposals[0]?.until;

    expect(deadlines(showPlan(aStory()).incident())).toEqual([]);
    expect(deadlines(story.incident())).toEqual([{ at, kind: 'approval', plan: 'INC-0001-P1' }]);
    expect(meetAll(story)).toHaveLength(1);
  });

  it('are of the quick fix, as long as it is the response', () => {
    const story = decide(takeCommand(aStory()), 'quick-fix', ['r']);
    const until = story.now() + 15 * MINUTE;
    story.tell(BACKSTOP, { type: 'quick-fix.started', data: { branch: 'b', until } });

    expect(deadlines(story.incident())).toEqual([{ at: until, kind: 'quick-fix' }]);
    put(story, BEN, overrideResponse('rollback', 'too long'));
    expect(deadlines(story.incident())).toEqual([]);
    put(story, BEN, overrideResponse('quick-fix', 'found it'));
    expect(meetAll(story)).toHaveLength(1);
  });

  it('end with the incident', () => {
    const story = askApproval(showPlan(watching(hour(MINUTE))));

    expect(deadlines(story.incident())).toHaveLength(2);
    expect(deadlines(closeStory(story).incident())).toEqual([]);
  });
});
