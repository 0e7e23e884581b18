import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createAwsEcs } from '../../src/integrations/aws-ecs/index.ts';
import type { Check, Intent, Operation } from '../../src/operation.ts';
import { awsFaults } from '../../src/sandbox/cloud/index.ts';
import {
  type AwsBench,
  BROKEN_COMMIT,
  called,
  DATABASE_URL,
  DEPLOY_MS,
  GOOD_COMMIT,
  openEcsBench,
  openMitigationBench,
} from './aws-bench.ts';
import { integrationContract } from './contract.ts';

const never = new AbortController().signal;

integrationContract('aws-ecs update-service', openEcsBench);
integrationContract('aws-ecs restart', () => openMitigationBench('restart'));
integrationContract('aws-ecs scale', () => openMitigationBench('scale', '+2'));

describe('aws-ecs', () => {
  let bench: AwsBench;
  beforeEach(async () => {
    bench = await openEcsBench();
  });
  afterEach(() => bench.close());

  const update = (): Operation => {
    const found = bench.component.operations['update-service'];
    if (!found) throw new Error('no update-service');
    return found;
  };
  const versions = () => {
    const { versions: found } = bench.component;
    if (!found) throw new Error('no versions');
    return found;
  };
  async function intend(): Promise<Intent> {
    const { fingerprint, expected } = await update().observe(bench.input, never);
    const at = bench.now();
    return { run: 'R1', step: 's1', key: 'R1/s1/1', at, before: fingerprint, expected };
  }
  async function check(name: string): Promise<Check | undefined> {
    return (await update().preflight(bench.input, never)).find((one) => one.name === name);
  }
  const live = () => bench.service.rollouts[0]?.taskDefinition;

  describe('versions', () => {
    test('live is the task definition of the service, with release, commit, author and digest', async () => {
      expect(await versions().live(never)).toEqual({
        id: bench.definitions[2].arn,
        label: '2.4.0',
        commit: BROKEN_COMMIT,
        since: bench.now() - 3_600_000,
        by: 'cleo',
        note: expect.stringMatching(/^task definition web:3, web sha256:[0-9a-f]{12}$/),
      });
    });

    test('history is what the service ran before, newest first, each once', async () => {
      const history = await versions().history(never);

      expect(
        history.map(({ version, available }) => [version.label, version.commit, available]),
      ).toEqual([
        ['2.3.1', GOOD_COMMIT, true],
        ['2.3.0', undefined, true],
      ]);
    });

    test('the port of a registry is not taken for a tag', async () => {
      const image = `registry.example:5000/acme/web:${GOOD_COMMIT}`;
      const other = bench.aws.registerTaskDefinition({ family: 'web', image });
      const bare = bench.aws.registerTaskDefinition({
        family: 'web',
        image: 'registry.example:5000/acme/web',
      });

      bench.aws.deployService(bench.service, other);
      expect(await versions().live(never)).toMatchObject({ commit: GOOD_COMMIT });
      bench.aws.deployService(bench.service, bare);
      expect(await versions().live(never)).toMatchObject({ label: bare.arn.split('/').at(-1) });
    });

    test('a revision that never ran is not offered, though it is the next lower number', async () => {
      const never3 = bench.aws.registerTaskDefinition({ family: 'web', image: 'web:2.4.1' });
      const last = bench.aws.registerTaskDefinition({ family: 'web', image: 'web:2.4.2' });
      bench.aws.deployService(bench.service, last);

      const ids = (await versions().history(never)).map(({ version }) => version.id);

      expect(ids[0]).toBe(bench.definitions[2].arn);
      expect(ids).not.toContain(never3.arn);
    });

    test('a deregistered task definition is told, and cannot be put back', async () => {
      bench.definitions[1].status = 'INACTIVE';

      const [first] = await versions().history(never);

      expect(first).toMatchObject({
        version: { label: '2.3.1' },
        available: false,
        reason: expect.stringContaining('deregistered'),
      });
      expect(await check('The task definition is there')).toMatchObject({ verdict: 'fail' });
    });

    test('putting one back moves the service to its task definition, and its undo moves it back', async () => {
      const now = await versions().live(never);
      const [target] = await versions().history(never);
      const call = target && versions().putBack(target.version, now);
      const [, good, broken] = bench.definitions;

      expect(call).toEqual({ operation: 'update-service', input: bench.input });
      expect(update().undo?.(bench.input)).toEqual({
        operation: 'update-service',
        input: { release: broken.arn, replaces: good.arn },
      });
    });
  });

  describe('the plan', () => {
    test('says what changes by name and never shows a value', async () => {
      const changes = await update().describe(bench.input, never);

      expect(changes[0]).toEqual({
        what: 'service web',
        from: '2.4.0 (web:3)',
        to: '2.3.1 (web:2)',
      });
      expect(changes.map((one) => one.what)).toEqual(
        expect.arrayContaining([
          'image of container web',
          'variable of container web: DATABASE_URL',
          'variable of container web: FLAGS',
        ]),
      );
      expect(JSON.stringify(changes)).not.toContain(DATABASE_URL);
    });

    test('tells that the newest task definition stays wrong, and how it is corrected', async () => {
      const changes = await update().describe(bench.input, never);

      expect(changes.at(-1)).toMatchObject({
        what: 'newest task definition of web',
        to: expect.stringContaining(`until the pipeline of commit ${GOOD_COMMIT.slice(0, 12)}`),
      });
      expect(await check('The newest task definition')).toMatchObject({
        verdict: 'warn',
        blocking: false,
        reason: expect.stringContaining('stays the newest of its family'),
      });
    });

    test('is corrected by the pipeline of the commit gone back to, and not when there is nothing to correct', async () => {
      const { versions } = bench.component;
      const live = await versions?.live(never);
      const target = (await versions?.history(never))?.[0]?.version;
      if (!live || !target) throw new Error('no versions');

      expect(await versions?.correction?.(target, live, never)).toEqual({
        operation: 'rerun-workflow',
        input: { commit: GOOD_COMMIT, since: live.since },
      });
      // Forward again, to what is the newest already.
      expect(await versions?.correction?.(live, target, never)).toBeUndefined();
    });

    test('is content once the pipeline has registered the good release again', async () => {
      const again = bench.aws.registerTaskDefinition({
        family: 'web',
        image: `web:${GOOD_COMMIT}`,
      });
      const input = { release: again.arn, replaces: bench.definitions[2].arn };

      const checks = await update().preflight(input, never);

      expect(checks.find((one) => one.name === 'The newest task definition')).toMatchObject({
        verdict: 'pass',
      });
    });

    test('is blocked while a deployment is in progress', async () => {
      await update().submit(bench.input, await intend(), never);

      expect(await check('Nothing else is under way')).toMatchObject({
        verdict: 'fail',
        reason: expect.stringContaining('web:2 being deployed'),
      });
    });

    test('is blocked for a service that CodeDeploy deploys, and names the kind to use', async () => {
      bench.aws.addService({
        cluster: 'shop',
        name: 'blue-green',
        ran: bench.definitions,
        controller: 'CODE_DEPLOY',
      });
      const component = bench.with({ service: 'blue-green' });

      const checks = await component.operations['update-service']?.preflight(bench.input, never);

      expect(checks?.[0]).toMatchObject({
        verdict: 'fail',
        reason: expect.stringContaining('aws-codedeploy'),
      });
    });

    test('warns when no circuit breaker guards the deployment', async () => {
      bench.service.circuitBreaker = { enable: false, rollback: false };

      expect(await check('The circuit breaker')).toMatchObject({ verdict: 'warn' });
    });
  });

  describe('moving the service', () => {
    test('is not over before the new tasks run', async () => {
      const handle = await update().submit(bench.input, await intend(), never);

      const early = await update().poll(handle, never);
      bench.pass(DEPLOY_MS);

      expect(early).toEqual({
        state: 'running',
        note: 'web:2 being deployed, 0 of 2 tasks running',
      });
      expect(await update().poll(handle, never)).toEqual({ state: 'succeeded' });
    });

    test('that the circuit breaker takes back fails in the words of ECS, and nothing has changed', async () => {
      const words = 'ECS deployment circuit breaker: tasks failed to start.';
      bench.faults.add({ on: 'POST UpdateService', fault: awsFaults.deploymentFails(words) });
      const intent = await intend();
      const handle = await update().submit(bench.input, intent, never);
      bench.pass(DEPLOY_MS);

      const during = await update().poll(handle, never);
      const recovered = await update().recover(bench.input, intent, handle, never);
      bench.pass(DEPLOY_MS);

      expect(during).toMatchObject({ state: 'running', note: expect.stringContaining('web:3') });
      expect(recovered).toMatchObject({ state: 'in-flight' });
      expect(await update().poll(handle, never)).toMatchObject({ state: 'failed' });
      expect(await update().recover(bench.input, intent, handle, never)).toEqual({
        state: 'not-started',
      });
      expect(live()).toBe(bench.definitions[2].arn);
    });

    test('that fails without a circuit breaker is left for a person', async () => {
      bench.service.circuitBreaker = { enable: true, rollback: false };
      const words = 'tasks failed to start.';
      bench.faults.add({ on: 'POST UpdateService', fault: awsFaults.deploymentFails(words) });
      const intent = await intend();
      const handle = await update().submit(bench.input, intent, never);
      bench.pass(DEPLOY_MS);

      expect(await update().poll(handle, never)).toEqual({
        state: 'failed',
        reason: 'ECS gave the deployment of web:2 up and left it so: tasks failed to start.',
      });
      expect(await update().recover(bench.input, intent, handle, never)).toMatchObject({
        state: 'diverged',
        reason: expect.stringContaining('deployment failed'),
      });
    });

    test('that lands late is found, and never counted as not started', async () => {
      const intent = await intend();
      bench.faults.add({ on: 'POST UpdateService', fault: { kind: 'late', ms: 5_000 } });
      await update()
        .submit(bench.input, intent, never)
        .catch(() => undefined);
      bench.pass(5_000);

      const landed = await update().recover(bench.input, intent, undefined, never);
      bench.finish();

      expect(landed).toMatchObject({ state: 'in-flight' });
      expect(await update().recover(bench.input, intent, undefined, never)).toEqual({
        state: 'done',
      });
    });

    test('keeps the number of tasks', async () => {
      await update().submit(bench.input, await intend(), never);
      bench.finish();

      expect(bench.aws.requests.at(-1)?.call).toBe('POST UpdateService');
      expect(bench.service.rollouts).toMatchObject([{ running: 2, state: 'COMPLETED' }]);
    });

    test.each([
      [awsFaults.throttled(), 'throttled', 'ThrottlingException', true],
      [awsFaults.expiredToken(), 'credentials', 'ExpiredTokenException', true],
      [awsFaults.serverError('after'), 'ambiguous', 'InternalFailure', false],
    ])('is told with what AWS answered (%#)', async (fault, kind, code, surelyNotDone) => {
      const intent = await intend();
      bench.faults.add({ on: 'POST UpdateService', fault });

      await expect(update().submit(bench.input, intent, never)).rejects.toMatchObject({
        surelyNotDone,
        message: expect.stringContaining('ECS service shop/web'),
        detail: {
          kind,
          code,
          correlationId: expect.any(String),
          next: expect.stringMatching(/\w/),
        },
      });
    });

    test('without the right to do it names the action and what to grant', async () => {
      bench.aws.denied.add('ecs:UpdateService');

      await expect(update().submit(bench.input, await intend(), never)).rejects.toMatchObject({
        surelyNotDone: true,
        detail: {
          kind: 'permission',
          code: 'AccessDeniedException',
          answer: expect.stringContaining('ecs:UpdateService'),
          next: expect.stringContaining('README'),
        },
      });
    });

    test('of a service that is not there fails with what to check', async () => {
      await expect(bench.with({ service: 'gone' }).versions?.live(never)).rejects.toMatchObject({
        detail: { kind: 'not-found', next: expect.stringContaining('aws.region') },
      });
      await expect(bench.with({ cluster: 'gone' }).versions?.live(never)).rejects.toMatchObject({
        detail: { kind: 'not-found', code: 'ClusterNotFoundException' },
      });
    });

    test('the manual steps are complete commands', () => {
      expect(update().manual(bench.input)).toContain(
        `aws ecs update-service --cluster shop --service web --task-definition ${bench.definitions[1].arn}`,
      );
    });

    test('refuses an input that is none before anything is sent', async () => {
      const input = { release: 'web:2', replaces: 'web:3' };

      await expect(update().observe(input, never)).rejects.toMatchObject({ code: 'invalid-input' });
      expect(bench.aws.requests).toEqual([]);
    });
  });

  test('the doctor tells when nothing names the commit', async () => {
    bench.aws.deployService(bench.service, bench.definitions[0]);

    const findings = await bench.component.doctor(never);

    expect(findings.find((one) => one.verdict === 'warn')).toMatchObject({
      reason: expect.stringContaining('which commit'),
      next: expect.stringContaining('APP_COMMIT'),
    });
  });

  test('credentials that are nowhere to be found are told as such, and nothing is sent', async () => {
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) {
      vi.stubEnv(name, '/nonexistent');
    }
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) {
      vi.stubEnv(name, undefined);
    }
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const component = createAwsEcs({
      id: 'web',
      settings: { cluster: 'shop', service: 'web' },
      connections: { aws: { region: 'eu-west-1', endpoints: { ecs: bench.aws.baseUrl } } },
    });

    const findings = await component.doctor(never);
    vi.unstubAllEnvs();

    expect(findings).toMatchObject([
      { verdict: 'fail', next: expect.stringContaining('aws.credentials') },
    ]);
    expect(bench.aws.requests).toEqual([]);
  });

  test('the record of requests keeps no session token', async () => {
    await versions().live(never);

    expect(JSON.stringify(bench.aws.requests)).not.toContain(bench.secrets[1]);
  });
});

describe('mitigations of aws-ecs', () => {
  let bench: AwsBench;
  beforeEach(async () => {
    bench = await openEcsBench();
  });
  afterEach(() => bench.close());

  async function begin(name: string, value?: string) {
    const { operation: id, input } = await called(bench, name, value);
    const operation = bench.component.operations[id];
    if (!operation) throw new Error(`no ${id}`);
    const { fingerprint: before, expected } = await operation.observe(input, never);
    const intent = { run: 'R', step: 's', key: 'R/s/1', at: bench.now(), before, expected };
    const handle = await operation.submit(input, intent, never);
    return { operation, input, intent, handle };
  }

  test('a restart starts new tasks of the same task definition, and is over once they run', async () => {
    const [before] = bench.service.rollouts;
    const { operation, handle } = await begin('restart');

    expect(await operation.poll(handle, never)).toMatchObject({ state: 'running' });
    bench.pass(DEPLOY_MS);
    expect(await operation.poll(handle, never)).toEqual({ state: 'succeeded' });
    const [after] = bench.service.rollouts;
    expect(after?.id).not.toBe(before?.id);
    expect(after?.taskDefinition).toBe(before?.taskDefinition);
  });

  test('a restart whose tasks do not start fails in the words of ECS, also when found after a crash', async () => {
    const words = 'tasks failed to start';
    bench.faults.add({ on: 'POST UpdateService', fault: awsFaults.deploymentFails(words) });
    const { operation, input, intent, handle } = await begin('restart');
    bench.pass(DEPLOY_MS);
    await operation.observe(input, never);
    bench.pass(DEPLOY_MS);

    const reason = expect.stringContaining(words);
    expect(await operation.poll(handle, never)).toEqual({ state: 'failed', reason });
    expect(await operation.recover(input, intent, handle, never)).toEqual({
      state: 'diverged',
      reason,
    });
  });

  test('the number of tasks is set within what backstop.yaml allows, without a deployment, and back', async () => {
    const [before] = bench.service.rollouts;
    const beyond = await called(bench, 'scale', '11').catch((thrown: unknown) => thrown);
    const { operation, input, handle } = await begin('scale', '+2');

    expect(beyond).toMatchObject({ message: expect.stringContaining('between 1 and 10') });
    expect(await operation.poll(handle, never)).toEqual({
      state: 'running',
      note: '2 of 4 tasks are running.',
    });
    bench.pass(DEPLOY_MS);
    expect(await operation.poll(handle, never)).toEqual({ state: 'succeeded' });
    expect(bench.service.rollouts[0]?.id).toBe(before?.id);
    expect(operation.undo?.(input)).toEqual({ operation: 'scale', input: { to: 2, from: 4 } });
  });

  test('a number that autoscaling sets meanwhile is told', async () => {
    const { operation, handle } = await begin('scale', '4');
    bench.service.desired = 3;

    expect(await operation.poll(handle, never)).toEqual({
      state: 'failed',
      reason: 'It was set to 3 tasks meanwhile.',
    });
  });
});
