import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Intent, Operation } from '../../src/operation.ts';
import { githubFaults } from '../../src/sandbox/cloud/index.ts';
import { integrationContract } from './contract.ts';
import { type GitHubBench, openLockBench } from './github-bench.ts';

const never = new AbortController().signal;
const NAME = 'Backstop: nothing is merged during INC-0001';
integrationContract('locking a branch', () => openLockBench('lock-branch'));
integrationContract('unlocking a branch', () => openLockBench('unlock-branch'));

describe('a locked branch', () => {
  let bench: GitHubBench;
  beforeEach(async () => {
    bench = await openLockBench('lock-branch');
  });
  afterEach(() => bench.close());

  const repository = () => bench.cloud.github.repository();
  const rulesets = () => repository().rulesets.map(({ name }) => name);
  const lock = (holder = 'INC-0001') =>
    submit(operationOf(bench.component, 'lock-branch'), { holder });
  const unlock = (holder = 'INC-0001') =>
    submit(operationOf(bench.component, 'unlock-branch'), { holder });

  test('takes no update and cannot be deleted, and nothing else of the repository is locked', async () => {
    await lock();

    expect(repository().rulesets).toMatchObject([
      {
        name: NAME,
        target: 'branch',
        enforcement: 'active',
        include: ['refs/heads/main'],
        rules: [{ type: 'update' }, { type: 'deletion' }],
        bypassActors: [],
      },
    ]);
  });

  test('is as it was once it is unlocked, with every ruleset of other people', async () => {
    const theirs = {
      id: 3,
      name: 'Release week',
      target: 'branch',
      enforcement: 'active',
      include: ['~DEFAULT_BRANCH'],
      rules: [{ type: 'update' }, { type: 'pull_request' }],
      bypassActors: [],
      createdAt: '2026-11-01T00:00:00Z',
    };
    repository().rulesets.push(theirs);

    await lock();
    await unlock();

    expect(repository().rulesets).toEqual([theirs]);
  });

  test('stays locked until the last holder lets go', async () => {
    await lock('INC-0001');
    await lock('INC-0002');
    await unlock('INC-0001');

    expect(rulesets()).toEqual(['Backstop: nothing is merged during INC-0002']);
    await unlock('INC-0002');
    expect(rulesets()).toEqual([]);
  });

  test('is found among more rulesets than one page holds', async () => {
    await lock();
    const [ours] = repository().rulesets;
    if (!ours) throw new Error('nothing was locked');
    repository().rulesets.unshift(
      ...Array.from({ length: 120 }, (_, n) => ({ ...ours, id: 1_000 + n, name: `Rule ${n}` })),
    );

    await unlock();

    expect(rulesets()).not.toContain(NAME);
  });

  test('that somebody unlocked by hand is left alone', async () => {
    await lock();
    repository().rulesets.length = 0;
    const before = bench.requests().length;

    await unlock();

    expect(
      bench
        .requests()
        .slice(before)
        .filter(({ mutating }) => mutating),
    ).toEqual([]);
  });

  test.each([
    ['the permission is missing', () => bench.cloud.github.denied.add('administration=write')],
    [
      'the plan has no rulesets',
      () => {
        repository().lacksRulesets = true;
      },
    ],
  ])('is refused in GitHub’s words where %s', async (_name, take) => {
    take();

    await expect(lock()).rejects.toMatchObject({
      name: 'OutsideError',
      surelyNotDone: true,
      detail: { kind: 'permission', answer: expect.stringMatching(/Upgrade|not accessible/) },
    });
  });

  test('is offered only where the settings ask for it', () => {
    expect(bench.component.freeze?.what).toBe('branch main of acme/checkout');
    expect(bench.with({}).freeze).toBeUndefined();
  });

  test('is looked at by the doctor, who needs to read rulesets', async () => {
    const times = Number.POSITIVE_INFINITY;
    bench.faults.add({ on: 'GET rulesets', fault: githubFaults.forbidden(), times });

    const findings = await bench.component.doctor(never);

    const failed = findings.filter(({ verdict }) => verdict === 'fail');
    expect(failed.map(({ what }) => what)).toEqual([
      'repository acme/checkout: rulesets, for the freeze',
    ]);
  });
});

function operationOf(component: GitHubBench['component'], name: string): Operation {
  const found = component.operations[name];
  if (!found) throw new Error(`no ${name}`);
  return found;
}

async function submit(operation: Operation, input: { readonly holder: string }): Promise<void> {
  const { fingerprint: before, expected } = await operation.observe(input, never);
  const intent: Intent = { run: 'R1', step: 's', key: 'R1/s/1', at: 0, before, expected };
  await operation.submit(input, intent, never);
}
