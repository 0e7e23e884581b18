/** What buys time on Azure: restarts, and another number of instances. */

import { describe, expect, onTestFinished, test } from 'vitest';
import type { Component, Operation, OperationCall } from '../../src/component.ts';
import { azureFaults } from '../../src/sandbox/cloud/index.ts';
import { openAzureBench, openRestartBench, openScaleBench } from './azure-bench.ts';
import { openAppRestartBench } from './azure-container-apps-bench.ts';
import { openGroupBench, openGroupRestartBench } from './azure-container-instances-bench.ts';
import { integrationContract } from './contract.ts';

const never = new AbortController().signal;

integrationContract('azure-app-service, restart', openRestartBench);
integrationContract('azure-app-service, scale', openScaleBench);
integrationContract('azure-container-instances, restart', openGroupRestartBench);
integrationContract('azure-container-apps, restart', openAppRestartBench);

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
});
