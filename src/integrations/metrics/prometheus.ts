import { z } from 'zod';
import type { Probe } from '../../component.ts';
import type { Ingredients } from '../index.ts';
import { judge } from './levels.ts';
import { metricProbe } from './probe.ts';
import { readJson, Unreadable } from './read-json.ts';
import { PrometheusProbeSettings } from './schema.ts';

const sample = z.tuple([z.number(), z.string()]);
const Answer = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('scalar'), result: sample }),
    z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sample })) }),
  ]),
});

/** An instant query of Prometheus, or of what speaks as it does (Thanos, Mimir, VictoriaMetrics). */
export function createPrometheusProbe(from: Ingredients): Probe {
  const settings = PrometheusProbeSettings.parse(from.settings);
  const { token } = settings;
  const url = new URL(`${settings.url.replace(/\/+$/, '')}/api/v1/query`);
  url.searchParams.set('query', settings.query);
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const secrets = token === undefined ? [] : [token];
  return metricProbe(from.id, `Prometheus ${url.host}`, async (signal) => {
    const answer = Answer.safeParse(await readJson(url, { headers, secrets, signal }));
    if (!answer.success) throw new Unreadable('answered no instant vector and no scalar');
    const { data } = answer.data;
    const samples =
      data.resultType === 'scalar' ? [data.result] : data.result.map((one) => one.value);
    return judge(
      samples.map(([, value]) => Number(value)),
      settings,
    );
  });
}
