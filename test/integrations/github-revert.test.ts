import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import type { Check, Handle, Intent, Operation, Progress } from '../../src/operation.ts';
import { treeOf } from '../../src/sandbox/cloud/github/trees.ts';
import { addCommit } from '../../src/sandbox/cloud/github/world.ts';
import { integrationContract } from './contract.ts';
import { type GitHubBench, openRevertBench } from './github-bench.ts';

const never = new AbortController().signal;

integrationContract('github-repository create-revert-branch', () =>
  openRevertBench('create-revert-branch'),
);
integrationContract('github-repository open-revert-pull', () =>
  openRevertBench('open-revert-pull'),
);
integrationContract('github-repository revert-merge', () => openRevertBench('revert-merge'));

describe('reverting a merge', () => {
  let bench: GitHubBench;
  beforeEach(async () => {
    bench = await openRevertBench('create-revert-branch');
  });
  afterEach(() => bench.close());

  const step = (name: string, component: Component = bench.component): Operation => {
    const found = component.operations[name];
    if (!found) throw new Error(`no ${name}`);
    return found;
  };
  const repository = () => bench.cloud.github.repository();
  const commitAt = (ref: string) => {
    const found = repository().commits.get(repository().refs.get(ref) ?? '');
    if (!found) throw new Error(`no ${ref}`);
    return found;
  };
  const treeAt = (ref: string) => treeOf(repository(), commitAt(ref));
  async function submit(name: string): Promise<{ handle: Handle; intent: Intent }> {
    const { fingerprint: before, expected } = await step(name).observe(bench.input, never);
    const at = bench.now();
    const intent = { run: 'R1', step: name, key: `R1/${name}/1`, at, before, expected };
    return { handle: await step(name).submit(bench.input, intent, never), intent };
  }
  async function end(name: string): Promise<Progress> {
    const { handle } = await submit(name);
    bench.finish();
    return step(name).poll(handle, never);
  }
  async function check(name: string): Promise<Check | undefined> {
    const checks = await step('create-revert-branch').preflight(bench.input, never);
    return checks.find((one) => one.name === name);
  }
  const pull = () => {
    const found = repository().pulls.at(-1);
    if (!found) throw new Error('no pull request');
    return found;
  };

  test('leaves main as it was before the merge, by a commit on top of it', async () => {
    const before = treeOf(repository(), bench.commits[1]);
    const head = commitAt('refs/heads/main').sha;

    const ends = [
      await end('create-revert-branch'),
      await end('open-revert-pull'),
      await end('revert-merge'),
    ];

    expect(ends.map((one) => one.state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(treeAt('refs/heads/main')).toEqual(before);
    expect(commitAt('refs/heads/main').parents[0]).toBe(head);
    expect(pull().title).toBe('Revert "Charge tax by the region of the basket (#412)"');
    expect(bench.requests().filter((one) => /^(PATCH|DELETE)/.test(one.call))).toEqual([]);
  });

  test('keeps what came to main after the merge', async () => {
    addCommit(repository(), 'main', {
      message: 'Take gift cards',
      author: pull().author,
      date: new Date(bench.now()).toISOString(),
      parents: [commitAt('refs/heads/main').sha],
      files: [{ filename: 'src/gift.ts', status: 'added', additions: 9, deletions: 0 }],
    });

    await end('create-revert-branch');

    const reverted = treeAt('refs/heads/revert/inc-0001');
    const old = treeOf(repository(), bench.commits[1]);
    expect(reverted.get('src/tax.ts')).toBe(old.get('src/tax.ts'));
    expect(reverted.has('src/gift.ts')).toBe(true);
  });

  test('is blocked when a file was changed again since', async () => {
    bench.commit('Charge tax in Norway too');

    expect(await check('The change can be taken out')).toMatchObject({
      verdict: 'fail',
      blocking: true,
      reason: 'src/tax.ts changed again since; a person must settle that.',
    });
    await expect(submit('create-revert-branch')).rejects.toMatchObject({
      surelyNotDone: true,
      detail: { kind: 'rejected' },
    });
    expect(repository().refs.has('refs/heads/revert/inc-0001')).toBe(false);
  });

  test('is blocked when the branch is taken', async () => {
    repository().refs.set('refs/heads/revert/inc-0001', bench.commits[0]?.sha ?? '');

    expect(await check('The branch name is free')).toMatchObject({ verdict: 'fail' });
  });

  test('follows the checks, and is not ready while they run', async () => {
    await end('create-revert-branch');
    const { handle } = await submit('open-revert-pull');

    const during = await step('open-revert-pull').poll(handle, never);
    bench.finish();

    expect(during).toEqual({
      state: 'running',
      note: expect.stringContaining('waits for test, lint'),
    });
    expect(await step('open-revert-pull').poll(handle, never)).toEqual({ state: 'succeeded' });
  });

  test('fails with the checks that failed, and merges nothing', async () => {
    await end('create-revert-branch');
    bench.cloud.github.conclusion = 'failure';

    const ended = await end('open-revert-pull');

    expect(ended).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/test, lint failed: https:\/\/github.com/),
    });
    await expect(submit('revert-merge')).rejects.toMatchObject({ surelyNotDone: true });
    expect(pull().mergedAt).toBeUndefined();
  });

  test('waits for a review, which Backstop does not give itself', async () => {
    repository().needsReview = true;
    await end('create-revert-branch');

    const ended = await end('open-revert-pull');

    expect(ended).toMatchObject({ state: 'waiting', note: expect.stringContaining('review') });
  });

  test('waits for a check of its own settings that has not begun', async () => {
    await end('create-revert-branch');
    const { handle } = await submit('open-revert-pull');
    bench.finish();
    const strict = step('open-revert-pull', bench.with({ checks: ['e2e'] }));

    expect(await strict.poll(handle, never)).toMatchObject({
      state: 'running',
      note: expect.stringContaining('e2e'),
    });
  });

  test('does not merge what somebody added to the branch', async () => {
    await end('create-revert-branch');
    await end('open-revert-pull');
    addCommit(repository(), 'revert/inc-0001', {
      message: 'While we are here',
      author: pull().author,
      date: new Date(bench.now()).toISOString(),
      parents: [pull().headSha],
      files: [{ filename: 'src/other.ts', status: 'added', additions: 1, deletions: 0 }],
    });

    await expect(submit('revert-merge')).rejects.toMatchObject({
      surelyNotDone: true,
      detail: { answer: expect.stringContaining('more than the revert') },
    });
  });

  test('without its pull request merges nothing', async () => {
    await expect(submit('revert-merge')).rejects.toMatchObject({
      detail: { kind: 'rejected', answer: 'there is no pull request of the revert' },
    });
  });

  test('that lands late does not merge what came to the branch meanwhile', async () => {
    await end('create-revert-branch');
    await end('open-revert-pull');
    bench.faults.add({ on: 'PUT pull merge', fault: { kind: 'late', ms: 5_000 } });
    await expect(submit('revert-merge')).rejects.toMatchObject({ detail: { kind: 'ambiguous' } });
    addCommit(repository(), 'revert/inc-0001', {
      message: 'While we are here',
      author: pull().author,
      date: new Date(bench.now()).toISOString(),
      parents: [pull().headSha],
      files: [],
    });

    bench.pass(5_000);

    expect(repository().refs.get('refs/heads/main')).toBe(bench.commits[2]?.sha);
    expect(pull().mergedAt).toBeUndefined();
  });

  test.each([
    { merge: 'abc', branch: 'x' },
    { merge: 'a'.repeat(40), branch: '../x' },
  ])('refuses %j', async (input) => {
    await expect(step('revert-merge').observe(input, never)).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });
});
