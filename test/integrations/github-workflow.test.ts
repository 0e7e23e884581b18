import { afterEach, describe, expect, test } from 'vitest';
import { GitHubWorkflowSettings } from '../../src/integrations/github-workflow/schema.ts';
import type { Check, Intent, Json, Operation } from '../../src/operation.ts';
import { integrationContract } from './contract.ts';
import {
  type DispatchBench,
  ON_BRANCH,
  ON_BRANCH_SETTINGS,
  openDispatchBench,
} from './github-workflow-bench.ts';

const never = new AbortController().signal;
const onBranch = () => openDispatchBench({ settings: ON_BRANCH_SETTINGS, dispatch: ON_BRANCH });

integrationContract('github-workflow', () => openDispatchBench({ as: 'app' }));
integrationContract('github-workflow on a branch', onBranch);
integrationContract('github-workflow on a server that tells no run', async () => {
  const bench = await onBranch();
  bench.cloud.github.tellsRun = false;
  return bench;
});

describe('github-workflow', () => {
  let bench: DispatchBench;
  afterEach(() => bench.close());
  const open = async (o: Parameters<typeof openDispatchBench>[0] = {}) => {
    bench = await openDispatchBench(o);
  };

  const dispatch = (settings: Readonly<Record<string, unknown>> = {}): Operation => {
    const found = bench.with(settings).operations['dispatch-workflow'];
    if (!found) throw new Error('no dispatch-workflow');
    return found;
  };
  const sha = (index: number) => bench.commits.at(index)?.sha ?? '';
  const github = () => bench.cloud.github;
  async function intend(input: Json = bench.input): Promise<Intent> {
    const { fingerprint, expected } = await dispatch().observe(input, never);
    const key = 'INC-0001-R1/s1/1';
    return { run: 'R1', step: 's1', key, at: bench.now(), before: fingerprint, expected };
  }
  const versions = () => {
    const found = bench.component.versions;
    if (!found) throw new Error('no versions');
    return found;
  };
  async function check(name: string): Promise<Check | undefined> {
    return (await dispatch().preflight(bench.input, never)).find((one) => one.name === name);
  }
  const lost = async (intent: Intent) => {
    github().faults.add({ on: 'POST dispatches', fault: { kind: 'reset', when: 'after' } });
    await expect(dispatch().submit(bench.input, intent, never)).rejects.toMatchObject({
      detail: { kind: 'ambiguous' },
    });
  };

  describe('versions', () => {
    test('are what the deployments say: the newest that succeeded is live, those before were', async () => {
      await open();

      const live = await versions().live(never);
      const history = await versions().history(never);

      expect(live).toMatchObject({ id: sha(2), label: 'v3', commit: sha(2), by: 'cleo' });
      expect(history.map(({ version, available }) => [version.label, available])).toEqual([
        ['v2', true],
      ]);
      expect(versions().putBack(history[0]?.version ?? live, live)).toEqual({
        operation: 'dispatch-workflow',
        input: bench.input,
      });
    });

    test('count a version once, however often it was deployed, and none that failed', async () => {
      await open();
      bench.deployed(0);
      bench.deployed(1);
      const repository = github().repository();
      const newest = repository.deployments.at(-1);
      newest?.statuses.push({ ...newest.statuses[0], id: 1, state: 'failure' } as never);

      const live = await versions().live(never);
      const history = await versions().history(never);

      expect(live.label).toBe('v1');
      expect(history.map(({ version }) => version.label)).toEqual(['v3', 'v2']);
    });

    test('without a tag are told and not offered, unless the workflow needs none', async () => {
      await open();
      github().repository().refs.delete('refs/tags/v2');

      const [one] = await versions().history(never);
      const [other] = (await bench.with(ON_BRANCH_SETTINGS).versions?.history(never)) ?? [];

      expect(one).toMatchObject({
        available: false,
        reason: expect.stringContaining('no tag is at'),
        version: { label: sha(1).slice(0, 7) },
      });
      expect(other?.available).toBe(true);
    });

    test('go by a tag that was set after the deployment', async () => {
      await open();
      bench.deployed(0, 'main');

      expect(await versions().live(never)).toMatchObject({ label: 'v1' });
    });

    test('of an environment without deployments are told as missing', async () => {
      await open({ settings: { environment: 'staging' } });

      await expect(versions().live(never)).rejects.toMatchObject({
        detail: { kind: 'not-found', next: expect.stringContaining('`environment`') },
      });
    });
  });

  describe('dispatch', () => {
    test('runs the workflow on the tag, follows that run and sees the deployment', async () => {
      await open();
      const intent = await intend();

      const handle = await dispatch().submit(bench.input, intent, never);
      const early = await dispatch().poll(handle, never);
      bench.finish();

      expect(handle).toMatchObject({ run: bench.runs().at(-1)?.id, ref: 'v2' });
      expect(early).toMatchObject({ state: 'running' });
      expect(bench.runs().at(-1)).toMatchObject({ event: 'workflow_dispatch', sha: sha(1) });
      expect(await dispatch().poll(handle, never)).toEqual({ state: 'succeeded' });
      expect((await versions().live(never)).label).toBe('v2');
    });

    test('on a branch says the version by the inputs, and the step by its key', async () => {
      await open({ settings: ON_BRANCH_SETTINGS, dispatch: ON_BRANCH });

      await dispatch().submit(bench.input, await intend(), never);
      bench.finish();

      expect(bench.runs().at(-1)).toMatchObject({
        branch: 'main',
        title: `Deploy ${sha(1)} INC-0001-R1/s1/1`,
      });
      expect((await versions().live(never)).id).toBe(sha(1));
    });

    test('finds the run it started when the answer was lost, also from a run of somebody else', async () => {
      await open({ settings: ON_BRANCH_SETTINGS, dispatch: ON_BRANCH });
      const intent = await intend();
      await lost(intent);
      const ours = bench.runs().at(-1);
      const repository = github().repository();
      repository.runs.push({
        ...(ours as NonNullable<typeof ours>),
        id: (ours?.id ?? 0) + 1,
        title: 'Deploy something else',
        status: 'completed',
        conclusion: 'failure',
      });

      const early = await dispatch().recover(bench.input, intent, undefined, never);
      bench.finish();
      const late = await dispatch().recover(bench.input, intent, undefined, never);

      expect(early).toMatchObject({ state: 'in-flight' });
      expect(late).toEqual({ state: 'done' });
    });

    test('is not sent again where a run on the branch may be its own and nothing tells', async () => {
      const dispatch_ = { ...ON_BRANCH, runName: 'Deploy' };
      await open({ settings: ON_BRANCH_SETTINGS, dispatch: dispatch_ });
      github().conclusion = 'failure';
      const intent = await intend();
      await lost(intent);
      bench.finish();

      expect(await dispatch().recover(bench.input, intent, undefined, never)).toMatchObject({
        state: 'unknown',
        reason: expect.stringContaining('run-name'),
      });
    });

    test('that fails is told with its address, and is not done', async () => {
      await open();
      github().conclusion = 'failure';
      const intent = await intend();
      const handle = await dispatch().submit(bench.input, intent, never);
      bench.finish();

      const end = await dispatch().poll(handle, never);

      expect(end).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('/actions/runs/'),
      });
      for (const known of [handle, undefined]) {
        expect(await dispatch().recover(bench.input, intent, known, never)).toMatchObject({
          state: 'diverged',
          reason: expect.stringContaining('ended in failure'),
        });
      }
    });

    test('is not done by a run that recorded no deployment of the version', async () => {
      // The workflow deploys what the input says, and GitHub records what it runs on.
      const { deploys: _, ...records } = ON_BRANCH;
      await open({ settings: ON_BRANCH_SETTINGS, dispatch: records });
      const intent = await intend();
      const handle = await dispatch().submit(bench.input, intent, never);
      bench.finish();
      await dispatch().poll(handle, never);
      const run = bench.runs().at(-1);
      if (!run) throw new Error('no run');

      run.updatedAt = new Date(Date.now() - 3_600_000).toISOString();

      expect(await dispatch().poll(handle, never)).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('has to record what it deploys'),
      });
      expect(await dispatch().recover(bench.input, intent, handle, never)).toMatchObject({
        state: 'diverged',
      });
    });

    test('waits where somebody has to approve the deployment on GitHub', async () => {
      await open();
      const handle = await dispatch().submit(bench.input, await intend(), never);
      Object.assign(bench.runs().at(-1) ?? {}, { status: 'waiting' });

      expect(await dispatch().poll(handle, never)).toMatchObject({
        state: 'waiting',
        note: expect.stringContaining('waits for an approval'),
      });
    });

    test('is taken back by deploying the version that was live', async () => {
      await open();

      expect(dispatch().undo?.(bench.input)).toEqual({
        operation: 'dispatch-workflow',
        input: { commit: sha(2), label: 'v3', replaces: sha(1), live: 'v2' },
      });
    });

    test('without a tag is refused before anything is sent', async () => {
      await open();
      const intent = await intend();
      github().repository().refs.delete('refs/tags/v2');

      await expect(dispatch().submit(bench.input, intent, never)).rejects.toMatchObject({
        name: 'Refusal',
        code: 'not-possible',
        message: expect.stringContaining('Tag it'),
      });
      expect(github().mutations).toEqual({});
    });

    test('that GitHub refuses says why', async () => {
      await open({ settings: { inputs: { version: '{tag}' } } });
      const intent = await intend();

      await expect(dispatch().submit(bench.input, intent, never)).rejects.toMatchObject({
        surelyNotDone: true,
        detail: { kind: 'rejected', answer: expect.stringContaining('Unexpected inputs') },
      });
    });

    test('refuses an input that is none', async () => {
      await open();

      await expect(dispatch().observe({ commit: 'v2' }, never)).rejects.toMatchObject({
        code: 'invalid-input',
      });
    });
  });

  describe('before it runs', () => {
    test.each<[string, () => void, string, RegExp]>([
      [
        'a workflow that is disabled',
        () =>
          Object.assign(github().repository().workflows[0] ?? {}, { state: 'disabled_manually' }),
        'The workflow is active',
        /disabled manually/,
      ],
      [
        'a version without a tag',
        () => github().repository().refs.delete('refs/tags/v2'),
        'The version has a tag',
        /No tag is at/,
      ],
      [
        'a deployment under way',
        () => {
          const [first] = bench.runs();
          Object.assign(first ?? {}, { status: 'in_progress' });
        },
        'Nothing else is being deployed',
        /is in progress/,
      ],
      [
        'a workflow without the trigger at that version',
        () => {
          delete github().repository().workflows[0]?.dispatch;
        },
        'The workflow can be dispatched',
        /lacks the trigger workflow_dispatch/,
      ],
    ])('%s blocks it', async (_name, change, name, reason) => {
      await open();
      await dispatch().submit(bench.input, await intend(), never);
      bench.finish();
      await dispatch().observe(bench.input, never);

      change();

      expect(await check(name)).toMatchObject({
        verdict: 'fail',
        blocking: true,
        reason: expect.stringMatching(reason),
      });
    });

    test('the doctor fails without the trigger, without the workflow and without the permission', async () => {
      await open({ dispatch: undefined, as: 'app' });
      const reasons = async () =>
        (await bench.component.doctor(never)).map(({ verdict, reason }) => `${verdict}: ${reason}`);
      expect(await reasons()).toContain('fail: on main it cannot be dispatched');

      github().repository().workflows.splice(0);
      expect(
        (await reasons()).some((one) => one.startsWith('fail: GitHub could not read workflow')),
      ).toBe(true);

      github().app.permissions.delete('deployments');
      github().app.revoke();
      expect(await reasons()).toContain('fail: it lacks deployments: read (what is live)');
    });
  });

  test('on a branch some input has to say which version', async () => {
    await open();
    const settings = { repository: 'acme/checkout', workflow: 'deploy.yml', branch: 'main' };

    const issues = GitHubWorkflowSettings.safeParse(settings).error?.issues;

    expect(issues?.[0]).toMatchObject({
      path: ['inputs'],
      message: expect.stringContaining('{tag} or {commit}'),
    });
  });
});
