import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Check, Verdict } from '../src/operation.ts';
import {
  blockersOf,
  canonicalJson,
  expectedMs,
  hashPlan,
  inOrder,
  type PlanContent,
  type PlannedStep,
} from '../src/plan.ts';
import { aPlan } from './support/a-plan.ts';

/** What a planner gives: the plan without what proposing it adds. */
function content(): PlanContent {
  const { id: _id, hash: _hash, madeAt: _madeAt, ...rest } = aPlan();
  return rest;
}

function aStep(id: string, after: readonly string[] = [], usualMs = 1_000): PlannedStep {
  return { ...(content().steps[0] as PlannedStep), id, after, usualMs };
}

type Path = readonly (string | number)[];

/** Where the single values of a value are. */
function leavesOf(value: unknown, path: Path = []): readonly Path[] {
  if (value === null || typeof value !== 'object') return [path];
  const entries = Object.entries(value);
  return entries.flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

/** A copy in which one value is another one. */
function changed(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return typeof value === 'boolean' ? !value : `${String(value)}.`;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[key] = changed(copy[key], rest);
  return copy;
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, inner]) => [key, reversed(inner)]));
}

describe('the hash of a plan', () => {
  it('does not depend on the order of keys', () => {
    expect(hashPlan(reversed(content()) as PlanContent)).toBe(hashPlan(content()));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('changes with every single fact that the plan shows or was made against', () => {
    const plan = content();
    const leaves = leavesOf(plan);

    const hashes = leaves.map((leaf) => hashPlan(changed(plan, leaf) as PlanContent));

    expect(leaves.length).toBeGreaterThan(40);
    expect(new Set([hashPlan(plan), ...hashes]).size).toBe(leaves.length + 1);
  });

  it('changes with the order of the steps, with one that is gone, and with a loss', () => {
    const [a, b] = [aStep('a'), aStep('b')];
    const plans = [[a, b], [b, a], [a], []].map((steps) => ({ ...content(), steps }));

    const hashes = [...plans, { ...content(), losses: ['12 orders'] }].map(hashPlan);

    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('is the same after the journal: what is undefined does not count', () => {
    const plan = { ...content(), note: undefined } as PlanContent;

    expect(hashPlan(JSON.parse(JSON.stringify(plan)) as PlanContent)).toBe(hashPlan(plan));
  });

  it('tells values of different kinds apart', () => {
    const texts = [1, '1', true, 'true', null, 'null', [], {}, [1], ['1']].map(canonicalJson);

    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('blockers', () => {
  it.each<[Verdict, boolean, boolean]>([
    ['pass', true, false],
    ['warn', true, false],
    ['fail', true, true],
    ['unknown', true, true],
    ['fail', false, false],
    ['unknown', false, false],
  ])('a check that is %s and blocking: %s, stops the plan: %s', (verdict, blocking, stops) => {
    const check: Check = { name: 'staging answers', verdict, reason: 'r', blocking };
    const plan = { ...content(), steps: [{ ...aStep('a'), checks: [check] }] };

    expect(blockersOf(plan)).toEqual(stops ? [{ ...check, step: 'a' }] : []);
  });
});

describe('the order of steps', () => {
  it('puts each after those it waits for', () => {
    const steps = [aStep('d', ['b', 'c']), aStep('c', ['a']), aStep('b', ['a']), aStep('a')];

    expect(inOrder(steps).map(({ id }) => id)).toEqual(['a', 'c', 'b', 'd']);
  });

  it.each([
    ['wait for each other', [aStep('a', ['b']), aStep('b', ['a'])]],
    ['wait for themselves', [aStep('a', ['a'])]],
    ['wait for one that is not there', [aStep('a', ['z'])]],
  ])('refuses steps that %s', (_what, steps) => {
    expect(() => inOrder(steps)).toThrow(/^Steps wait for each other: a/);
  });

  it('expects the longest chain: what runs side by side does not add up', () => {
    const steps = [
      aStep('a', [], 10),
      aStep('b', ['a'], 50),
      aStep('c', ['a'], 20),
      aStep('d', ['b', 'c'], 5),
      aStep('alone', [], 60),
    ];

    expect(expectedMs({ ...content(), steps })).toBe(65);
    expect(expectedMs({ ...content(), steps: [] })).toBe(0);
  });
});
