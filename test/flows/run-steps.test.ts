import { describe, expect, it } from 'vitest';
import {
  cancelRun,
  doneByHand,
  endStale,
  finishSteps,
  recordStep,
  retryStep,
  skipStep,
  undoRun,
} from '../../src/flows/run-steps.ts';
import type { Flow } from '../../src/loop.ts';
import type { RunEvent } from '../../src/run.ts';
import { aPlan } from '../support/a-plan.ts';
import {
  ANA,
  approve,
  aStory,
  askApproval,
  BACKSTOP,
  BEN,
  beginStep,
  finishStep,
  proposal,
  recover,
  type Story,
  showPlan,
  startOf,
  takeCommand,
  verify,
} from '../support/an-incident.ts';
import { ask, OPERATOR, put, refused } from '../support/asking.ts';

const RUN = 'INC-0001-R1';
const STEP = 'swap-slot';
const SWAP = { run: RUN, step: STEP };

const running = (): Story => approve(askApproval(showPlan(takeCommand(aStory()))));
const failed = (step: string, reason = 'Azure refused.') =>
  recordStep({ type: 'step.failed', data: { run: RUN, step, reason, settled: true } });

function halted(): Story {
  const story = beginStep(running(), 'swap-slot');
  put(story, BACKSTOP, failed('swap-slot'));
  return story;
}

/** A run of three steps side by side. */
function ofThree(): Story {
  const plan = aPlan();
  const steps = ['a', 'b', 'c'].flatMap((id) => plan.steps.map((step) => ({ ...step, id })));
  const story = takeCommand(aStory()).tell(BACKSTOP, {
    type: 'plan.proposed',
    data: { plan: { ...plan, steps } },
  });
  return story.tell(BEN, startOf(story));
}

describe('recording a step', () => {
  it('takes what may follow, and drops what comes too late', () => {
    const story = beginStep(running(), 'swap-slot');
    const submitted: RunEvent = { type: 'step.submitted', data: { ...SWAP, handle: 'h' } };
    const done: RunEvent = { type: 'step.succeeded', data: { ...SWAP, how: 'applied' } };

    expect(put(story, BACKSTOP, recordStep(done))).toEqual([done]);
    expect(ask(story, BACKSTOP, recordStep(done))).toEqual([]);
    expect(ask(story, BACKSTOP, recordStep(submitted))).toEqual([]);
    expect(ask(story, BACKSTOP, failed('swap-slot'))).toEqual([]);
  });

  it('takes nothing of a run or a step that is not there, or of a run that has ended', () => {
    const over = recover(verify(finishStep(beginStep(running(), 'swap-slot'), 'swap-slot'), 3));
    const note = recordStep({ type: 'step.progressed', data: { ...SWAP, note: '40%' } });

    expect(ask(over, BACKSTOP, note)).toEqual([]);
    expect(ask(aStory(), BACKSTOP, note)).toEqual([]);
    expect(ask(running(), BACKSTOP, failed('z'))).toEqual([]);
    expect(ask(running(), BACKSTOP, note)).toHaveLength(1);
  });

  it('halts the run with a step that failed', () => {
    expect(halted().incident().runs[0]).toMatchObject({
      status: 'halted',
      halt: { step: 'swap-slot', reason: 'Azure refused.' },
    });
  });
});

describe('a halted run', () => {
  it.each<[string, Flow, object]>([
    ['retried', retryStep(RUN, STEP), { status: 'waiting', attempt: 1 }],
    ['skipped', skipStep(RUN, STEP, 'not needed'), { status: 'skipped', note: 'not needed' }],
    [
      'done by hand',
      doneByHand(RUN, STEP, 'in the portal'),
      { status: 'succeeded', note: 'in the portal' },
    ],
  ])('goes on when its step is %s', (_what, flow, step) => {
    const story = halted();

    put(story, BEN, flow);

    const [run] = story.incident().runs;
    expect(run?.steps['swap-slot']).toMatchObject(step);
    expect(run).toMatchObject({ status: 'running' });
    expect(run).not.toHaveProperty('halt');
  });

  it('goes on only when a person has decided on each step that failed', () => {
    const story = ofThree();
    put(story, BACKSTOP, failed('a', 'first'));
    put(story, BACKSTOP, failed('b', 'second'));
    put(story, BACKSTOP, failed('c', 'third'));
    const state = () => story.incident().runs[0];

    expect(state()?.halt).toEqual({ step: 'c', reason: 'third' });
    put(story, BEN, retryStep(RUN, 'c'));
    expect(state()).toMatchObject({ status: 'halted', halt: { step: 'a', reason: 'first' } });
    put(story, BEN, doneByHand(RUN, 'a', 'by hand'));
    expect(state()).toMatchObject({ status: 'halted', halt: { step: 'b', reason: 'second' } });
    put(story, BEN, skipStep(RUN, 'b', 'no'));
    expect(state()).toMatchObject({ status: 'running' });
    expect(state()?.steps).toMatchObject({
      a: { status: 'succeeded' },
      b: { status: 'skipped' },
      c: { status: 'waiting' },
    });
  });

  it('takes a decision for the step that it was made about, whichever the run has halted at by then', () => {
    const story = ofThree();
    put(story, BACKSTOP, failed('a', 'first'));
    put(story, BACKSTOP, failed('b', 'second'));
    const state = () => story.incident().runs[0];

    put(story, BEN, skipStep(RUN, 'a', 'The cache is empty anyway.'));

    expect(state()).toMatchObject({
      status: 'halted',
      halt: { step: 'b', reason: 'second' },
      steps: { a: { status: 'skipped' }, b: { status: 'failed' } },
    });
    for (const again of [
      retryStep(RUN, 'a'),
      skipStep(RUN, 'a', 'The cache is empty anyway.'),
      doneByHand(RUN, 'a', 'Emptied it.'),
    ]) {
      expect(refused(story, BEN, again)).toMatchObject({
        code: 'out-of-date',
        message:
          'The step “Swap staging into production” does not wait for a decision any more; INC-0001-R1 has halted at another step. Look at its newest card.',
      });
    }
  });

  it('ends where it stands when it is cancelled', () => {
    const story = halted();

    expect(put(story, BEN, cancelRun(RUN, 'by hand now'))).toEqual([
      {
        type: 'run.finished',
        data: {
          run: RUN,
          outcome: 'cancelled',
          reason: 'by hand now. Nothing had been carried out.',
        },
      },
    ]);
    expect(story.incident().runs[0]?.steps['swap-slot']?.status).toBe('failed');
  });

  it.each<[string, Flow, string]>([
    ['skipping', skipStep(RUN, STEP, ' '), 'reason'],
    ['doing by hand', doneByHand(RUN, STEP, ''), 'note'],
    ['cancelling', cancelRun(RUN, ''), 'reason'],
  ])('%s takes words', (_what, flow, field) => {
    expect(refused(halted(), BEN, flow)).toMatchObject({ code: 'invalid-input', field });
  });
});

describe.each<[string, Flow]>([
  ['retrying', retryStep(RUN, STEP)],
  ['skipping', skipStep(RUN, STEP, 'why')],
  ['doing by hand', doneByHand(RUN, STEP, 'how')],
])('%s', (_what, flow) => {
  it('is for the incident commander, and for the operator at the terminal', () => {
    expect(refused(halted(), ANA, flow).code).toBe('forbidden');
    expect(ask(halted(), OPERATOR, flow)).toHaveLength(1);
  });

  it('is refused unless the run has halted', () => {
    expect(refused(running(), BEN, flow)).toMatchObject({
      code: 'out-of-date',
      message: 'INC-0001-R1 is not halted any more; look at its newest card.',
    });
    expect(refused(takeCommand(aStory()), BEN, flow).code).toBe('not-found');
    const twice = halted();
    put(twice, BEN, flow);
    expect(refused(twice, BEN, flow).code).toBe('out-of-date');
  });
});

describe('cancelling a run that is at work', () => {
  const cancel = cancelRun(RUN, 'wrong service');

  it('ends it at once when nothing was sent', () => {
    expect(ask(running(), BEN, cancel)).toMatchObject([
      { type: 'run.finished', data: { outcome: 'cancelled' } },
    ]);
  });

  it('follows what cannot be stopped any more to its end, and says how far it came', () => {
    const story = beginStep(running(), 'swap-slot');

    expect(put(story, BEN, cancel)).toEqual([
      { type: 'run.cancelling', data: { run: RUN, reason: 'wrong service' } },
    ]);
    expect(refused(story, BEN, cancel)).toMatchObject({ code: 'already-done' });
    expect(ask(story, BACKSTOP, finishSteps(RUN, 2))).toEqual([]);
    finishStep(story, 'swap-slot');
    expect(put(story, BACKSTOP, finishSteps(RUN, 2))).toMatchObject([
      {
        data: {
          outcome: 'cancelled',
          reason: 'wrong service. Carried out before: “Swap staging into production”.',
        },
      },
    ]);
    expect(story.incident().runs[0]?.status).toBe('finished');
  });

  it('is for the incident commander, of a run that has not ended', () => {
    const over = running();
    put(over, BEN, cancel);

    expect(refused(running(), ANA, cancel).code).toBe('forbidden');
    expect(refused(over, BEN, cancel)).toMatchObject({
      code: 'already-done',
      message: 'INC-0001-R1 has ended already; nothing was changed.',
    });
    expect(refused(takeCommand(aStory()), BEN, cancel).code).toBe('not-found');
  });
});

describe('taking back a halted run', () => {
  const WHY = 'It is worse than before.';

  it('calls for the plan that does, when something was done', () => {
    const story = ofThree();
    const done = {
      type: 'step.succeeded',
      data: { run: RUN, step: 'a', how: 'observed' },
    } as const;
    put(story, BACKSTOP, recordStep(done));
    put(story, BACKSTOP, failed('b'));

    expect(ask(story, BEN, undoRun(RUN, WHY))).toMatchObject([
      {
        type: 'run.finished',
        data: { outcome: 'cancelled', reason: expect.stringContaining(WHY) },
      },
      { type: 'plan.wanted', data: { kind: 'undo', run: RUN, reason: WHY } },
    ]);
    expect(refused(story, ANA, undoRun(RUN, WHY)).code).toBe('forbidden');
    expect(refused(story, BEN, undoRun(RUN, ' '))).toMatchObject({ field: 'reason' });
  });

  it('calls for it also when what was done was done by hand', () => {
    const story = ofThree();
    put(story, BACKSTOP, failed('a'));
    put(story, BEN, doneByHand(RUN, 'a', 'In the portal.'));
    put(story, BACKSTOP, failed('b'));

    expect(ask(story, BEN, undoRun(RUN, WHY))).toMatchObject([
      { type: 'run.finished' },
      { type: 'plan.wanted', data: { kind: 'undo', run: RUN } },
    ]);
  });

  it('is refused when nothing was done', () => {
    expect(refused(halted(), BEN, undoRun(RUN, WHY)).code).toBe('not-possible');
    expect(refused(running(), BEN, undoRun(RUN, WHY)).code).toBe('out-of-date');
  });
});

describe('when every step has ended', () => {
  const done = () => finishStep(beginStep(running(), 'swap-slot'), 'swap-slot');

  it('verification begins, once', () => {
    const story = done();

    expect(put(story, BACKSTOP, finishSteps(RUN, 2))).toEqual([
      { type: 'verification.started', data: { run: RUN } },
    ]);
    expect(ask(story, BACKSTOP, finishSteps(RUN, 2))).toEqual([]);
  });

  it('not before, and not while it is halted', () => {
    expect(ask(running(), BACKSTOP, finishSteps(RUN, 2))).toEqual([]);
    expect(ask(halted(), BACKSTOP, finishSteps(RUN, 2))).toEqual([]);
    expect(ask(aStory(), BACKSTOP, finishSteps(RUN, 2))).toEqual([]);
  });

  it('nothing is called recovered that no probe has seen', () => {
    expect(ask(done(), BACKSTOP, finishSteps(RUN, 0))).toMatchObject([
      {
        type: 'run.finished',
        data: { outcome: 'done', reason: expect.stringContaining('No probe') },
      },
    ]);
  });

  it('a quick fix has its branch, and a run without steps is verified', () => {
    const fix = aStory().tell(BACKSTOP, proposal(aStory(), { kind: 'quick-fix' }));
    fix.tell(BACKSTOP, startOf(fix));
    finishStep(beginStep(fix, 'create-branch'), 'create-branch');
    const check = aStory().tell(BACKSTOP, proposal(aStory(), { kind: 'verify' }));
    check.tell(BACKSTOP, startOf(check));

    expect(ask(fix, BACKSTOP, finishSteps(RUN, 2))).toMatchObject([{ data: { outcome: 'done' } }]);
    expect(ask(check, BACKSTOP, finishSteps(RUN, 2))).toMatchObject([
      { type: 'verification.started' },
    ]);
  });
});

describe('a world other than the plan', () => {
  it('ends the run untouched and calls for a new plan to the same target', () => {
    const story = running();

    expect(put(story, BACKSTOP, endStale(RUN, 'Deployed again.'))).toEqual([
      { type: 'plan.went-stale', data: { plan: 'INC-0001-P1', reason: 'Deployed again.' } },
      { type: 'run.finished', data: { run: RUN, outcome: 'cancelled', reason: 'Deployed again.' } },
      {
        type: 'plan.wanted',
        data: { kind: 'rollback', because: 'Deployed again.', target: 'commit:2.3.1' },
      },
    ]);
    expect(story.incident()).toMatchObject({
      planWanted: { target: 'commit:2.3.1' },
      proposals: [{ state: 'stale' }],
      runs: [{ status: 'finished', outcome: 'cancelled' }],
    });
    expect(ask(story, BACKSTOP, endStale(RUN, 'again'))).toEqual([]);
  });

  it('does not keep a run that is being cancelled from letting go of what it holds', () => {
    const story = beginStep(running(), 'swap-slot');
    put(story, BEN, cancelRun(RUN, 'wrong service'));

    expect(ask(story, BACKSTOP, endStale(RUN, 'Deployed again.'))).toEqual([]);
  });

  it('names the target of several components by what they share, and none where they share nothing', () => {
    const wanted = (...labels: readonly string[]) => {
      const plan = aPlan();
      const components = labels.flatMap((label, index) =>
        plan.components.map((each) => ({
          ...each,
          id: `c${index}`,
          target: { id: `digest-${index}`, label },
        })),
      );
      const story = takeCommand(aStory()).tell(BACKSTOP, {
        type: 'plan.proposed',
        data: { plan: { ...plan, components } },
      });
      story.tell(BEN, startOf(story));
      return put(story, BACKSTOP, endStale(RUN, 'Deployed again.')).at(-1)?.data;
    };

    expect(wanted('2.3.1', '2.3.1')).toMatchObject({ target: '2.3.1' });
    expect(wanted('2.3.1', '17')).not.toHaveProperty('target');
  });
});
