import { describe, expect, it } from 'vitest';
import type { PlanContent, PlannedStep } from '../src/plan.ts';
import { planDifferences } from '../src/plan-difference.ts';
import { aPlan } from './support/a-plan.ts';

const before = aPlan();

function withStep(patch: (step: PlannedStep) => Partial<PlannedStep>): PlanContent {
  return { ...before, steps: before.steps.map((step) => ({ ...step, ...patch(step) })) };
}

describe('what is different from the plan before', () => {
  it('says so where nothing is that people see', () => {
    const other = withStep(() => ({ before: 'another fingerprint', usualMs: 1 }));

    expect(planDifferences(before, other)).toEqual(['Nothing that the plan shows is different.']);
  });

  it('names what is live and what each change is now', () => {
    const after = aPlan({ suspect: '2.4.1' });

    const found = planDifferences(before, after);

    expect(found[0]).toMatch(/^Different now: .* is at 2\.4\.1, was 2\.4\.0$/);
    expect(found).toContain(
      `Different now: ${before.steps[0]?.changes[0]?.what}: 2.4.1 → 2.3.1, was 2.4.0 → 2.3.1`,
    );
  });

  it('names checks that came out otherwise, with the reason', () => {
    const check = { name: 'The slot answers', blocking: true } as const;
    const good = withStep(() => ({ checks: [{ ...check, verdict: 'pass', reason: 'HTTP 200' }] }));
    const bad = withStep(() => ({ checks: [{ ...check, verdict: 'fail', reason: 'HTTP 500' }] }));

    expect(planDifferences(good, bad)).toEqual([
      'Different now: the check "The slot answers" says fail, was pass: HTTP 500',
    ]);
  });

  it('names steps and losses that came or went', () => {
    const [first] = before.steps;
    if (!first) throw new Error('the plan has no step');
    const more = { ...first, id: 'content', title: 'Repoint the alias' };
    const after = {
      ...before,
      steps: [more],
      losses: ['3 entries edited since'],
      undo: 'By hand.',
    };

    expect(planDifferences(before, after)).toEqual([
      'Different now: new: Repoint the alias',
      `Different now: no more: ${first.title}`,
      'Different now: new: lost: 3 entries edited since',
      'Different now: to take it back: By hand.',
    ]);
  });

  it('tells a few one by one and counts the rest', () => {
    const losses = Array.from({ length: 12 }, (_, index) => `entry ${index}`);

    const found = planDifferences(before, { ...before, losses });

    expect(found).toHaveLength(9);
    expect(found.at(-1)).toBe('Different now: 4 more; compare the two plans.');
  });
});
