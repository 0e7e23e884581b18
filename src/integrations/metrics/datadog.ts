import { z } from 'zod';
import type { Probe } from '../../component.ts';
import type { Ingredients } from '../index.ts';
import { judge } from './levels.ts';
import { metricProbe } from './probe.ts';
import { readJson, Unreadable } from './read-json.ts';
import { DatadogProbeSettings } from './schema.ts';

const MINUTE_S = 60;

const Answer = z.object({
  status: z.string().optional(),
  error: z.string().nullish(),
  series: z
    .array(z.object({ pointlist: z.array(z.tuple([z.number(), z.number().nullable()])) }))
    .default([]),
});

/** A metric query of Datadog: the newest point of each series within the last minutes. */
export function createDatadogProbe(from: Ingredients): Probe {
  const settings = DatadogProbeSettings.parse(from.settings);
  const { apiKey, applicationKey, minutes } = settings;
  const base = (settings.baseUrl ?? `https://api.${settings.site}`).replace(/\/+$/, '');
  return metricProbe(from.id, `Datadog ${new URL(base).host}`, async (signal) => {
    const url = new URL(`${base}/api/v1/query`);
    const now = Math.floor(Date.now() / 1000);
    url.searchParams.set('from', String(now - minutes * MINUTE_S));
    url.searchParams.set('to', String(now));
    url.searchParams.set('query', settings.query);
    const headers = { 'dd-api-key': apiKey, 'dd-application-key': applicationKey };
    const secrets = [apiKey, applicationKey];
    const answer = Answer.safeParse(await readJson(url, { headers, secrets, signal }));
    if (!answer.success) throw new Unreadable('answered no series');
    if (answer.data.status === 'error' || answer.data.error) {
      throw new Unreadable(`refused the query: ${answer.data.error ?? 'no reason given'}`);
    }
    const newest = answer.data.series.flatMap(({ pointlist }) =>
      pointlist.flatMap(([, value]) => (value === null ? [] : [value])).slice(-1),
    );
    return judge(newest, settings);
  });
}
