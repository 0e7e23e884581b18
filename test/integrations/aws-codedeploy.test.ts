import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import type { Check, Intent, Json, Operation } from '../../src/operation.ts';
import { awsFaults } from '../../src/sandbox/cloud/index.ts';
import {
  appSpec,
  BROKEN_COMMIT,
  type CodeDeployBench,
  DATABASE_URL,
  DEPLOY_MS,
  GOOD_COMMIT,
  openCodeDeployBench,
  openStopBench,
} from './aws-bench.ts';
import { integrationContract } from './contract.ts';

const never = new AbortController().signal;

integrationContract('aws-codedeploy redeploy', openCodeDeployBench);
integrationContract('aws-codedeploy stop-deployment', () => openStopBench());

let bench: CodeDeployBench;

function operation(name: string, component: Component = bench.component): Operation {
  const found = component.operations[name];
  if (!found) throw new Error(`no ${name}`);
  return found;
}

async function intend(name: string, input: Json = bench.input): Promise<Intent> {
  const { fingerprint, expected } = await operation(name).observe(input, never);
  const at = bench.now();
  return { run: 'R1', step: 's1', key: 'R1/s1/1', at, before: fingerprint, expected };
}

describe('aws-codedeploy', () => {
  beforeEach(async () => {
    bench = await openCodeDeployBench();
  });
  afterEach(() => bench.close());

  const redeploy = () => operation('redeploy');
  const versions = (component: Component = bench.component) => {
    if (!component.versions) throw new Error('no versions');
    return component.versions;
  };
  async function check(name: string): Promise<Check | undefined> {
    return (await redeploy().preflight(bench.input, never)).find((one) => one.name === name);
  }
  const newest = () => {
    const [found] = bench.group.deployments;
    if (!found) throw new Error('no deployment');
    return found;
  };

  describe('versions', () => {
    test('live is the revision of the last deployment that succeeded', async () => {
      expect(await versions().live(never)).toMatchObject({
        label: '2.4.0',
        commit: BROKEN_COMMIT,
        since: bench.now() - 3_600_000,
        by: 'cleo',
        note: `deployment ${newest().id}, task definition web:3`,
      });
    });

    test('live stays what it was when a later deployment failed', async () => {
      const before = await versions().live(never);
      bench.faults.add({ on: 'POST CreateDeployment', fault: awsFaults.deploymentFails('broken') });
      await redeploy().submit(bench.input, await intend('redeploy'), never);
      bench.finish();

      expect((await versions().live(never)).id).toBe(before.id);
    });

    test('history is the earlier successful revisions, newest first, each once', async () => {
      bench.aws.deployGroup(bench.group, bench.revisions[0] ?? { revisionType: 'S3' });
      bench.aws.deployGroup(bench.group, bench.revisions[2] ?? { revisionType: 'S3' });

      const history = await versions().history(never);

      expect(history.map(({ version, available }) => [version.label, available])).toEqual([
        ['2.3.0', true],
        ['2.3.1', true],
      ]);
    });

    test('a revision that is no longer registered cannot be put back', async () => {
      bench.group.revisions.splice(1, 1);

      const [first] = await versions().history(never);

      expect(first).toMatchObject({
        available: false,
        reason: expect.stringContaining('registered'),
      });
      expect(await check('The revision is there')).toMatchObject({ verdict: 'fail' });
    });

    test('a deregistered task definition cannot be put back', async () => {
      bench.definitions[1].status = 'INACTIVE';

      const [first] = await versions().history(never);

      expect(first).toMatchObject({
        version: { label: '2.3.1' },
        available: false,
        reason: expect.stringContaining('web:2 was deregistered'),
      });
    });

    test('a revision of which CodeDeploy keeps only the hash cannot be put back', async () => {
      const revision = { revisionType: 'AppSpecContent', appSpecContent: { sha256: '9f2c' } };
      const fault = { kind: 'status', status: 200, body: { revision } } as const;
      bench.faults.add({ on: 'POST GetApplicationRevision', fault, times: 2 });

      const [first] = await versions().history(never);

      expect(first).toMatchObject({ available: false, reason: expect.stringContaining('AppSpec') });
    });

    test('are called by their task definitions where ECS may not be read', async () => {
      bench.aws.denied.add('ecs:DescribeTaskDefinition');

      expect((await versions().live(never)).label).toBe('web:3');
    });

    test('of servers are called by their bundle or commit', async () => {
      const bundle = { bucket: 'releases', key: `shop/shop-2.3.1-${GOOD_COMMIT}.zip` };
      const github = { repository: 'acme/shop', commitId: BROKEN_COMMIT };
      bench.aws.addDeploymentGroup({
        application: 'servers',
        name: 'production',
        platform: 'Server',
        deployed: [
          { revisionType: 'S3', s3Location: { ...bundle, bundleType: 'zip', eTag: '"9f2c"' } },
          { revisionType: 'GitHub', gitHubLocation: github },
        ],
      });
      const component = bench.with({ application: 'servers' });

      const live = await versions(component).live(never);
      const [earlier] = await versions(component).history(never);

      expect(live).toMatchObject({ label: BROKEN_COMMIT.slice(0, 7), commit: BROKEN_COMMIT });
      expect(earlier?.version).toMatchObject({
        id: `s3://releases/${bundle.key}#9f2c`,
        label: `shop-2.3.1-${GOOD_COMMIT}`,
        commit: GOOD_COMMIT,
      });
      const input = { release: earlier?.version.id ?? '', replaces: live.id };
      const checks = await operation('redeploy', component).preflight(input, never);
      expect(checks.find((one) => one.name === 'The bundle')).toMatchObject({ verdict: 'warn' });
    });
  });

  describe('the plan', () => {
    test('says what changes, and that the newest task definition stays wrong', async () => {
      const changes = await redeploy().describe(bench.input, never);

      expect(changes[0]).toEqual({
        what: 'shop/production',
        from: '2.4.0 (web:3)',
        to: '2.3.1 (web:2)',
      });
      expect(changes.at(-1)?.to).toContain(`commit ${GOOD_COMMIT.slice(0, 12)} runs again`);
      expect(JSON.stringify(changes)).not.toContain(DATABASE_URL);
      expect(await check('The newest task definition')).toMatchObject({
        verdict: 'warn',
        reason: expect.stringContaining('stays the newest of its family'),
      });
    });

    test('is corrected by the pipeline of the commit gone back to, while the newest is another', async () => {
      const { versions } = bench.component;
      const live = await versions?.live(never);
      const target = (await versions?.history(never))?.[0]?.version;
      if (!live || !target) throw new Error('no versions');
      const since = live.since;

      expect(await versions?.correction?.(target, live, never)).toEqual({
        operation: 'rerun-workflow',
        input: { commit: GOOD_COMMIT, since },
      });
      bench.aws.registerTaskDefinition({ family: 'web', image: `web:${GOOD_COMMIT}` });
      expect(await versions?.correction?.(target, live, never)).toBeUndefined();
    });

    test('is blocked while a deployment is in progress, and names the operation that stops it', async () => {
      const running = bench.aws.deployGroup(bench.group, appSpec(bench.definitions[0]), DEPLOY_MS);

      expect(await check('Nothing else is under way')).toMatchObject({
        verdict: 'fail',
        blocking: true,
        reason: expect.stringMatching(new RegExp(`${running.id}.*stop-deployment`)),
      });
    });

    test('is blocked when something else is live by now', async () => {
      bench.interfere();

      expect(await check('The live revision is the one expected')).toMatchObject({
        verdict: 'fail',
      });
    });
  });

  describe('the redeployment', () => {
    test('deploys the same revision, marked with its key, and CodeDeploy takes it back when it fails', async () => {
      await redeploy().submit(bench.input, await intend('redeploy'), never);
      bench.finish();

      expect(newest()).toMatchObject({ description: 'Backstop R1/s1/1', rollsBack: true });
      expect(bench.aws.requests.length).toBeGreaterThan(0);
      expect(bench.service.rollouts[0]?.taskDefinition).toBe(bench.definitions[1].arn);
    });

    test('that fails is told in the words of CodeDeploy once it was taken back', async () => {
      const words = 'Too few targets are healthy.';
      bench.faults.add({ on: 'POST CreateDeployment', fault: awsFaults.deploymentFails(words) });
      const intent = await intend('redeploy');
      const handle = await redeploy().submit(bench.input, intent, never);
      bench.pass(DEPLOY_MS);

      const during = await redeploy().poll(handle, never);
      bench.finish();
      const end = await redeploy().poll(handle, never);

      expect(during).toMatchObject({
        state: 'running',
        note: expect.stringContaining('takes it back'),
      });
      expect(end).toMatchObject({
        state: 'failed',
        reason: expect.stringMatching(
          /ended Failed: HEALTH_CONSTRAINTS: Too few targets are healthy\. See its lifecycle events/,
        ),
      });
      expect(await redeploy().recover(bench.input, intent, handle, never)).toEqual({
        state: 'not-started',
      });
    });

    test('that left some servers changed is for a person', async () => {
      bench.faults.add({ on: 'POST CreateDeployment', fault: awsFaults.deploymentFails('broken') });
      const intent = await intend('redeploy');
      const handle = await redeploy().submit(bench.input, intent, never);
      bench.pass(DEPLOY_MS);
      await redeploy().poll(handle, never);
      const [rollback, ours] = bench.group.deployments;
      if (!rollback || !ours) throw new Error('no deployments');
      rollback.status = 'Failed';
      ours.reached = 3;

      expect(await redeploy().recover(bench.input, intent, handle, never)).toMatchObject({
        state: 'diverged',
        reason: expect.stringContaining('3 targets hold what it deployed'),
      });
    });

    test('is refused while another deployment runs, and says which', async () => {
      const intent = await intend('redeploy');
      const other = bench.aws.deployGroup(bench.group, appSpec(bench.definitions[0]), DEPLOY_MS);

      await expect(redeploy().submit(bench.input, intent, never)).rejects.toMatchObject({
        surelyNotDone: true,
        detail: {
          kind: 'busy',
          code: 'DeploymentLimitExceededException',
          answer: expect.stringContaining(other.id),
        },
      });
    });

    test('after which somebody deployed something else is diverged, not repeated', async () => {
      const intent = await intend('redeploy');
      await redeploy().submit(bench.input, intent, never);
      bench.finish();
      bench.aws.deployGroup(bench.group, bench.revisions[2] ?? { revisionType: 'S3' });

      expect(await redeploy().recover(bench.input, intent, undefined, never)).toMatchObject({
        state: 'diverged',
        reason: expect.stringContaining('somebody deployed'),
      });
    });

    test('that lands late is found by its description', async () => {
      const intent = await intend('redeploy');
      bench.faults.add({ on: 'POST CreateDeployment', fault: { kind: 'late', ms: 5_000 } });
      await redeploy()
        .submit(bench.input, intent, never)
        .catch(() => undefined);
      bench.pass(5_000);

      const landed = await redeploy().recover(bench.input, intent, undefined, never);
      bench.finish();

      expect(landed).toMatchObject({ state: 'in-flight' });
      expect(await redeploy().recover(bench.input, intent, undefined, never)).toEqual({
        state: 'done',
      });
    });

    test('is done once traffic has moved, though the old tasks are kept for an hour', async () => {
      bench.group.terminationWaitMs = 3_600_000;
      const intent = await intend('redeploy');
      const handle = await redeploy().submit(bench.input, intent, never);
      bench.pass(DEPLOY_MS);

      expect(await redeploy().poll(handle, never)).toEqual({ state: 'succeeded' });
      expect(await redeploy().recover(bench.input, intent, handle, never)).toEqual({
        state: 'done',
      });
    });

    test('of a revision that is gone sends nothing', async () => {
      const intent = await intend('redeploy');
      bench.group.revisions.splice(1, 1);

      await expect(redeploy().submit(bench.input, intent, never)).rejects.toMatchObject({
        surelyNotDone: true,
      });
      expect(bench.requests().filter((one) => one.mutating)).toEqual([]);
    });

    test('without the right to do it names the action', async () => {
      bench.aws.denied.add('codedeploy:CreateDeployment');
      const intent = await intend('redeploy');

      await expect(redeploy().submit(bench.input, intent, never)).rejects.toMatchObject({
        detail: {
          kind: 'permission',
          answer: expect.stringContaining('codedeploy:CreateDeployment'),
        },
      });
    });
  });

  test('a group that is not there fails with what to check', async () => {
    const findings = await bench.with({ deploymentGroup: 'gone' }).doctor(never);

    expect(findings).toMatchObject([
      { verdict: 'fail', reason: expect.stringContaining('DeploymentGroupDoesNotExistException') },
    ]);
  });
});

describe('stop-deployment', () => {
  afterEach(() => bench.close());

  const stop = () => operation('stop-deployment');
  const running = () => {
    const id = String((bench.input as { deployment: string }).deployment);
    const found = bench.group.deployments.find((one) => one.id === id);
    if (!found) throw new Error('no deployment');
    return found;
  };

  test('is offered to people, for the deployment in progress', async () => {
    bench = await openStopBench();
    const offered = bench.component.mitigations?.['stop-deployment'];

    expect(offered?.title).toMatch(/^Stop the deployment in progress to .+ and take it back$/);
    expect(await offered?.call({ key: 'INC-0001-P1', at: bench.now() }, never)).toEqual({
      operation: 'stop-deployment',
      input: bench.input,
    });

    bench.pass(DEPLOY_MS);
    await expect(
      offered?.call({ key: 'INC-0001-P1', at: bench.now() }, never),
    ).rejects.toMatchObject({
      code: 'not-possible',
      message: expect.stringContaining('/rollback'),
    });
  });

  test('moves traffic back while the earlier tasks still run', async () => {
    bench = await openStopBench(true);
    const handle = await stop().submit(bench.input, await intend('stop-deployment'), never);
    bench.pass(DEPLOY_MS / 10);

    expect(await stop().poll(handle, never)).toEqual({ state: 'succeeded' });
    expect(bench.service.rollouts[0]?.taskDefinition).toBe(bench.definitions[2].arn);
  });

  test('makes the release whose traffic has moved the live one until then', async () => {
    bench = await openStopBench(true);

    expect((await bench.component.versions?.live(never))?.label).toBe('2.5.0');
  });

  test('that takes a moment is under way by its handle, and may be repeated without harm', async () => {
    bench = await openStopBench();
    bench.aws.stopMs = 3_000;
    const intent = await intend('stop-deployment');
    const handle = await stop().submit(bench.input, intent, never);

    const known = await stop().recover(bench.input, intent, handle, never);
    const unknown = await stop().recover(bench.input, intent, undefined, never);
    await stop().submit(bench.input, intent, never);
    bench.finish();

    expect(known).toMatchObject({ state: 'in-flight' });
    expect(unknown).toEqual({ state: 'not-started' });
    expect(await stop().recover(bench.input, intent, undefined, never)).toEqual({ state: 'done' });
    const backs = bench.group.deployments.filter((one) => one.creator === 'codeDeployRollback');
    expect(backs).toHaveLength(1);
  });

  test('of a deployment that succeeded first is not done, and says to go back another way', async () => {
    bench = await openStopBench();
    const intent = await intend('stop-deployment');
    bench.pass(DEPLOY_MS);

    const found = await stop().recover(bench.input, intent, undefined, never);
    const [check] = await stop().preflight(bench.input, never);

    expect(found).toMatchObject({
      state: 'diverged',
      reason: expect.stringContaining('Succeeded'),
    });
    expect(check).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('put the earlier version back instead'),
    });
    await expect(stop().submit(bench.input, intent, never)).rejects.toMatchObject({
      detail: { code: 'DeploymentAlreadyCompletedException', kind: 'rejected' },
    });
  });

  test('fails with the reason where there is nothing to go back to', async () => {
    bench = await openStopBench();
    const intent = await intend('stop-deployment');
    for (const one of bench.group.deployments) {
      if (one !== running()) one.status = 'Failed';
    }
    const handle = await stop().submit(bench.input, intent, never);
    bench.finish();

    expect(await stop().poll(handle, never)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('No previous successful deployment'),
    });
  });
});
