import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAzureContainerApps } from '../../src/integrations/azure-container-apps/index.ts';
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
      const component = createAzureContainerApps({
        id: 'worker',
        settings: { resourceGroup: 'acme-production', app: 'acme-bare' },
        connections: {
          azure: {
            endpoint: bench.cloud.azure.endpoint,
            subscriptionId: bench.cloud.azure.subscriptionId,
            auth: { kind: 'token', token: bench.cloud.azure.token },
          },
        },
      });

      const [candidate] = (await component.versions?.history(never)) ?? [];

      expect(candidate).toMatchObject({
        available: false,
        reason: expect.stringContaining('database-url'),
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

  test('several active revisions without ingress would share the jobs, which blocks', async () => {
    bench = await open('Multiple', false);

    expect(await check('The revision can take over')).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('both releases would take jobs'),
    });
  });
});
