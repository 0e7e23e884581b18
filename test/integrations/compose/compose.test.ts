/** Against a stand-in for `docker` that checks the exact calls, and a real PostgreSQL behind it. Docker itself is not tested here. */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Component } from '../../../src/component.ts';
import { createCompose } from '../../../src/integrations/compose/index.ts';
import { createComposeProbe } from '../../../src/integrations/compose/probe.ts';
import { ComposeSettings } from '../../../src/integrations/compose/schema.ts';
import type { Intent, Operation, OperationCall } from '../../../src/operation.ts';
import {
  type Cluster,
  hasPostgresql,
  openCluster,
  PASSWORD,
  TOOLS,
} from '../postgresql/cluster.ts';
import { createDocker, type DockerStandIn, projectArguments } from './docker-stand-in.ts';

const never = new AbortController().signal;
const RUNNING = { web: 'running/healthy', worker: 'running', db: 'running' };

let directory: string;
let docker: DockerStandIn;
let environment: Readonly<Record<string, string>> = {};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'backstop-compose-'));
  mkdirSync(join(directory, 'backups'));
  docker = createDocker(directory, environment);
  docker.set(RUNNING);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const project = () => ({
  project: 'production',
  directory,
  files: [join(directory, 'docker-compose.instance.yml')],
  envFile: join(directory, 'instances/production/.env'),
  clientEnv: { PATH: `${docker.path}:${TOOLS ?? ''}:/usr/bin:/bin` },
});
const make = (more: Record<string, unknown> = {}): Component =>
  createCompose({
    id: 'stack',
    settings: { ...project(), services: ['web', 'worker'], ...more },
    connections: {},
  });

function operation(component: Component, { operation: name }: OperationCall): Operation {
  const found = component.operations[name];
  if (!found) throw new Error(`There is no operation ${name}.`);
  return found;
}

async function intend(component: Component, call: OperationCall): Promise<Intent> {
  const seen = await operation(component, call).observe(call.input, never);
  const { fingerprint: before, expected } = seen;
  return {
    run: 'R1',
    step: call.operation,
    key: `R1/${directory}/${call.operation}`,
    at: Date.now(),
    before,
    expected,
  };
}

async function perform(component: Component, call: OperationCall) {
  const made = operation(component, call);
  const intent = await intend(component, call);
  const handle = await made.submit(call.input, intent, never);
  for (;;) {
    const progress = await made.poll(JSON.parse(JSON.stringify(handle)), never);
    if (progress.state !== 'running') {
      return { progress, recovery: await made.recover(call.input, intent, handle, never) };
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

const DONE = { progress: { state: 'succeeded' }, recovery: { state: 'done' } };
const STOP = { operation: 'stop', input: {} };
const START = { operation: 'start', input: {} };
/** The calls that change something. */
const changing = () =>
  docker
    .calls()
    .map((call) => call.slice(projectArguments(directory).length))
    .filter(([subcommand]) => subcommand !== 'ps');

describe('a compose project', () => {
  test('is held by stopping what writes and released by starting it, with exactly these calls', async () => {
    const component = make();

    expect(component.hold?.acquire()).toEqual(STOP);
    expect(component.hold?.release()).toEqual(START);
    expect(await perform(component, STOP)).toMatchObject(DONE);
    expect(docker.states()).toEqual({ web: 'exited', worker: 'exited', db: 'running' });
    expect(await perform(component, START)).toMatchObject(DONE);

    expect(docker.states()).toMatchObject({ web: 'running/healthy', worker: 'running/healthy' });
    expect(changing()).toEqual([
      ['stop', '--timeout', '30', 'web', 'worker'],
      [
        'up',
        '--detach',
        '--no-build',
        '--no-deps',
        '--no-recreate',
        '--wait',
        '--wait-timeout',
        '120',
        'web',
        'worker',
      ],
    ]);
  });

  test('is read without changing anything', async () => {
    const component = make();
    for (const call of [STOP, START]) {
      const intent = await intend(component, call);
      await operation(component, call).describe({}, never);
      expect(
        (await operation(component, call).preflight({}, never)).every(
          ({ verdict }) => verdict === 'pass',
        ),
      ).toBe(true);
      await operation(component, call).recover({}, intent, undefined, never);
    }
    await component.doctor(never);

    expect(docker.calls().length).toBeGreaterThan(6);
    expect(changing()).toEqual([]);
  });

  test('has to start what was stopped, and not again what somebody started meanwhile', async () => {
    const component = make();
    await perform(component, STOP);

    const stopped = await operation(component, START).observe({}, never);
    docker.set(RUNNING);
    const started = await operation(component, START).observe({}, never);

    expect(stopped.fingerprint).not.toBe(stopped.expected);
    expect(started.fingerprint).toBe(started.expected);
  });

  test.each([
    ['nothing stopped', RUNNING, 'not-started'],
    ['one stopped', { ...RUNNING, web: 'exited' }, 'not-started'],
    ['all stopped', { web: 'exited', worker: 'exited' }, 'done'],
    ['one without a container', { web: 'exited' }, 'done'],
    ['one that restarts', { web: 'exited', worker: 'restarting' }, 'not-started'],
  ])('after a lost stop with %s', async (_name, states, state) => {
    const intent = await intend(make(), STOP);
    docker.set(states);

    expect(await operation(make(), STOP).recover({}, intent, undefined, never)).toEqual({ state });
  });

  test.each([
    ['all healthy', RUNNING, 'done'],
    ['one still starting', { ...RUNNING, web: 'running/starting' }, 'in-flight'],
    ['one unhealthy', { ...RUNNING, web: 'running/unhealthy' }, 'not-started'],
    ['one that is down', { ...RUNNING, worker: 'exited' }, 'not-started'],
  ])('after a lost start with %s', async (_name, states, state) => {
    const intent = await intend(make(), START);
    docker.set(states);

    expect(await operation(make(), START).recover({}, intent, undefined, never)).toMatchObject({
      state,
    });
  });

  test('tells what docker said when it fails', async () => {
    docker.fail('stop', 'Error response from daemon: cannot stop container');

    const { progress, recovery } = await perform(make(), STOP);

    expect(progress).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('cannot stop container'),
    });
    expect(recovery).toEqual({ state: 'not-started' });
  });

  test.each([
    ['without the compose plugin', 'docker: unknown command: docker compose', 'rejected', 'fail'],
    [
      'without a daemon',
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.',
      'unavailable',
      'unknown',
    ],
  ])('says what to do %s', async (_name, words, kind, verdict) => {
    docker.fail('ps', words);

    await expect(operation(make(), STOP).observe({}, never)).rejects.toMatchObject({
      detail: { kind },
    });
    const [found] = await make().doctor(never);
    expect(found).toMatchObject({ verdict, next: expect.stringMatching(/docker/) });
  });

  test('does nothing when it was cancelled before', async () => {
    const stopped = AbortSignal.abort();

    await expect(
      operation(make(), STOP).submit({}, await intend(make(), STOP), stopped),
    ).rejects.toThrow();
    await expect(operation(make(), STOP).observe({}, stopped)).rejects.toThrow();
    expect(changing()).toEqual([]);
  });

  test.each<[string, Record<string, unknown>]>([
    ['a service that is an option', { services: ['--all'] }],
    ['a project that is an option', { project: '-p' }],
    ['a file that goes up', { files: ['/srv/../etc/passwd'] }],
    [
      'a database that is stopped',
      { services: ['web', 'db'], database: { service: 'db', database: 'shop', backups: '/b' } },
    ],
  ])('refuses %s', (_name, more) => {
    const settings = {
      project: 'p',
      directory: '/srv',
      files: ['/srv/c.yml'],
      services: ['web'],
      ...more,
    };

    expect(ComposeSettings.safeParse(settings).success).toBe(false);
  });
});

describe('the compose probe', () => {
  test.each([
    ['pass', RUNNING],
    ['fail', { ...RUNNING, web: 'running/unhealthy' }],
    ['fail', { ...RUNNING, worker: 'exited' }],
    ['unknown', { ...RUNNING, web: 'running/starting' }],
  ])('reads %s', async (verdict, states) => {
    docker.set(states);
    const settings = { ...project(), services: ['web', 'worker'] };

    expect(
      await createComposeProbe({ id: 'stack', settings, connections: {} }).read(never),
    ).toMatchObject({ verdict });
  });

  test('is unknown when docker does not answer', async () => {
    docker.fail('ps', 'Cannot connect to the Docker daemon');
    const settings = { ...project(), services: ['web'] };

    expect(
      await createComposeProbe({ id: 'stack', settings, connections: {} }).read(never),
    ).toMatchObject({ verdict: 'unknown' });
  });
});

describe.skipIf(!hasPostgresql('compose.test.ts'))('the database of a compose project', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await openCluster();
    environment = { PGHOST: '127.0.0.1', PGPORT: String(cluster.port) };
    cluster.sql('postgres', 'CREATE DATABASE shop');
    cluster.sql(
      'shop',
      "CREATE TABLE orders (id int, updated_at timestamptz DEFAULT now()); INSERT INTO orders VALUES (1, now() - interval '1 day')",
    );
  });
  afterAll(() => {
    environment = {};
    cluster?.close();
  });

  const withDatabase = () =>
    make({
      database: {
        service: 'db',
        database: 'shop',
        user: 'postgres',
        password: PASSWORD,
        backups: join(directory, 'backups'),
      },
    });

  test('is put back between stop and start, by the tools in its service, and keeps the password out of every call', async () => {
    const component = withDatabase();
    const points = component.restorePoints;
    if (!points) throw new Error('It offers no restore points.');
    expect(await perform(component, points.capture('pre-deployment'))).toMatchObject(DONE);
    const [newest] = await points.list(never);
    if (!newest) throw new Error('The backup is not listed.');
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    cluster.sql('shop', 'INSERT INTO orders VALUES (2)');
    expect(await points.losses(newest, never)).toContainEqual(
      expect.stringMatching(/^1 row of orders, written since/),
    );

    expect(newest).toMatchObject({ available: true, id: 'shop-pre-deployment.dump' });
    expect(await perform(component, STOP)).toMatchObject(DONE);
    for (const call of points.restore(newest)) {
      expect([call.operation, await perform(component, call)]).toMatchObject([
        call.operation,
        DONE,
      ]);
    }
    expect(await perform(component, START)).toMatchObject(DONE);

    expect(cluster.sql('shop', 'SELECT id FROM orders')).toBe('1');
    expect(JSON.stringify(docker.calls())).not.toContain(PASSWORD);
    expect(
      docker
        .calls()
        .filter((call) => call.includes('pg_restore'))
        .every((call) => !call.some((each) => each.includes(directory) && each.endsWith('.dump'))),
    ).toBe(true);
  }, 60_000);

  test('that does not run is no database to restore', async () => {
    docker.set({ ...RUNNING, db: 'exited' });
    const call = { operation: 'backup', input: { file: 'shop-a.dump' } };

    await expect(operation(withDatabase(), call).observe(call.input, never)).rejects.toMatchObject({
      name: 'OutsideError',
      message: expect.stringContaining('is not running'),
    });
  });
});
