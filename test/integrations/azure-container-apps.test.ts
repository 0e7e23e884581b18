import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Check, Operation } from '../../src/operation.ts';

import {
  type AppBench,
  BROKEN,
  COMMIT,
  GOOD,
  openAppBench as open,
  START,
} from './azure-container-apps-bench.ts';
import { integrationContract } from './contract.ts';

const never = new AbortController().signal;

integrationContract('azure-container-apps in single revision mode', () => open('Single', false));
integrationContract('azure-container-apps with traffic', () => open('Multiple', true));

describe('azure-container-apps', () => {
  let bench: AppBench;
  afterEach(() => bench.close());

  const activate = (): Operation => {
    const found = bench.component.operations['activate-revision'];
    if (!found) throw new Error('no activate-revision');
    return found;
  };
  const versions = () => {
    const { versions: found } = bench.component;
    if (!found) throw new Error('no versions');
    return found;
  };
  const apps = () => bench.cloud.azure.containerApps;
  async function check(name: string): Promise<Check> {
    const found = (await activate().preflight(bench.input, never)).find((one) => one.name === name);
    if (!found) throw new Error(`no check ${name}`);
    return found;
  }
  async function carryOut() {
    const { fingerprint, expected } = await activate().observe(bench.input, never);
    const at = bench.now();
    const intent = { run: 'R1', step: 's1', key: 'R1/s1/1', at, before: fingerprint, expected };
    const handle = await activate().submit(bench.input, intent, never);
    return { intent, handle };
  }

  describe('in single revision mode', () => {
    beforeEach(async () => {
      bench = await open('Single', false);
    });

    test('live is the active revision, by its image tag where it has no release variable', async () => {
      expect(await versions().live(never)).toEqual({
        id: BROKEN,
        label: '2.4.0',
        since: START - 1_200_000,
      });
    });

    test('history is the earlier revisions, with the release and commit they were given', async () => {
      expect(await versions().history(never)).toEqual([
        {
          version: { id: GOOD, label: '2.3.1', commit: COMMIT, since: START - 86_400_000 },
          available: true,
          reason: `Revision ${GOOD} is kept by Azure.`,
        },
      ]);
    });

    test('an activation leaves the other revision inactive', async () => {
      const { handle } = await carryOut();

      const during = await activate().poll(handle, never);
      bench.finish();

      expect(during).toMatchObject({ state: 'running' });
      expect(await activate().poll(handle, never)).toEqual({ state: 'succeeded' });
      expect(apps().active('acme-worker')).toEqual([GOOD]);
    });

    test('an activation that Azure gives up leaves the other revision in charge', async () => {
      bench.faults.add({
        on: 'POST activate',
        fault: { kind: 'operation', failsWith: 'crash loop' },
      });
      const { intent, handle } = await carryOut();
      bench.finish();

      const recovered = await activate().recover(bench.input, intent, handle, never);

      expect(recovered.state).not.toBe('done');
      expect(apps().active('acme-worker')).toEqual([BROKEN]);
    });

    test('a revision whose secret is gone is not offered, and blocks', async () => {
      apps().add({
        resourceGroup: 'acme-production',
        name: 'acme-bare',
        revisions: [
          { suffix: 'one', image: 'w:1', createdAt: 1, secrets: { DATABASE_URL: 'database-url' } },
          { suffix: 'two', image: 'w:2', createdAt: 2, active: true },
        ],
      });
      const component = bench.of('acme-bare');

      const [candidate] = (await component.versions?.history(never)) ?? [];

      expect(candidate).toMatchObject({
        available: false,
        reason: expect.stringContaining('database-url'),
      });
    });

    test('one of which some replicas are not up is in charge, says so, and can be taken back', async () => {
      const { intent, handle } = await carryOut();
      bench.finish();
      apps().setRunningState('acme-worker', 'v231', 'Degraded');

      expect(await activate().poll(handle, never)).toEqual({ state: 'succeeded' });
      expect(await activate().recover(bench.input, intent, handle, never)).toEqual({
        state: 'done',
        note: '2.3.1 in charge, and not up as a whole (degraded)',
      });
    });

    test('one that does not come up is waited for a while, and then in charge, which says so', async () => {
      const { intent, handle } = await carryOut();
      bench.finish();
      apps().setRunningState('acme-worker', 'v231', 'Stopped');
      const { usualMs, pollMs } = activate();
      const most = (3 * usualMs) / pollMs;

      for (let look = 0; look < most; look++) {
        expect((await activate().poll(handle, never)).state).toBe('running');
      }

      expect(await activate().poll(handle, never)).toEqual({ state: 'succeeded' });
      expect(await activate().recover(bench.input, intent, handle, never)).toEqual({
        state: 'done',
        note: '2.3.1 in charge, and not up yet (stopped)',
      });
      // What looks after it, such as taking it back, does not wait again.
      expect(await activate().observe(bench.input, never)).toMatchObject({ moving: false });
    });

    test.each([
      ['Unknown', undefined],
      ['Stopped', 'stopped'],
    ])(
      'a revision in charge that Azure shows as %s is waited for until it is up',
      async (state, shown) => {
        const { intent, handle } = await carryOut();
        bench.finish();
        apps().setRunningState('acme-worker', 'v231', state);

        const during = await activate().poll(handle, never);
        const found = await activate().recover(bench.input, intent, handle, never);
        apps().setRunningState('acme-worker', 'v231', 'Running');

        // Where Azure does not tell of the replicas, it tells of their health.
        expect([during.state, found.state]).toEqual(
          shown ? ['running', 'in-flight'] : ['succeeded', 'done'],
        );
        if (shown) expect(during).toMatchObject({ note: expect.stringContaining(shown) });
        expect(await activate().poll(handle, never)).toEqual({ state: 'succeeded' });
      },
    );

    test('a revision in charge that fails to start has not taken over', async () => {
      const { intent, handle } = await carryOut();
      bench.finish();
      apps().setRunningState('acme-worker', 'v231', 'ActivationFailed');

      expect(await activate().poll(handle, never)).toMatchObject({ state: 'failed' });
      expect(await activate().recover(bench.input, intent, handle, never)).toMatchObject({
        state: 'diverged',
        reason: expect.stringContaining('does not run'),
      });
    });

    test('one that may have no replica is up while nobody asks', async () => {
      apps().add({
        resourceGroup: 'acme-production',
        name: 'acme-idle',
        revisions: [
          { suffix: 'one', image: 'acme.azurecr.io/shop/worker:2.3.1', createdAt: 1 },
          {
            suffix: 'two',
            image: 'acme.azurecr.io/shop/worker:2.4.0',
            createdAt: 2,
            active: true,
            runningState: 'ScaledToZero',
            scale: { minReplicas: 0, maxReplicas: 4 },
          },
        ],
      });
      const operation = bench.of('acme-idle').operations['activate-revision'];
      const input = { revision: 'acme-idle--two', replaces: 'acme-idle--one' };

      expect(await operation?.observe(input, never)).toMatchObject({
        moving: false,
        note: expect.not.stringContaining('not up'),
      });
    });

    test('a secret that only begins the revision counts, too', async () => {
      apps().add({
        resourceGroup: 'acme-production',
        name: 'acme-begun',
        revisions: [
          { suffix: 'one', image: 'w:1', createdAt: 1, initSecrets: { KEY: 'migration-key' } },
          { suffix: 'two', image: 'w:2', createdAt: 2, active: true },
        ],
      });

      const [candidate] = (await bench.of('acme-begun').versions?.history(never)) ?? [];

      expect(candidate).toMatchObject({
        available: false,
        reason: expect.stringContaining('migration-key'),
      });
    });

    test('a registry that the app no longer signs in to is told', async () => {
      apps().add({
        resourceGroup: 'acme-production',
        name: 'acme-moved',
        registries: ['acme.azurecr.io'],
        revisions: [
          { suffix: 'one', image: 'old.azurecr.io/shop/worker:2.3.1', createdAt: 1 },
          { suffix: 'two', image: 'acme.azurecr.io/shop/worker:2.4.0', createdAt: 2, active: true },
        ],
      });
      const operation = bench.of('acme-moved').operations['activate-revision'];
      const input = { revision: 'acme-moved--one', replaces: 'acme-moved--two' };

      const checks = (await operation?.preflight(input, never)) ?? [];

      expect(checks.find(({ name }) => name === 'The app may pull the image')).toMatchObject({
        verdict: 'warn',
        blocking: false,
        reason: expect.stringContaining('does not sign in to old.azurecr.io any more'),
      });
      expect(
        (await activate().preflight(bench.input, never)).map(({ name }) => name),
      ).not.toContain('The app may pull the image');
    });

    test('the doctor looks for the images of what runs, as whoever Backstop is there', async () => {
      const found = async () =>
        (await bench.component.doctor(never)).find(({ what }) => what.endsWith('its images'));

      expect(await found()).toMatchObject({ verdict: 'pass' });
      bench.cloud.faults.registry.add({
        on: '*',
        fault: { kind: 'status', status: 403, body: { errors: [{ code: 'DENIED' }] } },
        times: Number.POSITIVE_INFINITY,
      });
      expect(await found()).toMatchObject({
        verdict: 'warn',
        reason: expect.stringContaining('(403)'),
        next: expect.stringContaining('registry/README.md'),
      });
    });

    test('a revision that Azure has dropped blocks', async () => {
      const input = { revision: 'acme-worker--gone', replaces: BROKEN };

      const checks = await activate().preflight(input, never);

      expect(checks.find((one) => one.verdict === 'fail')?.reason).toContain('does not have');
    });

    test('several active revisions are named instead of guessing which is live', async () => {
      apps().setActive('acme-worker', 'v231', true);

      await expect(versions().live(never)).rejects.toMatchObject({
        detail: { answer: expect.stringContaining(`${GOOD}, ${BROKEN}`) },
      });
    });
  });

  describe('with traffic', () => {
    beforeEach(async () => {
      bench = await open('Multiple', true);
    });

    test('all of it goes to the revision by name, and labels stay where they are', async () => {
      await carryOut();
      bench.finish();

      expect(apps().traffic('acme-worker')).toEqual([
        { revisionName: GOOD, weight: 100, label: 'previous' },
      ]);
    });

    test('labels stay where they are, also of a revision that takes a share beside its label', async () => {
      apps().setTraffic('acme-worker', [
        { latestRevision: true, weight: 90 },
        { revisionName: GOOD, weight: 10 },
        { revisionName: BROKEN, weight: 0, label: 'newest' },
        { revisionName: GOOD, weight: 0, label: 'previous' },
      ]);

      await carryOut();
      bench.finish();

      expect(apps().traffic('acme-worker')).toEqual([
        { revisionName: GOOD, weight: 100, label: 'previous' },
        { revisionName: BROKEN, weight: 0, label: 'newest' },
      ]);
    });

    test('one that is not up is told before it gets the traffic', async () => {
      apps().setRunningState('acme-worker', 'v231', 'Degraded');

      expect(await check('The revision is up')).toMatchObject({
        verdict: 'warn',
        reason: expect.stringContaining('degraded'),
      });
    });

    test('the plan says that the next deployment no longer takes it by itself', async () => {
      const changes = await activate().describe(bench.input, never);

      expect(changes).toHaveLength(2);
      expect(changes[0]).toEqual({
        what: 'traffic of acme-worker',
        from: `2.4.0 (${BROKEN})`,
        to: `2.3.1 (${GOOD})`,
      });
      expect(changes[1]?.to).toContain('until somebody moves it');
    });

    test('an inactive revision is told, with what to do, and blocks', async () => {
      apps().setActive('acme-worker', 'v231', false);

      const [candidate] = await versions().history(never);

      expect(candidate).toMatchObject({
        available: false,
        reason: expect.stringContaining('activate it first'),
      });
      expect(await check('The revision can take over')).toMatchObject({
        verdict: 'fail',
        blocking: true,
      });
    });
  });

  test('in a mode in which Azure moves labels by itself nothing is offered, and nothing sent', async () => {
    bench = await open('Labels', true);
    const traffic = bench.component.mitigations?.['traffic'];

    const [candidate] = await versions().history(never);

    expect(candidate).toMatchObject({
      available: false,
      reason: expect.stringContaining('move the label by hand'),
    });
    expect(await check('The revision can take over')).toMatchObject({
      verdict: 'fail',
      blocking: true,
    });
    await expect(
      traffic?.call({ value: `${GOOD}=100`, key: 'P1', at: START }, never),
    ).rejects.toMatchObject({ name: 'Refusal', code: 'not-possible' });
    expect(bench.requests().filter((one) => one.mutating)).toEqual([]);
  });

  test('several active revisions without ingress would share the jobs, which blocks', async () => {
    bench = await open('Multiple', false);

    expect(await check('The revision can take over')).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('both releases would take jobs'),
    });
  });
});
