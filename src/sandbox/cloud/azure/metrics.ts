/** Metrics of Azure Monitor: GET of `{resource}/providers/Microsoft.Insights/metrics`, one point a minute. */
import type { Answer, Call, Route } from '../http.ts';
import { resourceNotFound } from './async-operations.ts';
import { armError } from './errors.ts';
import { same } from './lookup.ts';

export interface AzureMetrics {
  /**
   * What a metric of a resource (by its id) measures in each minute, for each value of its dimension `Instance`; without
   * any it is known and has no data.
   */
  set(resource: string, name: string, perMinute: Readonly<Record<string, number>>): void;
}

interface Measured {
  readonly resource: string;
  readonly name: string;
  readonly perMinute: Readonly<Record<string, number>>;
}

const MINUTE_MS = 60_000;

/** No metrics, and the route that serves them. */
export function createAzureMetrics(): {
  readonly api: AzureMetrics;
  readonly routes: readonly Route[];
} {
  let metrics: readonly Measured[] = [];

  function read(call: Call): Answer {
    const id = `/${call.params['resource'] ?? ''}`;
    const here = metrics.filter((one) => same(one.resource, id));
    if (here.length === 0) return resourceNotFound(call, id.split('/').slice(-3).join('/'));
    const names = (call.query.get('metricnames') ?? '').split(',');
    const unknown = names.find((name) => !here.some((one) => same(one.name, name)));
    if (unknown !== undefined) {
      const valid = here.map((one) => one.name).join(',');
      const words = `Failed to find metric configuration for metric: ${unknown}. Valid metrics: ${valid}`;
      return armError(400, 'BadRequest', words);
    }
    const timespan = call.query.get('timespan') ?? '';
    const [from = 0, until = 0] = timespan.split('/').map((one) => Date.parse(one));
    const aggregation = (call.query.get('aggregation') ?? 'average').toLowerCase();
    const splits = call.query.get('$filter') !== null;
    const minutes = Math.max(0, Math.round((until - from) / MINUTE_MS));
    const times = Array.from({ length: minutes }, (_, n) =>
      new Date(from + n * MINUTE_MS).toISOString(),
    );
    const pointsOf = (value: number) =>
      times.map((timeStamp) => ({ timeStamp, [aggregation]: value }));
    return {
      status: 200,
      body: {
        cost: 0,
        timespan,
        interval: 'PT1M',
        namespace: 'Microsoft.Web/sites',
        resourceregion: 'westeurope',
        value: names
          .flatMap((name) => here.filter((one) => same(one.name, name)))
          .map((one) => ({
            id: `${id}/providers/Microsoft.Insights/metrics/${one.name}`,
            type: 'Microsoft.Insights/metrics',
            name: { value: one.name, localizedValue: one.name },
            unit: 'Count',
            errorCode: 'Success',
            timeseries: splits
              ? Object.entries(one.perMinute).map(([instance, value]) => ({
                  metadatavalues: [
                    { name: { value: 'instance', localizedValue: 'instance' }, value: instance },
                  ],
                  data: pointsOf(value),
                }))
              : wholeOf(one.perMinute).map((value) => ({
                  metadatavalues: [],
                  data: pointsOf(value),
                })),
          })),
      },
    };
  }

  return {
    api: {
      set(resource, name, perMinute) {
        const others = metrics.filter((one) => one.resource !== resource || one.name !== name);
        metrics = [...others, { resource, name, perMinute }];
      },
    },
    routes: [
      {
        call: 'GET metrics',
        path: '/*resource/providers/Microsoft.Insights/metrics',
        needs: 'Microsoft.Insights/metrics/read',
        handle: read,
      },
    ],
  };
}

/** Every instance together; nothing where there is none. */
function wholeOf(perMinute: Readonly<Record<string, number>>): readonly number[] {
  const values = Object.values(perMinute);
  return values.length === 0 ? [] : [values.reduce((sum, one) => sum + one, 0)];
}
