import { z } from 'zod';
import type { Probe } from '../../component.ts';
import { createCalls } from '../azure/calls.ts';
import { understood } from '../azure/errors.ts';
import { AzureConnection } from '../azure/schema.ts';
import type { Ingredients } from '../index.ts';
import { judge } from './levels.ts';
import { metricProbe } from './probe.ts';
import { Unreadable } from './read-json.ts';
import { type Aggregation, AzureMonitorProbeSettings } from './schema.ts';

/** The newest version that Microsoft's package for it describes (`@azure/arm-monitor` 7, Metrics - List). */
const API_VERSION = '2018-01-01';
const TIMEOUT_MS = 15_000;
const MINUTE_MS = 60_000;

const Answer = z.object({
  value: z.array(
    z.object({
      name: z.object({ value: z.string() }),
      errorCode: z.string().nullish(),
      errorMessage: z.string().nullish(),
      timeseries: z.array(
        z.object({
          metadatavalues: z
            .array(z.object({ name: z.object({ value: z.string() }), value: z.string() }))
            .nullish(),
          data: z.array(z.record(z.string(), z.unknown())).nullish(),
        }),
      ),
    }),
  ),
});
type Metric = z.infer<typeof Answer>['value'][number];

/**
 * A platform metric of any Azure resource over the last minutes, by Resource Manager's own API: one request, with the
 * identity of the `azure` connection.
 */
export function createAzureMonitorProbe(from: Ingredients): Probe {
  const settings = AzureMonitorProbeSettings.parse(from.settings);
  const { resource, metric, per, aggregation, minutes, filter } = settings;
  const connection = AzureConnection.parse(from.connections['azure']);
  const calls = createCalls(connection, {
    system: 'Azure Monitor',
    on: `metric ${metric} of ${resource.split('/').at(-1)}`,
    grantOn: 'the resource (Microsoft.Insights/metrics/read)',
    notFound: 'Check `resource` of the probe in backstop.yaml; the portal shows it as Resource ID.',
    look: 'look at the metric in the portal',
    rejected: (message) =>
      /metric/i.test(message) ? 'Check `metric`, `per` and `filter` in backstop.yaml.' : undefined,
  });
  const attempted = 'read the metric';

  return metricProbe(from.id, 'Azure Monitor', async (signal) => {
    const now = Date.now();
    const query = new URLSearchParams({
      'api-version': API_VERSION,
      metricnames: per === undefined ? metric : `${metric},${per}`,
      aggregation,
      timespan: `${new Date(now - minutes * MINUTE_MS).toISOString()}/${new Date(now).toISOString()}`,
      interval: 'PT1M',
      ...(filter === undefined ? {} : { $filter: filter }),
    });
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const address = `${resource}/providers/Microsoft.Insights/metrics?${query.toString()}`;
    const answer = await calls
      .get(attempted, address, AbortSignal.any([signal, timeout]))
      .catch((error: unknown) => {
        if (signal.aborted) throw new Unreadable('was not waited for');
        if (!timeout.aborted) throw error;
        throw new Unreadable(`gave no answer within ${TIMEOUT_MS / 1000} s`);
      });
    const { value } = understood(Answer, answer, attempted, calls.subject);
    const measured = seriesOf(value, metric, aggregation);
    if (per === undefined) return judge([...measured.values()], settings);
    const whole = seriesOf(value, per, aggregation);
    // Nothing divided by nothing is no number, and says nothing.
    const shares = [...whole].map(([key, all]) => (measured.get(key) ?? 0) / all);
    return judge(shares, settings);
  });
}

/** One value for the whole time of each series that has any, by its dimensions. @throws Unreadable */
function seriesOf(
  metrics: readonly Metric[],
  name: string,
  aggregation: Aggregation,
): ReadonlyMap<string, number> {
  const found = metrics.find((one) => one.name.value.toLowerCase() === name.toLowerCase());
  if (!found) throw new Unreadable(`knows no metric ${name} there`);
  if (found.errorCode && found.errorCode !== 'Success') {
    throw new Unreadable(`has no ${name}: ${found.errorMessage ?? found.errorCode}`);
  }
  const values = new Map<string, number>();
  for (const { metadatavalues, data } of found.timeseries) {
    const points = (data ?? []).flatMap((point) => {
      const one = point[aggregation];
      return typeof one === 'number' ? [one] : [];
    });
    if (points.length === 0) continue;
    const dimensions = (metadatavalues ?? []).map((one) => `${one.name.value}=${one.value}`);
    values.set(dimensions.sort().join(' '), together(points, aggregation));
  }
  return values;
}

/** The minutes of a series as one value. */
function together(points: readonly number[], aggregation: Aggregation): number {
  const sum = points.reduce((all, one) => all + one, 0);
  switch (aggregation) {
    case 'total':
    case 'count':
      return sum;
    case 'average':
      return sum / points.length;
    case 'maximum':
      return Math.max(...points);
    case 'minimum':
      return Math.min(...points);
  }
}
