import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChangeSet } from '../../src/component.ts';
import type { Check, Intent, Operation } from '../../src/operation.ts';
import { githubFaults } from '../../src/sandbox/cloud/index.ts';
import { integrationContract } from './contract.ts';
import { type GitHubBench, openGitHubBench } from './github-bench.ts';

const never = new AbortController().signal;

integrationContract('github-repository', () => openGitHubBench());

describe('github-repository', () => {
  let bench: GitHubBench;
  beforeEach(async () => {
    bench = await openGitHubBench();
  });
  afterEach(() => bench.close());

  const branching = (): Operation => {
    const found = bench.component.operations['create-hotfix-branch'];
    if (!found) throw new Error('no create-hotfix-branch');
    return found;
  };
  const sha = (index: number) => bench.commits.at(index)?.sha ?? '';
  const between = async (older: string, newer: string): Promise<ChangeSet> => {
    const { changes } = bench.component;
    if (!changes) throw new Error('no changes');
    return changes.between(older, newer, never);
  };
  async function intend(): Promise<Intent> {
    const { fingerprint, expected } = await branching().observe(bench.input, never);
    return { run: 'R1', step: 's1', key: 'R1/s1/1', at: 0, before: fingerprint, expected };
  }
  async function check(name: string): Promise<Check | undefined> {
    return (await branching().preflight(bench.input, never)).find((one) => one.name === name);
  }

  describe('changes', () => {
    test('are the commits and merged pull requests between two commits, newest first', async () => {
      expect(await between(sha(0), sha(2))).toEqual({
        commits: [
          { id: sha(2), title: 'Charge tax by the region of the basket (#412)', author: 'cleo' },
          { id: sha(1), title: 'Prepare tax by region', author: 'cleo' },
        ],
        pullRequests: [
          {
            number: 412,
            title: 'Charge tax by the region of the basket',
            author: 'cleo',
            url: 'https://github.com/acme/checkout/pull/412',
          },
        ],
        url: `https://github.com/acme/checkout/compare/${sha(0)}...${sha(2)}`,
        truncated: false,
      });
    });

    test('are none between a commit and itself', async () => {
      expect(await between(sha(2), sha(2))).toMatchObject({ commits: [], pullRequests: [] });
    });

    test('are cut at two hundred commits, and say so', async () => {
      for (let i = 0; i < 230; i++) bench.commit(`Change ${i}`);

      const changes = await between(sha(0), sha(-1));

      expect(changes.commits).toHaveLength(200);
      expect(changes.truncated).toBe(true);
    });

    test('over more than a page are complete', async () => {
      for (let i = 0; i < 120; i++) bench.commit(`Change ${i}`);

      const changes = await between(sha(2), sha(-1));

      expect(changes.commits.map((one) => one.id)).toEqual(
        bench.commits
          .slice(3)
          .map((one) => one.sha)
          .reverse(),
      );
    });

    test('of a commit that is not there fail with what to check', async () => {
      await expect(between('f'.repeat(40), sha(2))).rejects.toMatchObject({
        detail: { kind: 'not-found', status: 404, next: expect.stringContaining('repository') },
      });
    });
  });

  describe('the hotfix branch', () => {
    test('is opened at the commit', async () => {
      await branching().submit(bench.input, await intend(), never);

      expect(bench.cloud.github.repository().refs.get('refs/heads/hotfix/inc-0001')).toBe(sha(0));
    });

    test('that is there already at the commit is done before it began', async () => {
      bench.cloud.github.repository().refs.set('refs/heads/hotfix/inc-0001', sha(0));

      const seen = await branching().observe(bench.input, never);

      expect(seen.fingerprint).toBe(seen.expected);
      expect(await check('The branch name is free')).toMatchObject({ verdict: 'pass' });
    });

    test('that somebody opened at the commit meanwhile is done too', async () => {
      const intent = await intend();
      bench.cloud.github.repository().refs.set('refs/heads/hotfix/inc-0001', sha(0));

      const handle = await branching().submit(bench.input, intent, never);

      expect(await branching().poll(handle, never)).toEqual({ state: 'succeeded' });
    });

    test('at another commit is left where it is, and blocks the plan', async () => {
      const intent = await intend();
      bench.interfere();

      expect(await check('The branch name is free')).toMatchObject({
        verdict: 'fail',
        blocking: true,
      });
      await expect(branching().submit(bench.input, intent, never)).rejects.toMatchObject({
        surelyNotDone: true,
        detail: { kind: 'rejected', status: 422, answer: 'Reference already exists' },
      });
      expect(bench.cloud.github.repository().refs.get('refs/heads/hotfix/inc-0001')).toBe(sha(1));
    });

    test('is blocked when the commit is not in the repository', async () => {
      const input = { branch: 'hotfix/x', commit: 'f'.repeat(40) };

      const checks = await branching().preflight(input, never);

      expect(checks.find((one) => one.name === 'The commit is there')).toMatchObject({
        verdict: 'fail',
      });
    });

    test.each(['a b', '../x', 'x..y', 'x.lock', '/x', 'x/', 'x~1', '', 'a\u0007b', '@{x'])(
      'refuses the name %j',
      async (branch) => {
        await expect(branching().observe({ branch, commit: sha(0) }, never)).rejects.toMatchObject({
          name: 'Refusal',
          code: 'invalid-input',
          field: 'branch',
        });
      },
    );

    test('is not taken for absent when the token may not see the repository', async () => {
      bench.faults.add({
        on: '*',
        fault: { kind: 'status', status: 404, body: { message: 'Not Found' } },
        times: Number.POSITIVE_INFINITY,
      });

      await expect(branching().observe(bench.input, never)).rejects.toMatchObject({
        detail: { kind: 'not-found' },
      });
    });

    test('limits of GitHub are told as such, with the time to wait', async () => {
      const intent = await intend();
      bench.faults.add({ on: 'POST git/refs', fault: githubFaults.secondaryLimit(60) });

      await expect(branching().submit(bench.input, intent, never)).rejects.toMatchObject({
        surelyNotDone: true,
        detail: { kind: 'throttled', status: 403, retryAfterMs: 60_000 },
      });
    });

    test('a limit that is used up is told as such, also to a read, with the time to wait', async () => {
      const { rateLimit } = bench.cloud.github;
      rateLimit.used = rateLimit.limit;

      await expect(branching().observe(bench.input, never)).rejects.toMatchObject({
        detail: {
          kind: 'throttled',
          status: 403,
          retryAfterMs: expect.any(Number),
          next: expect.stringMatching(/for each token: wait .+, then try again/),
        },
      });
    });

    test('the manual steps are complete commands', () => {
      expect(branching().manual(bench.input)).toContain(
        `git push origin ${sha(0)}:refs/heads/hotfix/inc-0001`,
      );
    });
  });

  test('the doctor names a revoked token', async () => {
    bench.faults.add({
      on: '*',
      fault: githubFaults.badCredentials(),
      times: Number.POSITIVE_INFINITY,
    });

    expect(await bench.component.doctor(never)).toMatchObject([
      { verdict: 'fail', next: expect.stringContaining('github.token') },
    ]);
  });
});
