import { describe, expect, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import { createHerokuApp } from '../../src/integrations/heroku/index.ts';
import type { Intent, Json, Operation } from '../../src/operation.ts';
import { createAgenda } from '../../src/sandbox/cloud/agenda.ts';
import { createHeroku, type Heroku } from '../../src/sandbox/cloud/heroku/index.ts';
import { type Bench, integrationContract } from './contract.ts';

const START = Date.parse('2026-03-04T10:00:00Z');
/** A release phase, and then the start of the dynos. */
const LONG_MS = 5_000;
const never = new AbortController().signal;
const sha = (digit: string): string => digit.repeat(40);

/** An app that ran commit 1 as v1, commit 2 as v2 and, with a config var, as v3, and now runs commit 3 as v4. */
async function world() {
  let now = START;
  const pass = (ms: number): void => {
    now += ms;
  };
  const far = await createHeroku({ agenda: createAgenda({ now: () => now }), log: [] });
  const settle = (): void => {
    for (let times = 0; times < 3; times += 1) {
      pass(LONG_MS);
      expect(far.releases.length).toBeGreaterThan(0);
    }
  };
  far.deploy(sha('1'));
  settle();
  far.deploy(sha('2'));
  settle();
  far.configure('LIMIT');
  settle();
  far.deploy(sha('3'));
  settle();
  const make = (): Component =>
    createHerokuApp({
      id: 'app',
      settings: { app: 'acme-shop' },
      connections: { heroku: { baseUrl: far.url, token: far.token } },
    });
  return { far, settle, make, now: () => now };
}

async function bench(
  operation: string,
  mutation: string,
  inputOf: (component: Component) => Promise<Json>,
  interfere: (far: Heroku) => void,
): Promise<Bench> {
  const { far, settle, make, now } = await world();
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
    finish: settle,
    takesTime: true,
    interfere() {
      interfere(far);
      settle();
    },
    close: far.close,
  };
}

async function putBack({ versions }: Component) {
  const [live, history] = [await versions?.live(never), await versions?.history(never)];
  const target = history?.[0]?.version;
  if (!versions || !live || !target) throw new Error('nothing to put back');
  return versions.putBack(target, live).input;
}

async function mitigate({ mitigations }: Component, name: string, value?: string) {
  const call = await mitigations?.[name]?.call({ value, key: 'INC-0001-P1', at: 0 }, never);
  if (!call) throw new Error(`no ${name}`);
  return call.input;
}

function operationOf({ operations }: Component, name: string): Operation {
  const found = operations[name];
  if (!found) throw new Error(`no ${name}`);
  return found;
}

async function intend(operation: Operation, input: Json): Promise<Intent> {
  const { fingerprint: before, expected } = await operation.observe(input, never);
  return { run: 'R', step: 's', key: 'R/s/1', at: START, before, expected };
}

integrationContract('heroku-app, putting back', () =>
  bench('rollback-release', 'POST release', putBack, (far) => far.deploy(sha('9'))),
);
integrationContract('heroku-app, restarting', () =>
  bench(
    'restart',
    'DELETE dynos',
    (component) => mitigate(component, 'restart'),
    (far) => far.scaleTo(0),
  ),
);
integrationContract('heroku-app, scaling', () =>
  bench(
    'scale',
    'PATCH formation',
    (component) => mitigate(component, 'scale', '4'),
    (far) => far.scaleTo(7),
  ),
);

describe('a Heroku app', () => {
  test('shows one version for each slug, with its commit; a change of a config var is none', async () => {
    const { far, make } = await world();
    const { versions } = make();
    const [live, history] = [await versions?.live(never), await versions?.history(never)];
    await far.close();

    expect(live).toMatchObject({ label: 'v4', commit: sha('3'), by: 'ana@acme.example' });
    expect(history?.map(({ version }) => [version.label, version.commit])).toEqual([
      ['v3', sha('2')],
      ['v1', sha('1')],
    ]);
  });

  test('goes back by a new release, and says that the config vars go with it', async () => {
    const { far, settle, make } = await world();
    const component = make();
    const operation = operationOf(component, 'rollback-release');
    const input = await putBack(component);
    const changes = await operation.describe(input, never);
    const handle = await operation.submit(input, await intend(operation, input), never);
    const running = await operation.poll(handle, never);
    settle();
    const ended = await operation.poll(handle, never);
    const newest = far.releases.at(-1);
    await far.close();

    expect(changes).toContainEqual({
      what: 'config vars',
      from: 'as they are',
      to: 'as they were at v3',
    });
    expect(running).toMatchObject({ state: 'running', note: expect.stringContaining('v5') });
    expect(ended).toEqual({ state: 'succeeded' });
    expect(newest).toMatchObject({ version: 5, description: 'Rollback to v3' });
  });

  test('stays as it was when the release phase fails, also for one who only looks', async () => {
    const { far, settle, make } = await world();
    const operation = operationOf(make(), 'rollback-release');
    const input = await putBack(make());
    const intent = await intend(operation, input);
    far.failsNext = true;
    const handle = await operation.submit(input, intent, never);
    settle();
    const ended = await operation.poll(handle, never);
    const judged = await operation.recover(input, intent, undefined, never);
    await far.close();

    expect(ended).toMatchObject({ state: 'failed', reason: expect.stringContaining('v5') });
    expect(judged).toMatchObject({ state: 'diverged' });
  });

  test('tells of dynos that crash with the earlier release', async () => {
    const { far, settle, make } = await world();
    far.broken.add(sha('2'));
    const operation = operationOf(make(), 'rollback-release');
    const input = await putBack(make());
    const handle = await operation.submit(input, await intend(operation, input), never);
    settle();
    const ended = await operation.poll(handle, never);
    await far.close();

    expect(ended).toMatchObject({ state: 'failed', reason: 'A web dyno of v5 crashed.' });
  });

  test('does not offer a release whose slug is gone', async () => {
    const { far, make } = await world();
    far.prune(1);
    const history = await make().versions?.history(never);
    await far.close();

    expect(history?.map(({ version, available }) => [version.label, available])).toEqual([
      ['v3', true],
      ['v1', false],
    ]);
  });

  test('is scaled within what backstop.yaml allows, and back', async () => {
    const { far, make } = await world();
    const component = make();
    const input = await mitigate(component, 'scale', '+3');
    const beyond = await mitigate(component, 'scale', '50').catch((thrown: unknown) => thrown);
    await far.close();

    expect(input).toEqual({ to: 5, from: 2 });
    expect(beyond).toMatchObject({ message: expect.stringContaining('not between 1 and 10') });
    expect(operationOf(component, 'scale').undo?.(input)).toEqual({
      operation: 'scale',
      input: { to: 2, from: 5 },
    });
  });
});
