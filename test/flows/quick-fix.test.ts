import { describe, expect, it } from 'vitest';
import {
  abandonQuickFix,
  endQuickFixClock,
  extendQuickFix,
  quickFixDeployed,
  runsAgainstTheClock,
  startQuickFix,
} from '../../src/flows/quick-fix.ts';
import { overrideResponse } from '../../src/flows/respond.ts';
import type { Flow } from '../../src/loop.ts';
import type { PlanContent, PlanKind } from '../../src/plan.ts';
import { aPlan } from '../support/a-plan.ts';
import {
  ANA,
  approve,
  aStory,
  askApproval,
  assessAsSmall,
  BACKSTOP,
  BEN,
  beginStep,
  decide,
  finishStep,
  MINUTE,
  type Story,
  showPlan,
  takeCommand,
} from '../support/an-incident.ts';
import { ask, closeStory, put, refused } from '../support/asking.ts';

const LIMIT = 15 * MINUTE;

function content(kind: PlanKind): PlanContent {
  const { id: _id, hash: _hash, madeAt: _madeAt, ...rest } = aPlan({ kind });
  return rest;
}

const start = startQuickFix(content('quick-fix'), 'hotfix/inc-0001', LIMIT);
const chosen = (): Story => decide(takeCommand(assessAsSmall(aStory())), 'quick-fix', ['r']);

/** The branch is open and the clock runs. */
function fixing(): Story {
  const story = chosen();
  put(story, BACKSTOP, start);
  finishStep(beginStep(story, 'create-branch'), 'create-branch');
  const run = 'INC-0001-R1';
  return story.tell(BACKSTOP, {
    type: 'run.finished',
    data: { run, outcome: 'done', reason: 'r' },
  });
}

const untilTimeIsUp = (story: Story): Story =>
  story.wait((story.incident().quickFix?.until ?? 0) - story.now());

describe('starting', () => {
  it('opens the branch as a run of its own, and starts the clock', () => {
    const story = chosen();
    const until = story.now() + LIMIT;

    expect(put(story, BACKSTOP, start)).toMatchObject([
      { type: 'quick-fix.started', data: { branch: 'hotfix/inc-0001', until } },
      { type: 'plan.proposed', data: { plan: { id: 'INC-0001-P1', kind: 'quick-fix' } } },
      { type: 'run.started', data: { run: 'INC-0001-R1', plan: 'INC-0001-P1' } },
    ]);
    expect(story.incident().quickFix).toMatchObject({ number: 1, state: 'running', until });
    expect(ask(story, BACKSTOP, start)).toEqual([]);
  });

  it('does nothing when another response was chosen meanwhile, or a run is at work', () => {
    const rollback = decide(aStory(), 'rollback', ['r']);
    const busy = decide(approve(askApproval(showPlan(aStory()))), 'quick-fix', ['r']);

    expect(ask(rollback, BACKSTOP, start)).toEqual([]);
    expect(ask(busy, BACKSTOP, start)).toEqual([]);
    expect(() => ask(closeStory(chosen()), BACKSTOP, start)).toThrow(/resolved/);
  });
});

describe('the clock', () => {
  it('ends once, when its time is over', () => {
    const story = fixing();

    expect(ask(story, BACKSTOP, endQuickFixClock())).toEqual([]);
    untilTimeIsUp(story);
    expect(put(story, BACKSTOP, endQuickFixClock())).toEqual([
      { type: 'quick-fix.ended', data: { number: 1 } },
    ]);
    expect(ask(story, BACKSTOP, endQuickFixClock())).toEqual([]);
    expect(ask(aStory(), BACKSTOP, endQuickFixClock())).toEqual([]);
  });

  it('stops with the decision for another response, and goes on with the one for the fix', () => {
    const story = fixing();
    put(story, BEN, overrideResponse('rollback', 'it takes too long'));
    untilTimeIsUp(story);

    expect(runsAgainstTheClock(story.incident())).toBe(false);
    expect(ask(story, BACKSTOP, endQuickFixClock())).toEqual([]);
    put(story, BEN, overrideResponse('quick-fix', 'found it'));
    expect(ask(story, BACKSTOP, endQuickFixClock())).toHaveLength(1);
  });

  it('gets more time from now on, by the commander, also when it was over', () => {
    const story = untilTimeIsUp(fixing());
    put(story, BACKSTOP, endQuickFixClock());
    story.wait(MINUTE);

    expect(refused(story, ANA, extendQuickFix(LIMIT)).code).toBe('forbidden');
    expect(put(story, BEN, extendQuickFix(LIMIT))).toEqual([
      { type: 'quick-fix.extended', data: { until: story.now() + LIMIT } },
    ]);
    expect(runsAgainstTheClock(story.incident())).toBe(true);
  });
});

describe('a fix that is out', () => {
  it('is verified by a run of its own', () => {
    const story = fixing();

    expect(put(story, ANA, quickFixDeployed(content('verify')))).toMatchObject([
      { type: 'quick-fix.deployed' },
      { type: 'plan.proposed', data: { plan: { id: 'INC-0001-P2', kind: 'verify' } } },
      { type: 'run.started', data: { run: 'INC-0001-R2', plan: 'INC-0001-P2' } },
    ]);
    expect(story.incident().runs).toHaveLength(2);
    expect(refused(story, BEN, quickFixDeployed(content('verify'))).code).toBe('already-done');
  });

  it('waits for the run that holds the environment, of whatever incident', () => {
    const busy = chosen();
    put(busy, BACKSTOP, start);
    const other = approve(askApproval(showPlan(aStory()))).incident();
    const deployed = quickFixDeployed(content('verify'));

    expect(refused(busy, ANA, deployed).message).toMatch(/Report the fix again when it has ended/);
    expect(refused(fixing(), ANA, deployed, [other]).code).toBe('not-possible');
  });
});

describe('giving up', () => {
  it('decides for a rollback and calls for its plan', () => {
    expect(ask(fixing(), BEN, abandonQuickFix())).toMatchObject([
      { type: 'response.chosen', data: { response: 'rollback' } },
      { type: 'plan.wanted', data: { kind: 'rollback' } },
    ]);
    expect(refused(fixing(), ANA, abandonQuickFix()).code).toBe('forbidden');
  });
});

describe.each<[string, Flow]>([
  ['more time', extendQuickFix(LIMIT)],
  ['deployed', quickFixDeployed(content('verify'))],
  ['giving up', abandonQuickFix()],
])('%s', (_what, flow) => {
  it('is refused without a quick fix, after it, and after the end', () => {
    const elsewhere = fixing();
    put(elsewhere, BEN, overrideResponse('rollback', 'too long'));

    expect(refused(chosen(), BEN, flow)).toMatchObject({
      code: 'not-found',
      message: 'INC-0001 has no quick fix. Choose that response first.',
    });
    expect(refused(elsewhere, BEN, flow)).toMatchObject({
      code: 'out-of-date',
      message: expect.stringMatching(/^The response is rollback now/),
    });
    expect(refused(closeStory(fixing()), BEN, flow).code).toBe('closed');
  });
});
