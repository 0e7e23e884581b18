import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import type { Check, Intent, Operation } from '../../src/operation.ts';

import {
  BROKEN,
  COMMIT,
  GOOD,
  type GroupBench,
  OLDER,
  openGroupBench as open,
  REPOSITORY,
  START,
} from './azure-container-instances-bench.ts';
import { integrationContract } from './contract.ts';

const never = new AbortController().signal;

integrationContract('azure-container-instances', open);

describe('azure-container-instances', () => {
  let bench: GroupBench;
  beforeEach(async () => {
    bench = await open();
  });
  afterEach(() => bench.close());

  const recreate = (component: Component = bench.component): Operation => {
    const found = component.operations['recreate-group'];
    if (!found) throw new Error('no recreate-group');
    return found;
  };
  const groups = () => bench.cloud.azure.containerGroups;
  /** A group like the worker's, but for this. */
  const addLike = (name: string, properties: Readonly<Record<string, unknown>>): void => {
    const body = groups().stored('acme-worker');
    groups().add('acme-production', name, {
      ...body,
      properties: { ...body.properties, ...properties },
    });
  };
  async function intend(): Promise<Intent> {
    const { fingerprint, expected } = await recreate().observe(bench.input, never);
    return {
      run: 'R1',
      step: 's1',
      key: 'R1/s1/1',
      at: bench.now(),
      before: fingerprint,
      expected,
    };
  }
  async function check(name: string, component?: Component): Promise<Check> {
    const checks = await recreate(component).preflight(bench.input, never);
    const found = checks.find((one) => one.name === name);
    if (!found) throw new Error(`no check ${name}`);
    return found;
  }

  describe('versions', () => {
    test('live is the image, by the name its tag gives it', async () => {
      expect(await bench.component.versions?.live(never)).toEqual({
        id: BROKEN,
        label: '2.4.0',
        since: Date.parse('2026-03-04T09:41:00Z'),
      });
    });

    test('live is called by its digest where no tag tells', async () => {
      groups().setImage('acme-worker', `${REPOSITORY}@sha256:${'d'.repeat(64)}`);

      expect(await bench.component.versions?.live(never)).toMatchObject({
        label: 'worker@dddddddddddd',
      });
    });

    test('history is what the tags tell, without the live one', async () => {
      const history = (await bench.component.versions?.history(never)) ?? [];

      expect(history.map((one) => [one.version.label, one.version.id, one.available])).toEqual([
        ['2.3.1', GOOD, true],
        ['2.3.0', OLDER, true],
      ]);
      expect(history[0]?.version.commit).toBe(COMMIT);
    });

    test('history also has what template deployments put there, with their time', async () => {
      const older = `${REPOSITORY}:2.2.0`;
      groups().addDeployment('acme-production', {
        name: 'worker-118',
        at: START - 86_400_000,
        parameters: { image: older },
        group: 'acme-worker',
      });
      groups().addDeployment('acme-production', {
        name: 'worker-119',
        at: START - 3_600_000,
        state: 'Failed',
        parameters: { image: `${REPOSITORY}:2.2.1` },
        group: 'acme-worker',
      });
      groups().addDeployment('acme-production', {
        name: 'other-4',
        at: START,
        parameters: { image: `${REPOSITORY}:9.9.9` },
        group: 'another-group',
      });

      const history =
        (await bench.with({ deploymentParameter: 'image' }).versions?.history(never)) ?? [];

      expect(history.map((one) => one.version.label)).toEqual(['2.2.0', '2.3.1', '2.3.0']);
      expect(history[0]).toMatchObject({
        version: { since: START - 86_400_000, note: 'Deployment worker-118' },
        available: true,
        reason: expect.stringContaining('tag'),
      });
    });

    test('the tags alone tell where deployments may not be read', async () => {
      bench.cloud.azure.denied.add('Microsoft.Resources/deployments/read');

      const history = await bench.with({ deploymentParameter: 'image' }).versions?.history(never);

      expect(history).toHaveLength(2);
    });

    test('a name that stands for whatever was pushed last is not offered', async () => {
      groups().addDeployment('acme-production', {
        name: 'worker-1',
        at: START - 1_000,
        parameters: { image: `${REPOSITORY}:latest` },
        group: 'acme-worker',
      });

      const history = await bench.with({ deploymentParameter: 'image' }).versions?.history(never);

      expect(history?.[0]).toMatchObject({ available: false });
    });

    test('putting one back is recreating the group with its image, and the undo the reverse', async () => {
      const { versions } = bench.component;
      const live = await versions?.live(never);
      const [target] = (await versions?.history(never)) ?? [];
      if (!versions || !live || !target) throw new Error('nothing to put back');

      const call = versions.putBack(target.version, live);

      expect(call).toEqual({ operation: 'recreate-group', input: bench.input });
      expect(recreate().undo?.(bench.input)).toEqual({
        operation: 'recreate-group',
        input: { image: BROKEN, replaces: GOOD },
      });
    });
  });

  describe('recreating the group', () => {
    test('changes the image and nothing else, secrets included', async () => {
      const before = groups().stored('acme-worker');

      await recreate().submit(bench.input, await intend(), never);
      bench.finish();

      const [container] = before.properties.containers;
      expect(groups().stored('acme-worker')).toEqual({
        ...before,
        properties: {
          ...before.properties,
          containers: [{ ...container, properties: { ...container?.properties, image: GOOD } }],
        },
      });
    });

    test.each([
      ['secureEnvironment', 'secureEnvironment.worker.DATABASE_URL'],
      ['registryPasswords', 'registryPasswords.acme.azurecr.io'],
      ['storageKeys', 'storageKeys.acmefiles'],
    ])(
      'is blocked, and not sent, while Azure would forget what %s lacks',
      async (name, missing) => {
        const component = bench.with({ [name]: {} });

        const found = await check('Nothing of the group is forgotten', component);
        const sent = recreate(component).submit(bench.input, await intend(), never);

        expect(found).toMatchObject({ verdict: 'fail', blocking: true });
        expect(found.reason).toContain(missing);
        await expect(sent).rejects.toMatchObject({ surelyNotDone: true });
        expect(bench.requests().filter((one) => one.mutating)).toEqual([]);
      },
    );

    test('says that it interrupts what the containers do', async () => {
      const changes = await recreate().describe(bench.input, never);

      expect(changes[0]).toEqual({ what: 'image of acme-worker/worker', from: BROKEN, to: GOOD });
      expect(changes[1]?.to).toContain('interrupted');
    });

    test('is blocked once its containers have ended', async () => {
      groups().terminate('acme-worker');

      expect(await check('The group can be recreated')).toMatchObject({
        verdict: 'fail',
        reason: expect.stringContaining('delete it'),
      });
    });

    test('is blocked when the group runs something else than was planned for', async () => {
      bench.interfere();

      expect(await check('The group runs what was planned for')).toMatchObject({ verdict: 'fail' });
    });

    test('warns of an image that is named by a tag', async () => {
      const input = { image: `${REPOSITORY}:2.2.0`, replaces: BROKEN };

      const checks = await recreate().preflight(input, never);

      expect(checks.find((one) => one.verdict === 'warn')).toMatchObject({
        name: 'The image is named by its digest',
        blocking: false,
      });
    });

    test('that does not start fails with why, and is not taken for done', async () => {
      const words = 'Failed to pull image: manifest unknown';
      bench.faults.add({
        on: 'PUT containerGroup',
        fault: { kind: 'operation', failsWith: words },
      });
      const intent = await intend();
      const handle = await recreate().submit(bench.input, intent, never);
      bench.finish();

      const end = await recreate().poll(handle, never);

      expect(end).toMatchObject({ state: 'failed', reason: expect.stringContaining(words) });
      expect(await recreate().recover(bench.input, intent, handle, never)).toMatchObject({
        state: 'diverged',
        reason: expect.stringContaining(words),
      });
    });

    test('that crashes and is started again and again is not up, though Azure calls it a success', async () => {
      const intent = await intend();
      const handle = await recreate().submit(bench.input, intent, never);
      bench.finish();
      groups().crash('acme-worker', 1);

      const during = await recreate().poll(handle, never);
      const found = await recreate().recover(bench.input, intent, handle, never);
      groups().bringUp('acme-worker');

      expect(during).toMatchObject({
        state: 'running',
        note: expect.stringContaining('not up yet'),
      });
      expect(found.state).toBe('in-flight');
      expect(await recreate().poll(handle, never)).toEqual({ state: 'succeeded' });
    });

    test('that ends with an error and is not to be started again has failed, with its exit code', async () => {
      addLike('acme-once', { restartPolicy: 'Never' });
      const component = bench.with({ group: 'acme-once' });
      const operation = recreate(component);
      const { fingerprint: before, expected } = await operation.observe(bench.input, never);
      const intent = { run: 'R1', step: 's1', key: 'R1/s1/1', at: bench.now(), before, expected };
      const handle = await operation.submit(bench.input, intent, never);
      bench.finish();
      groups().crash('acme-once', 137);

      const end = await operation.poll(handle, never);
      groups().crash('acme-once', 0);

      expect(end).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('exit code 137'),
      });
      expect(await operation.poll(handle, never)).toEqual({ state: 'succeeded' });
    });

    test('that ended with an error is not found done by another attempt', async () => {
      addLike('acme-once', { restartPolicy: 'Never' });
      const operation = recreate(bench.with({ group: 'acme-once' }));
      const { fingerprint: before, expected } = await operation.observe(bench.input, never);
      const intent = { run: 'R1', step: 's1', key: 'R1/s1/1', at: bench.now(), before, expected };
      await operation.submit(bench.input, intent, never);
      bench.finish();
      groups().crash('acme-once', 137);

      const { fingerprint, moving } = await operation.observe(bench.input, never);

      expect(moving).toBe(false);
      expect([before, expected]).not.toContain(fingerprint);
    });

    test('that crashes for good holds nothing up: the step ends, says so, and can be taken back', async () => {
      const operation = recreate(bench.with({ startupSeconds: 5, pollSeconds: 5 }));
      const intent = await intend();
      const handle = await operation.submit(bench.input, intent, never);
      bench.finish();
      groups().crash('acme-worker', 1);

      const looks = [];
      for (let look = 0; look < 4; look++) looks.push(await operation.poll(handle, never));
      const found = await operation.recover(bench.input, intent, handle, never);

      expect(looks.map(({ state }) => state)).toEqual([
        'running',
        'running',
        'running',
        'succeeded',
      ]);
      expect(found).toEqual({
        state: 'done',
        note: expect.stringContaining('waiting, and not up yet'),
      });
    });

    test.each([
      ['a secret volume', { volumes: [{ name: 'certificates', secret: { key: 'c2VjcmV0' } }] }],
      [
        'an extension',
        { extensions: [{ name: 'kube-proxy', properties: { extensionType: 'kube-proxy' } }] },
      ],
    ])('is blocked where Azure would forget what %s holds', async (_what, properties) => {
      addLike('acme-secret', properties);
      const component = bench.with({ group: 'acme-secret' });

      const found = await check('Nothing of the group is forgotten', component);

      expect(found).toMatchObject({
        verdict: 'fail',
        blocking: true,
        reason: expect.stringContaining('which Backstop cannot keep'),
      });
    });

    test('says which volumes begin anew', async () => {
      addLike('acme-scratch', {
        volumes: [
          { name: 'cache', emptyDir: {} },
          { name: 'recipes', gitRepo: { repository: 'https://git.acme.example/recipes' } },
        ],
      });

      const operation = recreate(bench.with({ group: 'acme-scratch' }));

      const changes = await operation.describe(bench.input, never);

      expect(changes.slice(2)).toMatchObject([
        { what: 'files in volume cache', to: 'lost: such a volume begins anew' },
        { what: 'files in volume recipes' },
      ]);
    });

    test('while Azure is changing the group is refused as busy', async () => {
      await recreate().submit(bench.input, await intend(), never);
      const back = { image: BROKEN, replaces: GOOD };

      await expect(recreate().submit(back, await intend(), never)).rejects.toMatchObject({
        detail: { kind: 'busy', code: 'ContainerGroupTransitioning' },
      });
    });

    test('accepted without an address is followed by looking', async () => {
      bench.faults.add({
        on: 'PUT containerGroup',
        fault: { kind: 'drop-headers', names: ['azure-asyncoperation'] },
      });
      const handle = await recreate().submit(bench.input, await intend(), never);

      const during = await recreate().poll(handle, never);
      bench.finish();

      expect(during).toMatchObject({ state: 'running' });
      expect(await recreate().poll(handle, never)).toEqual({ state: 'succeeded' });
    });

    test('does not follow an address that leads away from Azure with its token', async () => {
      const { before, expected } = await intend();
      const handle = { operation: 'https://evil.example/op', input: bench.input, before, expected };

      const progress = await recreate().poll(handle, never);

      expect(progress).toMatchObject({ state: 'running' });
      expect(bench.requests().filter((one) => one.call === 'unknown')).toEqual([]);
    });

    test('carries an id made from its key', async () => {
      await recreate().submit(bench.input, await intend(), never);

      const sent = bench.requests().find((one) => one.mutating);
      expect(sent?.headers['x-ms-client-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    });
  });

  test('which container runs the release must be said where there are several', async () => {
    const body = groups().stored('acme-worker');
    const [worker] = body.properties.containers;
    if (!worker) throw new Error('no worker');
    groups().add('acme-production', 'acme-two', {
      ...body,
      properties: { ...body.properties, containers: [worker, { ...worker, name: 'log-shipper' }] },
    });

    const unsaid = bench.with({ group: 'acme-two' }).versions?.live(never);
    const said = bench.with({ group: 'acme-two', container: 'worker' }).versions?.live(never);

    await expect(unsaid).rejects.toMatchObject({
      detail: { next: expect.stringContaining('`container`') },
    });
    expect(await said).toMatchObject({ id: BROKEN });
  });

  test('the doctor looks for the images as the group signs in, and says where it may not', async () => {
    const imagesIn = async (component: Component) =>
      (await component.doctor(never)).find(({ what }) => what.endsWith('its images'));

    expect(await imagesIn(bench.component)).toMatchObject({ verdict: 'pass' });
    expect(await imagesIn(bench.with({ registryPasswords: {} }))).toMatchObject({
      verdict: 'warn',
      reason: expect.stringContaining(BROKEN),
      next: expect.stringContaining('registry/README.md'),
    });
    bench.cloud.registry.repositories.get('shop/worker')?.clear();
    expect(await imagesIn(bench.component)).toMatchObject({
      verdict: 'warn',
      next: expect.stringContaining('Push it again'),
    });
  });

  test('the doctor tells which secrets a rollback would lack', async () => {
    const findings = await bench.with({ storageKeys: {} }).doctor(never);

    expect(findings.find((one) => one.verdict === 'fail')).toMatchObject({
      reason: 'missing: storageKeys.acmefiles',
    });
  });
});
