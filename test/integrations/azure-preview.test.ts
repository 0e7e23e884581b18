/** A swap in two phases: prepared, looked at by a person, completed or cancelled. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { GOOD, openAzureBench, openCancelBench, openPrepareBench } from './azure-bench.ts';
import { integrationContract } from './contract.ts';

const never = new AbortController().signal;

integrationContract('azure-app-service, prepare-swap', openPrepareBench);
integrationContract('azure-app-service, cancel-swap', openCancelBench);

describe('a swap with preview', () => {
  async function opened() {
    const bench = await openAzureBench();
    onTestFinished(() => bench.close());
    const component = bench.with({ preview: true });
    const { versions, operations } = component;
    if (!versions) throw new Error('no versions');
    const live = await versions.live(never);
    const [target] = await versions.history(never);
    if (!target) throw new Error('no earlier release');
    const first = versions.prepare?.(target.version, live);
    const second = versions.putBack(target.version, live);
    const operation = (name: string) => {
      const found = operations[name];
      if (!found) throw new Error(`no ${name}`);
      return found;
    };
    const intentOf = async (name: string) => {
      const { fingerprint: before, expected } = await operation(name).observe(bench.input, never);
      return { run: 'R1', step: name, key: `R1/${name}/1`, at: bench.now(), before, expected };
    };
    return { bench, component, first, second, operation, intentOf };
  }

  test('is two steps, the second of which asks a person, and the others wait for it', async () => {
    const { bench, component, first, second, operation } = await opened();

    expect(first).toEqual({ operation: 'prepare-swap', input: bench.input });
    expect(second).toEqual({ operation: 'complete-swap', input: bench.input });
    expect(operation('complete-swap').asksAgain).toBe(true);
    expect(component.leads).toBe(true);
    expect(Object.keys(bench.component.versions ?? {})).not.toContain('prepare');
    expect(bench.component.leads).toBeUndefined();
  });

  test('shows which settings the release will meet, without their values', async () => {
    const { bench, operation } = await opened();

    const changes = await operation('prepare-swap').describe(bench.input, never);

    expect(changes.map(({ what }) => what)).toEqual([
      'acme-checkout slot staging',
      'setting PAYMENT_URL that 2.3.1 will see',
    ]);
    expect(JSON.stringify(changes)).not.toContain('pay.example');
  });

  test('is completed by the swap, to which the preparation makes no difference', async () => {
    const { bench, operation, intentOf } = await opened();
    const { azure } = bench.cloud;
    const later = await intentOf('complete-swap');
    const prepare = operation('prepare-swap');
    const handle = await prepare.submit(bench.input, await intentOf('prepare-swap'), never);
    expect(await prepare.poll(handle, never)).toEqual({ state: 'succeeded' });
    expect(azure.slot('staging').settings['PAYMENT_URL']).toBe('https://pay.example');
    expect(azure.slot('production').release.version).toBe('2.4.0');

    const complete = operation('complete-swap');
    expect((await complete.observe(bench.input, never)).fingerprint).toBe(later.before);
    const swapping = await complete.submit(bench.input, later, never);
    bench.finish();

    expect(await complete.poll(swapping, never)).toEqual({ state: 'succeeded' });
    expect(azure.slot('production').release.version).toBe('2.3.1');
    expect(azure.slot('staging').settings['PAYMENT_URL']).toBe('https://pay-test.example');
    expect(complete.undo?.(bench.input)).toMatchObject({ operation: 'swap-slots' });
  });

  test('that is cancelled leaves both slots as they were', async () => {
    const { bench, operation, intentOf } = await opened();
    const { azure } = bench.cloud;
    const prepare = operation('prepare-swap');
    await prepare.submit(bench.input, await intentOf('prepare-swap'), never);
    const undo = prepare.undo?.(bench.input);
    expect(undo).toEqual({ operation: 'cancel-swap', input: bench.input });

    const cancel = operation('cancel-swap');
    const handle = await cancel.submit(bench.input, await intentOf('cancel-swap'), never);

    expect(await cancel.poll(handle, never)).toEqual({ state: 'succeeded' });
    expect(azure.slot('staging').settings['PAYMENT_URL']).toBe('https://pay-test.example');
    expect(azure.slot('production').release.version).toBe('2.4.0');
  });

  test('waits while the slot answers errors with the settings of production', async () => {
    const { bench, operation, intentOf } = await opened();
    const prepare = operation('prepare-swap');
    const handle = await prepare.submit(bench.input, await intentOf('prepare-swap'), never);
    bench.cloud.azure.deployTo('staging', { ...GOOD, behaviour: 'errors' });

    expect(await prepare.poll(handle, never)).toMatchObject({
      state: 'running',
      note: expect.stringContaining("with production's settings"),
    });
  });
});
