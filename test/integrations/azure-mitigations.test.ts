/** What buys time on Azure: restarts, and another number of instances. */

import { describe, expect, onTestFinished, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import type { Operation, OperationCall } from '../../src/operation.ts';
import { azureFaults } from '../../src/sandbox/cloud/index.ts';
import { openAzureBench, openRestartBench, openScaleBench } from './azure-bench.ts';
import {
  BROKEN,
  GOOD,
  openAppBench,
  openAppRestartBench,
  openAppScaleBench,
  openAppTrafficBench,
} from './azure-container-apps-bench.ts';
import { openGroupBench, openGroupRestartBench } from './azure-container-instances-bench.ts';
import { integrationContract } from './contract.ts';

const never = new AbortController().signal;

integrationContract('azure-app-service, restart', openRestartBench);
integrationContract('azure-app-service, scale', openScaleBench);
integrationContract('azure-container-instances, restart', openGroupRestartBench);
integrationContract('azure-container-apps, restart', openAppRestartBench);
integrationContract('azure-container-apps, scale', openAppScaleBench);
integrationContract('azure-container-apps, traffic', openAppTrafficBench);

async function asked(component: Component, name: string, value?: string): Promise<OperationCall> {
  const mitigation = component.mitigations?.[name];
  if (!mitigation) throw new Error(`${component.title} offers no ${name}.`);
  return mitigation.call({ value, key: 'INC-0001-P1', at: 0 }, never);
}

function operationOf(component: Component, { operation }: OperationCall): Operation {
  const found = component.operations[operation];
  if (!found) throw new Error(`${component.title} has no ${operation}.`);
  return found;
}

describe('a web app', () => {
  async function opened() {
    const bench = await openAzureBench();
    onTestFinished(() => bench.close());
    return bench;
  }

  test('is restarted once, though a page of the log is full of what others did since', async () => {
    const bench = await openRestartBench();
    onTestFinished(() => bench.close());
    const restart = operationOf(bench.component, { operation: 'restart', input: null });
    const { fingerprint: before, expected } = await restart.observe(bench.input, never);
    const intent = { run: 'R1', step: 's1', key: 'R1/s1/1', at: bench.now(), before, expected };
    await restart.submit(bench.input, intent, never);
    bench.cloud.azure.swapBehindYourBack('ben@acme.example');
    bench.cloud.azure.swapBehindYourBack('ben@acme.example');
    bench.cloud.azure.activityPage = 1;

    expect(await restart.recover(bench.input, intent, undefined, never)).toEqual({ state: 'done' });
    expect(bench.cloud.azure.slot('production').restarts).toBe(1);
  });

  test('is restarted once, though the log that shows it is late', async () => {
    const bench = await openRestartBench();
    onTestFinished(() => bench.close());
    bench.cloud.azure.activityLagMs = 300_000;
    const restart = operationOf(bench.component, { operation: 'restart', input: null });
    const { fingerprint: before, expected } = await restart.observe(bench.input, never);
    const intent = { run: 'R1', step: 's1', key: 'R1/s1/1', at: bench.now(), before, expected };
    const handle = await restart.submit(bench.input, intent, never);

    expect(bench.cloud.azure.slot('production').restarts).toBe(1);
    expect(await restart.recover(bench.input, intent, handle, never)).toEqual({ state: 'done' });
    // Without the answer nothing shows yet, and it is not sent again before the log would show it.
    expect(await restart.recover(bench.input, intent, undefined, never)).toEqual({
      state: 'not-started',
    });
    expect(restart.quietMs).toBeGreaterThan(300_000);
    bench.pass(300_000);
    expect(await restart.recover(bench.input, intent, undefined, never)).toEqual({ state: 'done' });
  });

  test('whose log may not be read leaves a lost answer to a person', async () => {
    const bench = await openRestartBench();
    onTestFinished(() => bench.close());
    bench.cloud.azure.denied.add('Microsoft.Insights/eventtypes/values/read');
    const restart = operationOf(bench.component, { operation: 'restart', input: null });
    const { fingerprint: before, expected } = await restart.observe(bench.input, never);
    const intent = { run: 'R1', step: 's1', key: 'R1/s1/1', at: bench.now(), before, expected };

    expect(await restart.preflight(bench.input, never)).toContainEqual(
      expect.objectContaining({ verdict: 'warn', blocking: false }),
    );
    expect(await restart.recover(bench.input, intent, undefined, never)).toMatchObject({
      state: 'unknown',
    });
  });

  test('that is stopped is not restarted', async () => {
    const bench = await opened();
    bench.cloud.azure.setRunning('production', false);
    const call = await asked(bench.component, 'restart');
    const checks = await operationOf(bench.component, call).preflight(call.input, never);
    expect(checks[0]).toMatchObject({ verdict: 'fail', blocking: true });
  });

  test('gets instances from its plan, and loses nothing else of it', async () => {
    const bench = await opened();
    const call = await asked(bench.component, 'scale', '+2');
    const scale = operationOf(bench.component, call);

    expect(call.input).toMatchObject({ plan: 'acme-checkout-plan', to: 4, from: 2 });
    expect(await scale.describe(call.input, never)).toEqual([
      {
        what: 'plan acme-checkout-plan, for all 2 apps and slots on it',
        from: '2 instances',
        to: '4 instances',
      },
    ]);
    const { fingerprint: before, expected } = await scale.observe(call.input, never);
    const intent = { run: 'R1', step: 's1', key: 'R1/s1/1', at: bench.now(), before, expected };
    await scale.submit(call.input, intent, never);
    expect(bench.cloud.azure.plan).toMatchObject({
      capacity: 4,
      tags: { owner: 'shop' },
      isLinux: true,
    });
    expect(scale.undo?.(call.input)).toMatchObject({ operation: 'scale', input: { to: 2 } });
  });

  test('gets no more instances than backstop.yaml allows', async () => {
    const bench = await opened();
    await expect(asked(bench.with({ maxInstances: 3 }), 'scale', '4')).rejects.toThrow(/1 and 3/);
  });
});

describe('a container group', () => {
  test('that does not come up again fails in the words of Azure', async () => {
    const bench = await openGroupRestartBench();
    onTestFinished(() => bench.close());
    const restart = operationOf(bench.component, { operation: 'restart', input: null });
    const { fingerprint: before, expected } = await restart.observe(bench.input, never);
    const intent = { run: 'R1', step: 's1', key: 'R1/s1/1', at: bench.now(), before, expected };
    bench.faults.add({
      on: 'POST containerGroup restart',
      fault: azureFaults.swapFails('the image cannot be pulled'),
    });
    const handle = await restart.submit(bench.input, intent, never);
    bench.finish();

    expect(await restart.poll(handle, never)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('the image cannot be pulled'),
    });
  });

  async function restarted(settings: Readonly<Record<string, unknown>> = {}) {
    const bench = await openGroupRestartBench();
    onTestFinished(() => bench.close());
    const { containerGroups: groups } = bench.cloud.azure;
    const body = groups.stored('acme-worker');
    groups.add('acme-production', 'acme-other', {
      ...body,
      properties: { ...body.properties, ...settings },
    });
    const restart = operationOf(bench.with({ group: 'acme-other' }), {
      operation: 'restart',
      input: null,
    });
    const { fingerprint: before, expected } = await restart.observe(bench.input, never);
    const intent = { run: 'R1', step: 's1', key: 'R1/s1/1', at: bench.now(), before, expected };
    const handle = await restart.submit(bench.input, intent, never);
    bench.finish();
    return { input: bench.input, groups, restart, intent, handle };
  }

  test('that crashes again and again is restarted once it was started anew, and is not said to be up', async () => {
    const { input, groups, restart, intent, handle } = await restarted();
    groups.crash('acme-other', 1);

    expect(await restart.poll(handle, never)).toEqual({ state: 'succeeded' });
    expect(await restart.recover(input, intent, handle, never)).toEqual({
      state: 'done',
      note: expect.stringContaining('started anew, waiting'),
    });
  });

  test('that has ended with an error is not found restarted by another attempt', async () => {
    const { input, groups, restart, intent, handle } = await restarted({ restartPolicy: 'Never' });
    groups.crash('acme-other', 137);

    expect((await restart.poll(handle, never)).state).toBe('failed');
    const { fingerprint } = await restart.observe(input, never);
    expect([intent.before, intent.expected]).not.toContain(fingerprint);
  });

  test('is restarted with the image that it runs', async () => {
    const bench = await openGroupBench();
    onTestFinished(() => bench.close());
    const call = await asked(bench.component, 'restart');
    expect(call.input).toMatchObject({
      image: bench.cloud.azure.containerGroups.image('acme-worker'),
    });
    expect('undo' in operationOf(bench.component, call)).toBe(false);
  });
});

describe('a container app', () => {
  test('is restarted in the revision that is in charge, told by its replicas', async () => {
    const bench = await openAppRestartBench();
    onTestFinished(() => bench.close());

    expect(await asked(bench.component, 'restart')).toEqual({
      operation: 'restart',
      input: bench.input,
    });
  });

  async function opened(open: () => ReturnType<typeof openAppBench>) {
    const bench = await open();
    onTestFinished(() => bench.close());
    return { ...bench, apps: bench.cloud.azure.containerApps };
  }
  /** Does it to its end. */
  async function carriedOut(bench: Awaited<ReturnType<typeof opened>>, call: OperationCall) {
    const operation = operationOf(bench.component, call);
    const { fingerprint: before, expected } = await operation.observe(call.input, never);
    const intent = { run: 'R1', step: 's1', key: 'R1/s1/1', at: bench.now(), before, expected };
    const handle = await operation.submit(call.input, intent, never);
    bench.finish();
    return operation.poll(handle, never);
  }
  const withTraffic = () => opened(() => openAppBench('Multiple', true));
  const single = () => opened(() => openAppBench('Single', false));

  describe('shares its traffic', () => {
    test('as it is said, by release, revision or label; labels stay, and it is taken back to the newest', async () => {
      const bench = await withTraffic();
      const call = await asked(bench.component, 'traffic', '2.3.1=80,v240=20');
      const byLabel = await asked(bench.component, 'traffic', `previous=80,${BROKEN}=20`);
      expect(byLabel).toEqual(call);

      expect(await carriedOut(bench, call)).toEqual({ state: 'succeeded' });
      expect(bench.apps.traffic('acme-worker')).toEqual([
        { revisionName: GOOD, weight: 80, label: 'previous' },
        { revisionName: BROKEN, weight: 20 },
      ]);

      const undo = operationOf(bench.component, call).undo?.(call.input);
      if (!undo) throw new Error('no undo');
      expect(await carriedOut(bench, undo)).toEqual({ state: 'succeeded' });
      expect(bench.apps.traffic('acme-worker')).toEqual([
        { latestRevision: true, weight: 100 },
        { revisionName: GOOD, weight: 0, label: 'previous' },
      ]);
    });

    test('and the plan says what becomes of the next deployment', async () => {
      const bench = await withTraffic();
      const call = await asked(bench.component, 'traffic', 'v231=100');
      const operation = operationOf(bench.component, call);

      expect(operation.title?.(call.input)).toBe(`Share the traffic of acme-worker: 100% ${GOOD}`);
      expect(await operation.describe(call.input, never)).toEqual([
        { what: 'traffic of acme-worker', from: '100% the newest revision', to: `100% ${GOOD}` },
        {
          what: 'traffic after the next deployment of acme-worker',
          from: 'the newest revision',
          to: 'as set here, until somebody changes it',
        },
      ]);
    });

    test('not with a revision that is inactive, nor once somebody else shared it', async () => {
      const bench = await withTraffic();
      const call = await asked(bench.component, 'traffic', '2.3.1=80,v240=20');
      bench.apps.setActive('acme-worker', 'v231', false);
      const operation = operationOf(bench.component, call);
      const checks = async () =>
        (await operation.preflight(call.input, never)).filter(({ verdict }) => verdict === 'fail');

      expect(await checks()).toMatchObject([
        { name: 'The revisions can take it', reason: expect.stringContaining('inactive') },
      ]);
      bench.interfere();
      expect(await checks()).toContainEqual(
        expect.objectContaining({ name: 'The traffic is as it was planned for' }),
      );
    });

    test.each([
      ['half', /Say each revision/],
      ['v231=80', /come to 80/],
      ['v231=50,2.3.1=50', /named twice/],
      ['v999=100', /no active revision v999.*2\.3\.1/],
    ])('not by “%s”', async (said, words) => {
      const bench = await withTraffic();
      await expect(asked(bench.component, 'traffic', said)).rejects.toThrow(words);
    });

    test('not where there is none to share', async () => {
      const bench = await single();
      await expect(asked(bench.component, 'traffic', 'v231=100')).rejects.toThrow(/multiple/);
    });
  });

  describe('is scaled', () => {
    test('by a new revision of the release that is in charge, which is no other release', async () => {
      const bench = await single();
      const activate = {
        operation: 'activate-revision',
        input: { revision: GOOD, replaces: BROKEN },
      };
      await carriedOut(bench, activate);
      const call = await asked(bench.component, 'scale', '+3');
      expect(call.input).toMatchObject({
        revision: GOOD,
        release: '2.3.1',
        to: { min: 4, max: 4 },
      });

      expect(await carriedOut(bench, call)).toEqual({ state: 'succeeded' });

      const { suffix, ...newest } = bench.apps.newest('acme-worker');
      expect(newest).toMatchObject({
        image: 'acme.azurecr.io/shop/worker:2.3.1',
        secrets: { DATABASE_URL: 'database-url' },
        scale: { minReplicas: 4, maxReplicas: 4 },
      });
      expect(bench.apps.active('acme-worker')).toEqual([`acme-worker--${suffix}`]);
      expect((await bench.component.versions?.live(never))?.label).toBe('2.3.1');
      const history = (await bench.component.versions?.history(never)) ?? [];
      expect(history.map(({ version }) => version.label)).toEqual(['2.4.0']);
    });

    test('and back again', async () => {
      const bench = await single();
      const call = await asked(bench.component, 'scale', '6');
      await carriedOut(bench, call);

      const undo = operationOf(bench.component, call).undo?.(call.input);
      if (!undo) throw new Error('no undo');
      expect(await carriedOut(bench, undo)).toEqual({ state: 'succeeded' });
      expect(bench.apps.newest('acme-worker').scale).toEqual({ minReplicas: 1, maxReplicas: 1 });
    });

    test('fails in the words of Azure where the new revision does not start, and the old one stays', async () => {
      const bench = await single();
      const call = await asked(bench.component, 'scale', '6');
      bench.faults.add({
        on: 'PATCH containerApp',
        fault: { kind: 'operation', failsWith: 'no cores are left' },
      });

      expect(await carriedOut(bench, call)).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('did not start'),
      });
      expect(bench.apps.active('acme-worker')).toEqual([BROKEN]);
    });

    test('not where its traffic would stay with the revision that is in charge', async () => {
      const bench = await withTraffic();
      const wished = async () => {
        const call = await asked(bench.component, 'scale', '6');
        const checks = await operationOf(bench.component, call).preflight(call.input, never);
        return checks.find(({ name }) => name === 'The new revision takes over');
      };

      expect(await wished()).toMatchObject({ verdict: 'pass' });
      await carriedOut(bench, await asked(bench.component, 'traffic', 'v231=100'));
      expect(await wished()).toMatchObject({
        verdict: 'fail',
        blocking: true,
        reason: expect.stringContaining('newest=100'),
      });
    });

    test('to no more replicas than backstop.yaml allows', async () => {
      const bench = await single();
      await expect(asked(bench.component, 'scale', '21')).rejects.toThrow(/1 and 20/);
    });
  });
});
