/** Metrics of Azure Monitor as probes, by the levels of guide 004. */

import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAzureMonitorProbe } from '../../src/integrations/metrics/azure-monitor.ts';
import { AzureMonitorProbeSettings } from '../../src/integrations/metrics/schema.ts';
import { type Cloud, createCloud } from '../../src/sandbox/cloud/index.ts';

const never = new AbortController().signal;

async function opened() {
  const cloud = await createCloud({ clock: { now: () => Date.parse('2026-03-04T10:00:00Z') } });
  onTestFinished(() => cloud.close());
  const { azure } = cloud;
  const resource = `/subscriptions/${azure.subscriptionId}/resourceGroups/acme-production/providers/Microsoft.Web/sites/acme-checkout`;
  azure.metrics.set(resource, 'Http5xx', { one: 3, two: 1 });
  azure.metrics.set(resource, 'Requests', { one: 50, two: 50 });
  azure.metrics.set(resource, 'CpuPercentage', { one: 95, two: 20 });
  azure.metrics.set(resource, 'Idle', {});
  return { cloud, resource };
}

function probeOf({ azure }: Cloud, settings: Readonly<Record<string, unknown>>) {
  return createAzureMonitorProbe({
    id: 'errors',
    settings,
    connections: {
      azure: {
        endpoint: azure.endpoint,
        subscriptionId: azure.subscriptionId,
        auth: { kind: 'token', token: azure.token },
      },
    },
  });
}

const SHARE = {
  metric: 'Http5xx',
  per: 'Requests',
  aggregation: 'total',
  scale: 100,
  measure: 'error-rate',
};

describe('azure-monitor', () => {
  test('a share of requests is judged by the levels of guide 004, in one request', async () => {
    const { cloud, resource } = await opened();
    const probe = probeOf(cloud, { resource, ...SHARE });

    expect(await probe.read(never)).toEqual({
      probe: 'errors',
      verdict: 'warn',
      reason: 'Azure Monitor: 4 %, more than 1 %',
      values: { value: 4 },
    });
    expect(cloud.azure.requests.map(({ call }) => call)).toEqual(['GET metrics']);
    cloud.azure.metrics.set(resource, 'Http5xx', { one: 10, two: 1 });
    expect(await probe.read(never)).toMatchObject({ verdict: 'fail' });
    cloud.azure.metrics.set(resource, 'Http5xx', { one: 0, two: 0 });
    expect(await probe.read(never)).toMatchObject({ verdict: 'pass' });
  });

  test('of several series the worst one counts', async () => {
    const { cloud, resource } = await opened();
    const cpu = { resource, metric: 'CpuPercentage', aggregation: 'average', failAbove: 90 };
    const split = probeOf(cloud, { ...cpu, filter: "Instance eq '*'" });

    expect(await split.read(never)).toMatchObject({
      verdict: 'fail',
      reason: 'Azure Monitor: 95, more than 90',
    });
  });

  test.each([
    ['total', 20],
    ['average', 4],
    ['maximum', 4],
    ['minimum', 4],
    ['count', 20],
  ])('%s puts the minutes together', async (aggregation, value) => {
    const { cloud, resource } = await opened();
    const probe = probeOf(cloud, { resource, metric: 'Http5xx', aggregation, failAbove: 100 });

    expect((await probe.read(never)).values).toEqual({ value });
  });

  test('no data, and nothing to divide by, are never a pass', async () => {
    const { cloud, resource } = await opened();
    const idle = { resource, metric: 'Idle', aggregation: 'total', failAbove: 1 };
    expect(await probeOf(cloud, idle).read(never)).toMatchObject({ verdict: 'unknown' });
    cloud.azure.metrics.set(resource, 'Http5xx', { one: 0 });
    cloud.azure.metrics.set(resource, 'Requests', { one: 0 });
    const share = probeOf(cloud, { resource, ...SHARE });
    expect(await share.read(never)).toMatchObject({ verdict: 'unknown' });
  });

  test('what cannot be read is told with what to do, and no secret', async () => {
    const { cloud, resource } = await opened();
    const other = probeOf(cloud, { resource: `${resource}-gone`, ...SHARE });
    expect((await other.read(never)).reason).toContain('Resource ID');
    const misspelt = probeOf(cloud, { resource, ...SHARE, metric: 'Http6xx' });
    expect((await misspelt.read(never)).reason).toContain('Valid metrics: Http5xx');
    cloud.azure.denied.add('Microsoft.Insights/metrics/read');
    const denied = await probeOf(cloud, { resource, ...SHARE }).read(never);
    expect(denied.verdict).toBe('unknown');
    expect(denied.reason).toContain('Microsoft.Insights/metrics/read');
    expect(denied.reason).not.toContain(cloud.azure.token);
    const stopped = await probeOf(cloud, { resource, ...SHARE }).read(AbortSignal.abort());
    expect(stopped.reason).toBe('Azure Monitor was not waited for');
  });

  test('the role in docs/permissions is what it asks for, and no more', async () => {
    const { cloud, resource } = await opened();
    const file = new URL('../../docs/permissions/azure-monitor.json', import.meta.url);
    const { Actions } = JSON.parse(readFileSync(file, 'utf8')) as { Actions: string[] };
    const asked = new Set<string>();
    cloud.azure.denied.has = (action) => {
      asked.add(action);
      return !Actions.includes(action);
    };
    expect((await probeOf(cloud, { resource, ...SHARE }).read(never)).verdict).toBe('warn');
    expect([...asked]).toEqual(Actions);
  });

  test.each([
    [{ resource: '/subscriptions/x' }, /resource id/],
    [{ metric: 'Http5xx,Requests' }, /one metric/],
    [{ measure: undefined, scale: 1 }, /needs measure/],
    [{ aggregation: 'sum' }, /total/],
  ])('refuses settings such as %j', (change, words) => {
    const id = '00000000-0000-4000-8000-000000000000';
    const resource = `/subscriptions/${id}/resourceGroups/g/providers/Microsoft.Web/sites/app`;
    expect(AzureMonitorProbeSettings.safeParse({ resource, ...SHARE }).success).toBe(true);
    const parsed = AzureMonitorProbeSettings.safeParse({ resource, ...SHARE, ...change });
    expect(JSON.stringify(parsed.error?.issues)).toMatch(words);
  });
});
