import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Intent, Json, Operation } from '../../src/operation.ts';
import { integrationContract } from './contract.ts';
import { type GitHubBench, openRerunBench } from './github-bench.ts';

const never = new AbortController().signal;

integrationContract('github-repository rerun-workflow', openRerunBench);

describe('rerun-workflow', () => {
  let bench: GitHubBench;
  beforeEach(async () => {
    bench = await openRerunBench();
  });
  afterEach(() => bench.close());

  const rerun = (settings: Readonly<Record<string, unknown>> = {}): Operation => {
    const found = bench.with(settings).operations['rerun-workflow'];
    if (!found) throw new Error('no rerun-workflow');
    return found;
  };
  async function intend(input: Json = bench.input): Promise<Intent> {
    const { fingerprint, expected } = await rerun().observe(input, never);
    return { run: 'R1', step: 's1', key: 'R1/s1/1', at: 0, before: fingerprint, expected };
  }
  const runs = () => bench.cloud.github.repository().runs;

  test('runs the pipeline of the commit again, and no other', async () => {
    await rerun().submit(bench.input, await intend(), never);

    expect(runs().map((one) => [one.id, one.attempt])).toEqual([
      [9_001, 2],
      [9_002, 1],
    ]);
  });

  test('finds the run of an abbreviated commit', async () => {
    const input = { commit: bench.commits[1]?.sha.slice(0, 8) ?? '', since: bench.now() };

    expect((await rerun().observe(input, never)).fingerprint).toBe('run 9001 attempt 1');
  });

  test('runs a run again by its id', async () => {
    const input = { run: 9_002, since: bench.now() };

    await rerun().submit(input, await intend(input), never);

    expect(runs()[1]?.attempt).toBe(2);
  });

  test('counts only what was started since', async () => {
    await rerun().submit(bench.input, await intend(), never);
    bench.finish();
    bench.pass(1_000);

    const later = await rerun().observe({ run: 9_001, since: bench.now() }, never);

    expect((await rerun().observe(bench.input, never)).fingerprint).toBe('run 9001 done again');
    expect(later.fingerprint).toBe('run 9001 attempt 2');
  });

  test('that fails is told with its address, and is not done', async () => {
    bench.cloud.github.conclusion = 'failure';
    const intent = await intend();
    const handle = await rerun().submit(bench.input, intent, never);
    bench.finish();

    const end = await rerun().poll(handle, never);
    const found = await rerun().recover(bench.input, intent, handle, never);

    expect(end).toEqual({
      state: 'failed',
      reason:
        'run 9001 attempt 2 ended in failure: https://github.com/acme/checkout/actions/runs/9001',
    });
    expect(found).toMatchObject({ state: 'diverged', reason: expect.stringContaining('failure') });
  });

  test('of a run that is under way is refused as busy', async () => {
    const intent = await intend();
    await rerun().submit(bench.input, intent, never);

    await expect(rerun().submit(bench.input, intent, never)).rejects.toMatchObject({
      detail: { kind: 'busy', status: 403 },
    });
  });

  test('of a run that is too old is refused as such, not as a missing permission', async () => {
    const intent = await intend();
    bench.pass(31 * 86_400_000);

    await expect(rerun().submit(bench.input, intent, never)).rejects.toMatchObject({
      surelyNotDone: true,
      detail: { kind: 'rejected', answer: expect.stringContaining('over a month ago') },
    });
  });

  test('asks which workflow is meant when several ran for the commit', async () => {
    const [first] = runs();
    if (!first) throw new Error('no run');
    const workflow = { ...first.workflow, id: 72, path: '.github/workflows/test.yml' };
    runs().push({ ...first, id: 9_003, workflow });

    await expect(rerun().observe(bench.input, never)).rejects.toMatchObject({
      name: 'Refusal',
      message: expect.stringContaining('deploy.yml, test.yml'),
    });
    const seen = await rerun({ workflow: 'deploy.yml' }).observe(bench.input, never);
    expect(seen.fingerprint).toBe('run 9001 attempt 1');
  });

  test('of a commit that never ran is not possible', async () => {
    const input = { commit: bench.commits[0]?.sha ?? '', since: bench.now() };

    await expect(rerun().observe(input, never)).rejects.toMatchObject({ code: 'not-possible' });
  });

  test('refuses an input that does not say since when', async () => {
    await expect(rerun().observe({ run: 9_001 }, never)).rejects.toMatchObject({
      code: 'invalid-input',
    });
  });
});
