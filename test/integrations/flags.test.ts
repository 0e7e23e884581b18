import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import { createHttpFlag } from '../../src/integrations/http-flag/index.ts';
import { HttpFlagSettings } from '../../src/integrations/http-flag/schema.ts';
import { createLaunchDarkly as createComponent } from '../../src/integrations/launchdarkly/index.ts';
import { createUnleash as createUnleashComponent } from '../../src/integrations/unleash/index.ts';
import type { Intent, Operation } from '../../src/operation.ts';
import { createAgenda } from '../../src/sandbox/cloud/agenda.ts';
import { createFlagService } from '../../src/sandbox/cloud/flag-service/index.ts';
import { createLaunchDarkly } from '../../src/sandbox/cloud/launchdarkly/index.ts';
import { createUnleash } from '../../src/sandbox/cloud/unleash/index.ts';
import { type Bench, integrationContract } from './contract.ts';

const START = Date.parse('2026-03-04T10:00:00Z');
const never = new AbortController().signal;
const FLAGS = ['new-checkout', 'banner'];
const surroundings = () => ({ agenda: createAgenda({ now: () => START }), log: [] });
const common = {
  operation: 'set-switch',
  input: { name: 'new-checkout', to: 'off', from: 'on' },
  takesTime: false,
  now: () => START,
  finish: () => undefined,
};

async function launchDarkly() {
  const far = await createLaunchDarkly({ ...surroundings(), flags: FLAGS });
  const make = (): Component =>
    createComponent({
      id: 'flags',
      settings: { project: far.project, environment: far.environment, flags: FLAGS },
      connections: { launchdarkly: { baseUrl: far.url, token: far.token } },
    });
  const bench: Bench = {
    ...common,
    component: make(),
    again: make,
    faults: far.faults,
    mutation: 'PATCH flag',
    requests: () => far.requests,
    secrets: [far.token],
    interfere() {
      const flag = far.flags.get('new-checkout');
      if (flag) flag.archived = true;
    },
    close: far.close,
  };
  return { far, bench };
}

async function unleash() {
  const far = await createUnleash({ ...surroundings(), features: FLAGS });
  const make = (): Component =>
    createUnleashComponent({
      id: 'flags',
      settings: { environment: far.environment, flags: FLAGS },
      connections: { unleash: { baseUrl: far.url, token: far.token } },
    });
  const bench: Bench = {
    ...common,
    component: make(),
    again: make,
    faults: far.faults,
    mutation: 'POST off',
    requests: () => far.requests,
    secrets: [far.token],
    interfere() {
      const feature = far.features.get('new-checkout');
      if (feature) feature.archived = true;
    },
    close: far.close,
  };
  return { far, bench };
}

async function httpFlag() {
  const far = await createFlagService({
    ...surroundings(),
    document: { 'new-checkout': { enabled: true, note: 'kept' }, banner: { enabled: true } },
  });
  const flag = (name: string) => ({ url: `${far.url}/flags`, pointer: `/${name}/enabled` });
  const make = (): Component =>
    createHttpFlag({
      id: 'flags',
      settings: {
        token: far.token,
        flags: Object.fromEntries(FLAGS.map((name) => [name, flag(name)])),
      },
      connections: {},
    });
  const bench: Bench = {
    ...common,
    component: make(),
    again: make,
    faults: far.faults,
    mutation: 'PUT flags',
    requests: () => far.requests,
    secrets: [far.token],
    interfere: () => far.write({ ...far.document, 'new-checkout': { enabled: 'ten percent' } }),
    close: far.close,
  };
  return { far, bench };
}

integrationContract('launchdarkly', async () => (await launchDarkly()).bench);
integrationContract('unleash', async () => (await unleash()).bench);
integrationContract('http-flag', async () => (await httpFlag()).bench);

const intent: Intent = { run: 'R', step: 's', key: 'k', at: START, before: 'on', expected: 'off' };

function setSwitch({ operations }: Component): Operation {
  const found = operations['set-switch'];
  if (!found) throw new Error('no set-switch');
  return found;
}

describe.each([
  ['launchdarkly', launchDarkly],
  ['unleash', unleash],
  ['http-flag', httpFlag],
] as const)('a flag of %s', (_kind, open) => {
  let bench: Bench;
  beforeEach(async () => {
    ({ bench } = await open());
  });
  afterEach(() => bench.close());

  test('is read, switched off, and on again by the call that takes it back', async () => {
    const { switches } = bench.component;
    const operation = setSwitch(bench.component);
    const call = switches?.set('new-checkout', 'off', 'on');

    const before = await switches?.read('new-checkout', never);
    await operation.submit(call?.input ?? null, intent, never);
    const after = await switches?.read('new-checkout', never);
    const other = await switches?.read('banner', never);
    const back = operation.undo?.(call?.input ?? null);
    expect(back).toEqual(switches?.set('new-checkout', 'on', 'off'));

    expect([before, after, other]).toEqual(['on', 'off', 'on']);
    expect(operation.title?.(back?.input ?? null)).toBe('Switch new-checkout on');
  });
});

describe('launchdarkly', () => {
  test('says what a flag that is off serves', async () => {
    const { bench } = await launchDarkly();
    const changes = await setSwitch(bench.component).describe(bench.input, never);
    await bench.close();

    expect(changes[0]).toEqual({
      what: 'flag new-checkout of LaunchDarkly shop production',
      from: 'on (serves by its rules)',
      to: 'off (serves false)',
    });
  });

  test('tells of an environment that asks for approvals of its own, and that nothing was changed', async () => {
    const { far, bench } = await launchDarkly();
    far.approvals = true;
    const findings = await bench.component.doctor(never);
    const error = await setSwitch(bench.component)
      .submit(bench.input, intent, never)
      .catch((thrown: unknown) => thrown);
    await bench.close();

    expect(findings[0]).toMatchObject({ verdict: 'warn' });
    expect(error).toMatchObject({
      surelyNotDone: true,
      detail: { status: 405, next: expect.stringContaining('asks for approvals') },
    });
  });

  test('names who did it in the comment that LaunchDarkly keeps', async () => {
    const { bench } = await launchDarkly();
    await setSwitch(bench.component).submit(bench.input, intent, never);
    const [sent] = bench.requests().filter(({ mutating }) => mutating);
    await bench.close();

    expect(sent?.headers['content-type']).toContain('semanticpatch');
    expect(sent?.applied).toBe(true);
  });
});

describe('unleash', () => {
  test('tells which permission skips change requests', async () => {
    const { far, bench } = await unleash();
    far.changeRequests = true;
    const error = await setSwitch(bench.component)
      .submit(bench.input, intent, never)
      .catch((thrown: unknown) => thrown);
    await bench.close();

    expect(error).toMatchObject({
      detail: { kind: 'permission', next: expect.stringContaining('SKIP_CHANGE_REQUEST') },
    });
  });
});

describe('http-flag', () => {
  test('changes the flag alone in the document, and keeps the rest', async () => {
    const { far, bench } = await httpFlag();
    await setSwitch(bench.component).submit(bench.input, intent, never);
    const { document } = far;
    await bench.close();

    expect(document).toEqual({
      'new-checkout': { enabled: false, note: 'kept' },
      banner: { enabled: true },
    });
  });

  test('is told by its revision when somebody else changes it at the same time', async () => {
    const { far, bench } = await httpFlag();
    // Between the read and the write.
    bench.faults.add({ on: 'PUT flags', fault: { kind: 'status', status: 412, body: {} } });
    const error = await setSwitch(bench.component)
      .submit(bench.input, intent, never)
      .catch((thrown: unknown) => thrown);
    const [sent] = far.requests.filter(({ mutating }) => mutating);
    await bench.close();

    expect(sent?.headers['if-match']).toBe('"r1"');
    expect(error).toMatchObject({ detail: { kind: 'rejected', status: 412 } });
  });

  test.each([
    [{ url: 'http://flags.example/a' }, 'must be https'],
    [{ url: 'https://flags.example/a', pointer: 'enabled' }, 'must be a JSON pointer'],
    [{ url: 'https://flags.example/a', pointer: '/__proto__/x' }, 'must be a JSON pointer'],
    [{ url: 'https://flags.example/a', on: 1, off: 1 }, 'on and off must differ'],
    [{ url: 'https://me:secret@flags.example/a' }, 'must not carry a user name'],
  ])('does not take %j', (flag, message) => {
    const parsed = HttpFlagSettings.safeParse({ flags: { a: flag } });

    expect(parsed.error?.issues[0]?.message).toContain(message);
  });
});
