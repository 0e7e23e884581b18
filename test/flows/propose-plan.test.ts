import { expect, it } from 'vitest';
import { askForPlan, proposePlan, refusePlan } from '../../src/flows/propose-plan.ts';
import { hashPlan } from '../../src/plan.ts';
import { aPlan } from '../support/a-plan.ts';
import {
  ANA,
  approve,
  aStory,
  askApproval,
  BACKSTOP,
  BEN,
  showPlan,
  takeCommand,
} from '../support/an-incident.ts';
import { ask, closeStory, put, refused } from '../support/asking.ts';

const { id: _id, hash: _hash, madeAt: _madeAt, ...content } = aPlan();
const wish = { kind: 'rollback', target: '2.2.0' } as const;

it('is asked for once at a time', () => {
  const story = aStory();

  expect(put(story, ANA, askForPlan(wish))).toEqual([{ type: 'plan.wanted', data: wish }]);
  expect(refused(story, BEN, askForPlan(wish))).toMatchObject({
    code: 'already-done',
    message: 'A plan is being made already. Wait a moment for it to appear here.',
  });
});

it('is not made while a run is at work, or when the incident is over', () => {
  const running = approve(askApproval(showPlan(aStory())));

  expect(refused(running, ANA, askForPlan(wish))).toMatchObject({
    code: 'not-possible',
    message: expect.stringMatching(
      /^INC-0001-R1 has been at work here since <!date\^\d+\^\{time\}\|2026-.*>\. Wait for it to end, or cancel it\.$/,
    ),
  });
  expect(refused(closeStory(aStory()), ANA, askForPlan(wish)).code).toBe('closed');
});

it('is shown to who waits for it, with its number, its time and its hash', () => {
  const story = showPlan(aStory());
  put(story, ANA, askForPlan(wish));

  expect(put(story, ANA, proposePlan(content))).toEqual([
    {
      type: 'plan.proposed',
      data: {
        plan: { ...content, id: 'INC-0001-P2', hash: hashPlan(content), madeAt: story.now() },
      },
    },
  ]);
  expect(ask(story, ANA, proposePlan(content))).toEqual([]);
});

it('begins at once where it follows from what was approved, also where a check blocks other plans', () => {
  const follows = () => {
    const story = aStory();
    put(story, BACKSTOP, () => [{ type: 'plan.wanted', data: { ...wish, approved: true } }]);
    return story;
  };
  const [first, ...others] = content.steps;
  if (!first) throw new Error('The plan has no step');
  const check = {
    name: 'It is warm',
    verdict: 'fail',
    reason: 'It is not.',
    blocking: true,
  } as const;
  const blocked = { ...content, steps: [{ ...first, checks: [check] }, ...others] };
  const typesOf = (plan: typeof content) =>
    put(follows(), BACKSTOP, proposePlan(plan)).map(({ type }) => type);

  expect(typesOf(content)).toEqual(['plan.proposed', 'run.started']);
  expect(typesOf(blocked)).toEqual(['plan.proposed', 'run.started']);
});

it('comes to nothing when nobody waits any more', () => {
  const story = aStory();
  put(story, ANA, askForPlan(wish));

  expect(ask(aStory(), BACKSTOP, proposePlan(content))).toEqual([]);
  expect(ask(closeStory(story), BACKSTOP, proposePlan(content))).toEqual([]);
});

it('may turn out impossible, and may then be asked for again', () => {
  const story = aStory();
  put(story, ANA, askForPlan(wish));

  put(story, BACKSTOP, refusePlan('checkout has no earlier version.'));

  expect(story.incident().planRefused?.reason).toBe('checkout has no earlier version.');
  expect(ask(story, ANA, askForPlan(wish))).toHaveLength(1);
});

it('rewrites shared history for the commander alone, with a reason', () => {
  const reset = { commit: 'a1'.repeat(20), reason: 'a key was committed' };
  const asked = { kind: 'rollback', reset } as const;
  const led = takeCommand(aStory(), BEN);

  expect(refused(led, ANA, askForPlan(asked)).code).toBe('forbidden');
  expect(refused(aStory(), BEN, askForPlan(asked)).code).toBe('forbidden');
  expect(refused(led, BEN, askForPlan({ ...asked, reset: { ...reset, reason: ' ' } })).code).toBe(
    'invalid-input',
  );
  expect(ask(led, BEN, askForPlan(asked))).toEqual([{ type: 'plan.wanted', data: asked }]);
});
