import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPlanner } from '../../src/engine/planner.ts';
import type { PlanWish } from '../../src/events.ts';
import { groundOf } from '../../src/incident.ts';
import type { Operation } from '../../src/operation.ts';
import { aWorld } from '../engine/a-system.ts';
import { integrationContract } from './contract.ts';
import { type GitHubBench, openGitHubBench } from './github-bench.ts';

const never = new AbortController().signal;

/** Main is at the third commit, and goes back to the first. */
async function open(): Promise<GitHubBench> {
  const bench = await openGitHubBench();
  const [first, , third] = bench.commits.map(({ sha }) => sha);
  return {
    ...bench,
    operation: 'force-branch',
    input: { commit: first ?? '', from: third ?? '' },
    mutation: 'PATCH git/refs',
    interfere: () => void bench.commit('Pushed meanwhile'),
  };
}

integrationContract('github-repository force-branch', open);

describe('moving a branch back by force', () => {
  let bench: GitHubBench;
  beforeEach(async () => {
    bench = await open();
  });
  afterEach(() => bench.close());

  const operation = (): Operation => {
    const found = bench.component.operations['force-branch'];
    if (!found) throw new Error('no force-branch');
    return found;
  };
  const main = () => bench.cloud.github.repository().refs.get('refs/heads/main');
  const sha = (index: number): string => bench.commits[index]?.sha ?? '';
  async function intend(input = bench.input) {
    const { fingerprint: before, expected } = await operation().observe(input, never);
    return { run: 'R', step: 's', key: 'R/s/1', at: bench.now(), before, expected };
  }

  test('tells whose commits leave the branch', async () => {
    const changes = await operation().describe(bench.input, never);

    expect(changes.map(({ to }) => to)).toEqual([
      `${sha(0).slice(0, 7)}, by force`,
      'no longer on main',
      'no longer on main',
    ]);
    expect(changes[1]).toMatchObject({
      what: `commit ${sha(2).slice(0, 7)} of cleo`,
      from: 'Charge tax by the region of the basket (#412)',
    });
  });

  test('is asked again, and taken back by force', async () => {
    await operation().submit(bench.input, await intend(), never);
    const after = main();
    const back = operation().undo?.(bench.input).input ?? null;
    await operation().submit(back, await intend(back as typeof bench.input), never);

    expect(operation().asksAgain).toBe(true);
    expect([after, main()]).toEqual([sha(0), sha(2)]);
  });

  test('sends nothing when somebody pushed between the look and the request', async () => {
    const intent = await intend();
    bench.commit('Pushed meanwhile');
    const head = main();
    const error = await operation()
      .submit(bench.input, intent, never)
      .catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ surelyNotDone: true });
    expect(main()).toBe(head);
    expect(bench.requests().filter(({ mutating }) => mutating)).toEqual([]);
  });

  test('does not go to a commit that is not on the branch', async () => {
    const other = 'e'.repeat(40);
    await expect(operation().preflight({ commit: other }, never)).rejects.toMatchObject({
      detail: { kind: 'not-found' },
    });
  });

  test('is planned with the danger, what is lost, and the commander’s words', async () => {
    const { catalogue } = aWorld([{ id: 'web', runs: '3', older: ['2'] }]);
    const planner = createPlanner(
      { ...catalogue, systems: async () => ({ components: [bench.component], probes: [] }) },
      () => [],
    );
    const wish: PlanWish = {
      kind: 'rollback',
      reset: { commit: sha(0), reason: 'a key was committed' },
    };

    const plan = await planner.plan(groundOf('checkout', 'production'), wish, never);

    expect(plan.steps).toMatchObject([
      {
        effect: 'destructive',
        asksAgain: true,
        call: { input: { commit: sha(0), from: sha(2) } },
      },
    ]);
    expect(plan.losses).toHaveLength(2);
    expect(plan.notes?.[0]).toMatch(/^Danger: this rewrites history/);
    expect(plan.notes?.[1]).toContain('a key was committed');
  });
});
