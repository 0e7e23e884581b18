/** What Azure says of an operation it accepted is no proof of how it ended: the resource is. App Service has its own tests. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { OutsideError } from '../../src/errors.ts';
import type { Handle, Operation } from '../../src/operation.ts';
import { azureFaults, type Fault } from '../../src/sandbox/cloud/index.ts';
import { openAppBench } from './azure-container-apps-bench.ts';
import { openGroupBench } from './azure-container-instances-bench.ts';
import { openServerBench } from './azure-postgresql-bench.ts';
import type { Bench } from './contract.ts';

const never = new AbortController().signal;
const RESTORE = { pointInTime: '2026-03-04T06:00:00.000Z', server: 'acme-db-20260304t060000' };

/** Each with the call by which its operations are followed. */
const SYSTEMS: readonly (readonly [string, () => Promise<Bench>, string])[] = [
  ['Container Instances', openGroupBench, 'GET containerOperations'],
  ['Container Apps', () => openAppBench('Multiple', true), 'GET containerappOperationStatuses'],
  [
    'a PostgreSQL backup',
    () => openServerBench('take-backup', { backup: 'backstop-2-4-0' }),
    'GET azureAsyncOperation',
  ],
  [
    'a PostgreSQL restore',
    () => openServerBench('restore-to-new-server', RESTORE),
    'GET azureAsyncOperation',
  ],
];

const said = (body: unknown): Fault => ({ kind: 'status', status: 200, body });
const ALWAYS = Number.POSITIVE_INFINITY;

describe.each(SYSTEMS)('%s', (_name, open, address) => {
  test('accepted without an address to follow is not taken for done, and found done by a look', async () => {
    const { bench, operation, submit } = await opened(open);
    bench.faults.add({ on: bench.mutation, fault: azureFaults.noLocation() });

    const { handle, intent } = await submit();

    expect(handle).toMatchObject({ operation: null });
    expect((await operation.poll(handle, never)).state).toBe('running');
    expect((await operation.recover(bench.input, intent, handle, never)).state).toBe('in-flight');
    bench.finish();
    expect(await operation.poll(handle, never)).toEqual({ state: 'succeeded' });
    expect(bench.requests().filter(({ mutating }) => mutating)).toHaveLength(1);
  });

  test.each<[string, Fault]>([
    ['no longer knows it', azureFaults.recordLost()],
    ['does not let it be read', azureFaults.forbidden()],
    ['answers with nothing', azureFaults.noContent()],
    ['calls it done too early', said({ status: 'Succeeded' })],
    ['answers with the resource', said({ id: '/subscriptions/x', properties: {} })],
  ])('is judged by the resource where Azure %s', async (_what, fault) => {
    const { bench, operation, submit } = await opened(open);
    const { handle } = await submit();
    bench.faults.add({ on: address, fault, times: ALWAYS });

    expect((await operation.poll(handle, never)).state).toBe('running');
    bench.finish();
    expect(await operation.poll(handle, never)).toEqual({ state: 'succeeded' });
  });

  test('cannot be told while Azure does not answer, and goes on afterwards', async () => {
    const { bench, operation, submit } = await opened(open);
    const { handle } = await submit();
    const down = bench.faults.add({ on: address, fault: azureFaults.unavailable(), times: ALWAYS });

    const failure = await operation.poll(handle, never).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(OutsideError);
    expect(failure).toMatchObject({ retryable: true });
    down.remove();
    bench.finish();
    expect(await operation.poll(handle, never)).toEqual({ state: 'succeeded' });
  });

  test('keeps the token to itself when the address leads elsewhere', async () => {
    const { bench, operation, submit } = await opened(open);
    const { handle } = await submit();
    const elsewhere = { ...(handle as object), operation: 'https://attacker.example/steal' };
    bench.finish();

    // The connection itself would fail the test: none may leave this machine.
    expect(await operation.poll(elsewhere as Handle, never)).toEqual({ state: 'succeeded' });
  });
});

async function opened(open: () => Promise<Bench>) {
  const bench = await open();
  onTestFinished(() => bench.close());
  const operation: Operation | undefined = bench.component.operations[bench.operation];
  if (!operation) throw new Error(`no ${bench.operation}`);
  const found = operation;
  async function submit() {
    const { fingerprint: before, expected } = await found.observe(bench.input, never);
    const intent = { run: 'R1', step: 's1', key: 'R1/s1/1', at: bench.now(), before, expected };
    return { intent, handle: await found.submit(bench.input, intent, never) };
  }
  return { bench, operation, submit };
}
