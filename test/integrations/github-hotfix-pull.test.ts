import { expect, onTestFinished, test } from 'vitest';
import { integrationContract } from './contract.ts';
import type { GitHubBench } from './github-bench.ts';
import { openGitHubBench, openHotfixPullBench } from './github-bench.ts';

const never = new AbortController().signal;

integrationContract('github-repository open-hotfix-pull', openHotfixPullBench);

async function opened(open: () => Promise<GitHubBench> = openHotfixPullBench) {
  const bench = await open();
  onTestFinished(() => bench.close());
  const operation = bench.component.operations['open-hotfix-pull'];
  if (!operation) throw new Error('no open-hotfix-pull');
  return { ...bench, operation };
}

test('a hotfix gets its pull request, called as its newest commit, and the place of it is told', async () => {
  const bench = await opened();
  const { component, operation, cloud } = bench;
  const at = bench.now();
  const offer = component.mitigations?.['hotfix-pull'];
  const asked = { value: 'hotfix/inc-0001', key: 'INC-0001-P2', at };
  const call = await offer?.call(asked, never);
  if (!call) throw new Error('no call');
  const { fingerprint: before, expected } = await operation.observe(call.input, never);
  const intent = { run: 'INC-0001-R2', step: 's', key: 'k', at, before, expected };

  const handle = await operation.submit(call.input, intent, never);

  expect(await operation.recover(call.input, intent, handle, never)).toEqual({
    state: 'done',
    note: expect.stringMatching(/^pull request #413 open: https:/),
  });
  expect(cloud.github.repository().pulls.at(-1)).toMatchObject({
    title: 'Round tax half up again',
    head: 'hotfix/inc-0001',
    base: 'main',
    state: 'open',
    body: expect.stringContaining('INC-0001-R2'),
  });
});

test('a hotfix that nobody has pushed blocks, and so does one whose pull request was closed', async () => {
  const bench = await opened();
  const { refs } = bench.cloud.github.repository();
  const failing = async () =>
    (await bench.operation.preflight(bench.input, never))
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ reason }) => reason);
  expect(await failing()).toEqual([]);

  bench.interfere();
  expect(await failing()).toEqual([expect.stringMatching(/#413 closed.*open it again there/)]);

  refs.set('refs/heads/hotfix/inc-0001', refs.get('refs/heads/main') ?? '');
  expect(await failing()).toContainEqual(expect.stringContaining('push the fix'));
});

test('only the name of a branch is taken', async () => {
  const bench = await opened(openGitHubBench);
  const asked = bench.component.mitigations?.['hotfix-pull']?.call(
    { value: 'a..b', key: 'k', at: bench.now() },
    never,
  );
  await expect(asked).rejects.toThrow(/Say the hotfix branch/);
});
