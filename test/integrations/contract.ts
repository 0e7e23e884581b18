import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import { OutsideError } from '../../src/errors.ts';
import type { Handle, Intent, Json, Operation, Progress } from '../../src/operation.ts';
import type { Exchange, Fault, Faults } from '../../src/sandbox/cloud/index.ts';

/** One component against a simulated system, with one operation of it ready to be done. */
export interface Bench {
  readonly component: Component;
  /** The same component as another process would make it. */
  again(): Component;
  readonly operation: string;
  readonly input: Json;
  readonly faults: Faults;
  /** The name of the operation's mutating call in the simulated system. */
  readonly mutation: string;
  /** The name of a read that `observe` makes, where reads are no GETs. */
  readonly reads?: string;
  requests(): readonly Exchange[];
  readonly secrets: readonly string[];
  now(): number;
  /** Lets everything that is under way come to its end. */
  finish(): void;
  /** True when the operation takes time after it was accepted. */
  readonly takesTime: boolean;
  /** Somebody else changes the component to something that is neither before nor expected. */
  interfere(): void;
  /** `done` where somebody else can only do the very same: a backup under the same name. */
  readonly theirs?: 'done';
  /** What the doctor rightly warns of in this world: a queue that is held already. */
  readonly warned?: RegExp;
  close(): Promise<void>;
}

const never = new AbortController().signal;

/** What every integration must hold, whatever it speaks to. */
export function integrationContract(name: string, open: () => Promise<Bench>): void {
  describe(`${name} keeps the contract of an integration`, () => {
    let bench: Bench;
    let operation: Operation;

    beforeEach(async () => {
      bench = await open();
      operation = operationOf(bench.component, bench);
    });
    afterEach(() => bench.close());

    const mutations = () => bench.requests().filter((one) => one.mutating);
    const applied = () => mutations().filter((one) => one.applied).length;

    async function intend(): Promise<Intent> {
      const seen = await operation.observe(bench.input, never);
      const { fingerprint: before, expected } = seen;
      return {
        run: 'INC-0001-R1',
        step: 's1',
        key: 'INC-0001-R1/s1/1',
        at: bench.now(),
        before,
        expected,
      };
    }
    const recover = (intent: Intent, handle?: Handle) =>
      operation.recover(bench.input, intent, handle, never);

    async function fails(fault: Fault): Promise<{ intent: Intent; error: OutsideError }> {
      const intent = await intend();
      bench.faults.add({ on: bench.mutation, fault });
      const error = await operation.submit(bench.input, intent, never).catch((e: unknown) => e);
      if (!(error instanceof OutsideError)) throw new Error(`submit gave ${inspect(error)}`);
      return { intent, error };
    }

    describe('reading', () => {
      test('changes nothing', async () => {
        const { versions, changes } = bench.component;
        const intent = await intend();

        await versions?.live(never);
        await versions?.history(never);
        await changes?.between('main', 'main', never);
        await operation.describe(bench.input, never);
        await operation.preflight(bench.input, never);
        await operation.recover(bench.input, intent, undefined, never);
        await bench.component.doctor(never);

        expect(bench.requests().length).toBeGreaterThan(4);
        expect(mutations()).toEqual([]);
      });

      test('says the same of the same world, so that a plan keeps its hash', async () => {
        const look = async () => ({
          live: await bench.component.versions?.live(never),
          history: await bench.component.versions?.history(never),
          changes: await operation.describe(bench.input, never),
          checks: await operation.preflight(bench.input, never),
          seen: await operation.observe(bench.input, never),
          manual: operation.manual(bench.input),
        });

        expect(await look()).toEqual(await look());
      });

      test('finds no fault in a world where the operation can be done', async () => {
        const checks = await operation.preflight(bench.input, never);

        expect(checks.filter((one) => one.verdict === 'fail')).toEqual([]);
        expect(checks.filter((one) => one.blocking && one.verdict !== 'pass')).toEqual([]);
      });

      test('passes over a failure that does not last', async () => {
        bench.faults.add({
          on: bench.reads ?? 'GET *',
          fault: { kind: 'status', status: 503, body: {} },
        });

        const seen = await operation.observe(bench.input, never);

        expect(seen.moving).toBe(false);
        expect(bench.faults.hits()).toBe(1);
      });

      test('is given up with an OutsideError when it keeps failing', async () => {
        bench.faults.add({ on: '*', fault: { kind: 'reset' }, times: Number.POSITIVE_INFINITY });

        await expect(operation.observe(bench.input, never)).rejects.toMatchObject({
          name: 'OutsideError',
          detail: { kind: 'unavailable', next: expect.stringMatching(/\w/) },
        });
      });

      test('does not take an answer that is cut off for a true one', async () => {
        bench.faults.add({
          on: '*',
          fault: { kind: 'malformed' },
          times: Number.POSITIVE_INFINITY,
        });

        await expect(operation.observe(bench.input, never)).rejects.toMatchObject({
          name: 'OutsideError',
          detail: { kind: 'malformed' },
        });
      });
    });

    describe('doing it', () => {
      test('makes exactly one mutating call and is seen to be done', async () => {
        const intent = await intend();

        const handle = await operation.submit(bench.input, intent, never);
        const end = await followed(operation, handle);

        expect(mutations()).toHaveLength(1);
        expect(applied()).toBe(1);
        expect(end).toEqual({ state: 'succeeded' });
        expect((await operation.observe(bench.input, never)).fingerprint).toBe(intent.expected);
      });

      test('can be followed by another process from a handle that went through JSON', async () => {
        const handle = await operation.submit(bench.input, await intend(), never);
        const stored: Handle = JSON.parse(JSON.stringify(handle));

        const end = await followed(operationOf(bench.again(), bench), stored);

        expect(stored).toEqual(handle);
        expect(end).toEqual({ state: 'succeeded' });
      });

      test('expects no further change once it is done', async () => {
        await followed(operation, await operation.submit(bench.input, await intend(), never));

        const seen = await operation.observe(bench.input, never);

        expect(seen.expected).toBe(seen.fingerprint);
      });

      test.each<[string, Fault, boolean]>([
        ['500 before it was done', { kind: 'status', status: 500, body: {} }, false],
        ['500 after it was done', { kind: 'status', status: 500, body: {}, when: 'after' }, false],
        ['502 from a gateway', { kind: 'status', status: 502, body: '<html></html>' }, false],
        ['a connection cut before it was done', { kind: 'reset' }, false],
        ['a connection cut after it was done', { kind: 'reset', when: 'after' }, false],
        ['401', { kind: 'status', status: 401, body: {} }, true],
        ['403', { kind: 'status', status: 403, body: {} }, true],
        ['404', { kind: 'status', status: 404, body: {} }, true],
        ['429', { kind: 'status', status: 429, headers: { 'retry-after': '0' }, body: {} }, true],
      ])('is not sent again after %s', async (_name, fault, surelyNotDone) => {
        const { error } = await fails(fault);

        expect(mutations()).toHaveLength(1);
        expect(error.surelyNotDone).toBe(surelyNotDone);
        expect(error.detail.next).toMatch(/\w/);
      });
    });

    describe('recovery', () => {
      test('finds an intent of which nothing was sent not started', async () => {
        expect(await recover(await intend())).toEqual({ state: 'not-started' });
      });

      test('finds a request that never arrived not started', async () => {
        const { intent } = await fails({ kind: 'reset' });

        expect(await recover(intent)).toEqual({ state: 'not-started' });
      });

      test('finds a refused request not started', async () => {
        const { intent } = await fails({ kind: 'status', status: 403, body: {} });

        expect(await recover(intent)).toEqual({ state: 'not-started' });
      });

      test('finds a request whose answer was lost under way, then done', async () => {
        const { intent } = await fails({ kind: 'reset', when: 'after' });

        const early = await recover(intent);
        bench.finish();
        const late = await recover(intent);

        expect(early.state).toBe(bench.takesTime ? 'in-flight' : 'done');
        expect(late).toMatchObject({ state: 'done' });
        expect(applied()).toBe(1);
      });

      test('finds an accepted operation under way by its handle, then done', async () => {
        const intent = await intend();
        const handle = await operation.submit(bench.input, intent, never);

        const early = await recover(intent, handle);
        bench.finish();
        const late = await recover(intent, handle);

        expect(early.state).toBe(bench.takesTime ? 'in-flight' : 'done');
        expect(late).toMatchObject({ state: 'done' });
      });

      test('finds what somebody else did', async () => {
        const intent = await intend();
        bench.interfere();

        expect(await recover(intent)).toMatchObject({ state: bench.theirs ?? 'diverged' });
      });
    });

    describe('cancellation', () => {
      const calls: readonly (readonly [string, (signal: AbortSignal) => Promise<unknown>])[] = [
        ['describe', (signal) => operation.describe(bench.input, signal)],
        ['preflight', (signal) => operation.preflight(bench.input, signal)],
        ['observe', (signal) => operation.observe(bench.input, signal)],
        ['submit', async (signal) => operation.submit(bench.input, anIntent(), signal)],
        ['recover', (signal) => operation.recover(bench.input, anIntent(), undefined, signal)],
        [
          'live',
          async (signal) => bench.component.versions?.live(signal) ?? signal.throwIfAborted(),
        ],
        [
          'between',
          async (signal) =>
            bench.component.changes?.between('a', 'b', signal) ?? signal.throwIfAborted(),
        ],
      ];

      test.each(calls)('%s sends nothing when it was cancelled before', async (_name, call) => {
        await expect(call(AbortSignal.abort())).rejects.toThrow();

        expect(bench.requests()).toEqual([]);
      });

      test.each(calls)('%s stops at once when it is cancelled', async (name, call) => {
        bench.faults.add({ on: '*', fault: { kind: 'hang' }, times: Number.POSITIVE_INFINITY });
        const stop = new AbortController();
        if (
          (name === 'live' && !bench.component.versions) ||
          (name === 'between' && !bench.component.changes)
        )
          return;
        const outcome = call(stop.signal).catch((error: unknown) => error);
        await hanging(bench);

        stop.abort();

        expect(await outcome).toBeInstanceOf(Error);
      });

      test('leaves a submission that was sent ambiguous', async () => {
        const intent = await intend();
        bench.faults.add({ on: bench.mutation, fault: { kind: 'hang', when: 'after' } });
        const stop = new AbortController();
        const outcome = operation.submit(bench.input, intent, stop.signal).catch((e: unknown) => e);
        await hanging(bench);

        stop.abort();

        expect(await outcome).toMatchObject({ detail: { kind: 'ambiguous' } });
      });
    });

    describe('the doctor', () => {
      test('passes a world in order', async () => {
        const findings = await bench.component.doctor(never);

        expect(findings.length).toBeGreaterThan(1);
        const { warned } = bench;
        const isExpected = (one: (typeof findings)[number]) =>
          one.verdict === 'pass' || warned?.test(`${one.verdict}: ${one.reason}`) === true;
        expect(findings.filter((one) => !isExpected(one))).toEqual([]);
        expect(findings.some((one) => one.verdict !== 'pass')).toBe(warned !== undefined);
      });

      test.each<[string, Fault]>([
        ['401', { kind: 'status', status: 401, body: {} }],
        ['403', { kind: 'status', status: 403, body: {} }],
        ['a dead connection', { kind: 'reset' }],
        ['answers that are cut off', { kind: 'malformed' }],
      ])('tells %s instead of throwing', async (_name, fault) => {
        bench.faults.add({ on: '*', fault, times: Number.POSITIVE_INFINITY });

        const findings = await bench.component.doctor(never);

        expect(findings[0]?.verdict).not.toBe('pass');
        expect(findings[0]?.next).toMatch(/\w/);
      });

      test('does not throw when it is cancelled', async () => {
        const findings = await bench.component.doctor(AbortSignal.abort());

        expect(findings.every((one) => one.verdict === 'unknown')).toBe(true);
      });
    });

    test.each([400, 401, 403, 500])(
      'no secret is in an error, though a %i repeats it',
      async (status) => {
        const leak = `denied for Authorization: Bearer ${bench.secrets[0]}; ${bench.secrets.join(' ')}`;
        const body = { message: leak, error: { code: 'X', message: leak } };
        const times = Number.POSITIVE_INFINITY;
        const intent = await intend();
        bench.faults.add({ on: '*', fault: { kind: 'status', status, body }, times });

        const thrown = await Promise.all([
          operation.observe(bench.input, never).catch((e: unknown) => e),
          operation.submit(bench.input, intent, never).catch((e: unknown) => e),
          bench.component.doctor(never),
        ]);

        for (const one of thrown) {
          const shown = `${inspect(one, { depth: 12, showHidden: true })} ${JSON.stringify(one)}`;
          for (const secret of bench.secrets) expect(shown).not.toContain(secret);
        }
        expect(thrown[0]).toBeInstanceOf(OutsideError);
        expect(thrown[1]).toBeInstanceOf(OutsideError);
      },
    );

    test('the operation tells a person how to do it by hand', () => {
      expect(operation.manual(bench.input).length).toBeGreaterThan(80);
      expect(operation.quietMs).toBeLessThan(operation.limitMs);
    });

    async function followed(by: Operation, handle: Handle): Promise<Progress> {
      for (let looks = 0; looks < 5; looks++) {
        const progress = await by.poll(handle, never);
        if (progress.state !== 'running') return progress;
        bench.finish();
      }
      throw new Error('The operation did not end.');
    }

    function anIntent(): Intent {
      return { run: 'r', step: 's', key: 'r/s/1', at: bench.now(), before: 'a', expected: 'b' };
    }
  });
}

function operationOf(component: Component, bench: Bench): Operation {
  const found = component.operations[bench.operation];
  if (!found) throw new Error(`${component.id} has no operation ${bench.operation}.`);
  return found;
}

/** Resolves once a request has come in that gets no answer. */
async function hanging(bench: Bench): Promise<void> {
  while (!bench.requests().some((one) => one.outcome === 'hung')) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
