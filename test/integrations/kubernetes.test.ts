import { describe, expect, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import { createKubernetesDeployment } from '../../src/integrations/kubernetes/index.ts';
import type { Intent, Operation } from '../../src/operation.ts';
import { createAgenda } from '../../src/sandbox/cloud/agenda.ts';
import { createKubernetes } from '../../src/sandbox/cloud/kubernetes/index.ts';
import { type Bench, integrationContract } from './contract.ts';

const START = Date.parse('2026-03-04T10:00:00Z');
const ROLLOUT_MS = 20_000;
const never = new AbortController().signal;

/** A Deployment that ran 2.3.0, 2.3.1 and now runs 2.4.0. */
async function world() {
  let now = START;
  const pass = (ms: number): void => {
    now += ms;
  };
  const far = await createKubernetes({ agenda: createAgenda({ now: () => now }), log: [] });
  for (const version of ['2.3.0', '2.3.1', '2.4.0']) {
    far.deploy(version, `pipeline deployed ${version}`);
    pass(ROLLOUT_MS);
  }
  // What is due happens before anybody looks.
  expect(far.deployment.status.updatedReplicas).toBe(3);
  const make = (settings: Readonly<Record<string, unknown>> = {}): Component =>
    createKubernetesDeployment({
      id: 'web',
      settings: { namespace: 'shop', deployment: 'checkout', ...settings },
      connections: { kubernetes: { auth: { kind: 'token', server: far.url, token: far.token } } },
    });
  return { far, pass, make, now: () => now };
}

async function bench(
  operation: string,
  mutation: string,
  inputOf: (component: Component) => Promise<Bench['input']>,
): Promise<Bench> {
  const { far, pass, make, now } = await world();
  // Reading what to ask for is no part of what is tested.
  const input = await inputOf(make());
  const before = far.requests.length;
  return {
    component: make(),
    again: make,
    operation,
    input,
    faults: far.faults,
    mutation,
    requests: () => far.requests.slice(before),
    secrets: [far.token],
    now,
    finish: () => pass(ROLLOUT_MS),
    takesTime: true,
    interfere() {
      far.deploy('2.5.0');
      far.edit(({ spec }) => {
        spec.replicas = 9;
      });
      pass(ROLLOUT_MS);
    },
    close: far.close,
  };
}

async function putBack({ versions }: Component) {
  const [live, history] = await Promise.all([versions?.live(never), versions?.history(never)]);
  const target = history?.[0]?.version;
  if (!versions || !live || !target) throw new Error('nothing to put back');
  return versions.putBack(target, live).input;
}

async function mitigate({ mitigations }: Component, name: string, value?: string) {
  const call = await mitigations?.[name]?.call({ value, key: 'INC-0001-P1', at: 0 }, never);
  if (!call) throw new Error(`no ${name}`);
  return call.input;
}

integrationContract('kubernetes-deployment, putting back', () =>
  bench('undo-rollout', 'PATCH deployment', putBack),
);
integrationContract('kubernetes-deployment, restarting', () =>
  bench('restart', 'PATCH deployment', (component) => mitigate(component, 'restart')),
);
integrationContract('kubernetes-deployment, scaling', () =>
  bench('scale', 'PATCH scale', (component) => mitigate(component, 'scale', '+2')),
);

function operationOf({ operations }: Component, name: string): Operation {
  const found = operations[name];
  if (!found) throw new Error(`no ${name}`);
  return found;
}

async function intend(operation: Operation, input: Bench['input']): Promise<Intent> {
  const { fingerprint: before, expected } = await operation.observe(input, never);
  return { run: 'R', step: 's', key: 'R/s/1', at: START, before, expected };
}

describe('a deployment', () => {
  test('shows the releases it keeps, newest first, with their change cause', async () => {
    const { far, make } = await world();
    const { versions } = make();
    const [live, history] = [await versions?.live(never), await versions?.history(never)];
    await far.close();

    expect(live).toMatchObject({ label: '2.4.0', note: 'pipeline deployed 2.4.0' });
    expect(history?.map(({ version, reason }) => [version.label, reason])).toEqual([
      ['2.3.1', 'revision 2'],
      ['2.3.0', 'revision 1'],
    ]);
  });

  test('goes back by the template of the earlier replica set, whose revision moves on', async () => {
    const { far, pass, make } = await world();
    const component = make();
    const operation = operationOf(component, 'undo-rollout');
    const input = await putBack(component);
    const handle = await operation.submit(input, await intend(operation, input), never);
    const running = await operation.poll(handle, never);
    pass(ROLLOUT_MS);
    const ended = await operation.poll(handle, never);
    const { metadata, spec } = far.deployment;
    const live = await component.versions?.live(never);
    await far.close();

    expect([running.state, ended.state]).toEqual(['running', 'succeeded']);
    expect(spec.template.spec.containers[0]?.image).toBe('registry.example/checkout:2.3.1');
    expect(spec.template.metadata.labels).not.toHaveProperty('pod-template-hash');
    expect(metadata.annotations).toMatchObject({
      'kubernetes.io/change-cause': 'pipeline deployed 2.3.1',
      'deployment.kubernetes.io/revision': '4',
    });
    expect(live?.label).toBe('2.3.1');
  });

  test('keeps fields of a template that nobody here knows', async () => {
    const { far, pass, make } = await world();
    far.edit(({ spec }) => {
      Object.assign(spec.template.spec, { newerThanThis: { a: [1, { b: 'c' }] } });
    });
    pass(ROLLOUT_MS);
    far.deploy('2.6.0');
    pass(ROLLOUT_MS);
    const component = make();
    const operation = operationOf(component, 'undo-rollout');
    const input = await putBack(component);
    await operation.submit(input, await intend(operation, input), never);
    const { spec } = far.deployment.spec.template;
    await far.close();

    expect(spec).toMatchObject({ newerThanThis: { a: [1, { b: 'c' }] } });
  });

  test('is not overwritten where somebody changes it between the look and the request', async () => {
    const { far, make } = await world();
    const component = make();
    const operation = operationOf(component, 'undo-rollout');
    const input = await putBack(component);
    const intent = await intend(operation, input);
    far.deploy('2.5.0');
    const error = await operation.submit(input, intent, never).catch((thrown: unknown) => thrown);
    const sent = far.requests.filter(({ mutating }) => mutating);
    await far.close();

    expect(error).toMatchObject({ detail: { kind: 'rejected' }, surelyNotDone: true });
    expect(sent).toEqual([]);
  });

  test('goes back from a rollout that is stuck', async () => {
    const { far, pass, make } = await world();
    far.broken.add('registry.example/checkout:2.5.0');
    far.deploy('2.5.0');
    const component = make();
    const operation = operationOf(component, 'undo-rollout');
    const input = await putBack(component);
    const seen = await operation.observe(input, never);
    await operation.submit(input, await intend(operation, input), never);
    pass(ROLLOUT_MS);
    const after = await operation.observe(input, never);
    await far.close();

    expect(seen.moving).toBe(false);
    expect(after.fingerprint).toBe(after.expected);
  });

  test('tells of a rollout that makes no progress', async () => {
    const { far, pass, make } = await world();
    far.broken.add('registry.example/checkout:2.3.1');
    const component = make();
    const operation = operationOf(component, 'undo-rollout');
    const input = await putBack(component);
    const intent = await intend(operation, input);
    const handle = await operation.submit(input, intent, never);
    pass(600_000);
    const ended = await operation.poll(handle, never);
    const judged = await operation.recover(input, intent, handle, never);
    await far.close();

    expect(ended).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('ProgressDeadlineExceeded'),
    });
    expect(judged.state).toBe('diverged');
  });

  test('is restarted once, with a mark, and its release stays the same to a rollback', async () => {
    const { far, pass, make } = await world();
    const component = make();
    const operation = operationOf(component, 'restart');
    const input = await mitigate(component, 'restart');
    await operation.submit(input, await intend(operation, input), never);
    pass(ROLLOUT_MS);
    const seen = await operation.observe(input, never);
    const [live, history] = [
      await component.versions?.live(never),
      await component.versions?.history(never),
    ];
    const { annotations } = far.deployment.spec.template.metadata;
    await far.close();

    expect(seen.fingerprint).toBe('INC-0001-P1');
    expect(annotations?.['kubectl.kubernetes.io/restartedAt']).toBe('2026-03-04T10:00:00.000Z');
    expect(live?.label).toBe('2.4.0');
    expect(history?.map(({ version }) => version.label)).toEqual(['2.3.1', '2.3.0']);
  });

  test('is scaled from the number that was seen, and back', async () => {
    const { far, pass, make } = await world();
    const component = make();
    const operation = operationOf(component, 'scale');
    const input = await mitigate(component, 'scale', '6');
    const intent = await intend(operation, input);
    const handle = await operation.submit(input, intent, never);
    pass(ROLLOUT_MS);
    const ended = await operation.poll(handle, never);
    const again = await operation.submit(input, intent, never).catch((thrown: unknown) => thrown);
    const { replicas } = far.deployment.spec;
    await far.close();

    expect(ended).toEqual({ state: 'succeeded' });
    expect(replicas).toBe(6);
    expect(again).toMatchObject({ detail: { kind: 'rejected', status: 422 } });
    expect(operation.undo?.(input)).toEqual({ operation: 'scale', input: { to: 3, from: 6 } });
  });

  test.each([
    ['', 'Say how many instances'],
    ['many', 'Say how many instances'],
    ['0', '0 is not between 1 and 20'],
    ['300', '300 is not between 1 and 20'],
    ['-3', '0 is not between 1 and 20'],
    ['3', 'There are 3 already.'],
  ])('is not scaled to “%s”', async (value, words) => {
    const { far, make } = await world();
    const error = await mitigate(make(), 'scale', value).catch((thrown: unknown) => thrown);
    await far.close();

    expect(error).toMatchObject({ name: 'Refusal', message: expect.stringContaining(words) });
  });

  test('warns of an autoscaler that sets the number again', async () => {
    const { far, make } = await world();
    const component = make();
    const operation = operationOf(component, 'scale');
    far.autoscaler = { min: 2, max: 5 };
    const within = await operation.preflight({ to: 5, from: 3 }, never);
    const beyond = await operation.preflight({ to: 6, from: 3 }, never);
    await far.close();

    expect(within[0]).toMatchObject({ verdict: 'warn' });
    expect(beyond[0]).toMatchObject({ verdict: 'fail', blocking: false });
  });

  test('is not put back where Argo CD would take that back, unless the team pauses it', async () => {
    const { far, make } = await world();
    far.edit(({ metadata }) => {
      metadata.annotations['argocd.argoproj.io/tracking-id'] = 'shop:apps/Deployment:shop/checkout';
    });
    const input = await putBack(make());
    const [refused, warned] = [
      await operationOf(make(), 'undo-rollout').preflight(input, never),
      await operationOf(make({ managedElsewhere: true }), 'undo-rollout').preflight(input, never),
    ];
    await far.close();

    const verdicts = [refused, warned].map(
      (checks) => checks.find(({ name }) => name === 'who keeps it')?.verdict,
    );
    expect(verdicts).toEqual(['fail', 'warn']);
  });

  test('is not put back while its rollout is paused', async () => {
    const { far, make } = await world();
    far.edit(({ spec }) => {
      spec.paused = true;
    });
    const input = await putBack(make());
    const checks = await operationOf(make(), 'undo-rollout').preflight(input, never);
    await far.close();

    expect(checks.filter(({ verdict }) => verdict === 'fail')).toMatchObject([{ name: 'rollout' }]);
  });

  test('tells of a kubeconfig that cannot be read', async () => {
    const component = createKubernetesDeployment({
      id: 'web',
      settings: { deployment: 'checkout' },
      connections: { kubernetes: { auth: { kind: 'kubeconfig', file: '/nowhere/kubeconfig' } } },
    });

    const [first] = await component.doctor(never);

    expect(first).toMatchObject({
      verdict: 'fail',
      next: expect.stringContaining('kubernetes.auth'),
    });
  });
});
