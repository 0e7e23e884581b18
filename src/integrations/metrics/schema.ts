import { z } from 'zod';
import { hasLevels, LEVELS_NEEDED, levelSettings } from './levels.ts';

const secret = (what: string) =>
  z.string().min(1, `${what} must not be empty`).meta({ secret: true });

const address = z.url({ protocol: /^https?$/ }).refine((url) => !/^https?:\/\/[^/]*@/.test(url), {
  error: 'must not carry a user name or password',
});
const isSafe = (url: string) =>
  /^(https:|http:\/\/(localhost|127(\.\d+){3}|\[::1\])([:/]|$))/.test(url);

/** One instant query of Prometheus. */
export const PrometheusProbeSettings = z
  .strictObject({
    url: address.describe('Where Prometheus is, without /api/v1.'),
    token: secret('The token').optional().describe('Sent as a bearer token.'),
    query: z.string().min(1).describe('An instant query; of several series the worst one counts.'),
    ...levelSettings,
  })
  .refine(hasLevels, { error: LEVELS_NEEDED })
  .refine(({ url, token }) => token === undefined || isSafe(url), {
    error: 'must be https where a token is sent',
    path: ['url'],
  });

/** One metric query of Datadog. */
export const DatadogProbeSettings = z
  .strictObject({
    site: z
      .string()
      .regex(/^[a-z0-9.-]+\.[a-z]+$/, 'must be a site such as datadoghq.eu')
      .default('datadoghq.com'),
    baseUrl: address
      .refine(isSafe, { error: 'must be https; http is only taken for this machine' })
      .optional()
      .describe('Another address than https://api.SITE, such as a proxy.'),
    apiKey: secret('The API key'),
    applicationKey: secret('The application key').describe('With the scope timeseries_query.'),
    query: z
      .string()
      .min(1)
      .describe('As in a Datadog graph, such as avg:system.disk.in_use{service:shop}.'),
    minutes: z.number().positive().max(60).default(5).describe('How far back a point may be.'),
    ...levelSettings,
  })
  .refine(hasLevels, { error: LEVELS_NEEDED });

/** Alarms of CloudWatch in the region of the aws connection. */
export const CloudWatchProbeSettings = z.strictObject({
  alarms: z
    .array(z.string().min(1).max(255))
    .min(1)
    .max(100)
    .describe('Names of metric and composite alarms; one in alarm fails.'),
});

const AGGREGATIONS = ['total', 'average', 'maximum', 'minimum', 'count'] as const;
export type Aggregation = (typeof AGGREGATIONS)[number];

const metricName = z.string().regex(/^[^,&?#]{1,120}$/, 'must be the name of one metric');

/** A platform metric of an Azure resource. */
export const AzureMonitorProbeSettings = z
  .strictObject({
    resource: z
      .string()
      .regex(
        /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/?#\s]{1,90}\/providers(\/[\w.()-]+){3,}$/i,
        'must be a resource id: /subscriptions/…/resourceGroups/…/providers/…/NAME',
      )
      .describe('The id of the resource, as the portal shows it under Properties.'),
    metric: metricName.describe('Its name in the API, such as Http5xx or CpuPercentage.'),
    per: metricName
      .optional()
      .describe('Another metric that it is divided by, such as Requests: with scale 100, percent.'),
    aggregation: z
      .enum(AGGREGATIONS)
      .describe('How the minutes are put together; total for what is counted.'),
    minutes: z.int().min(1).max(60).default(5).describe('How far back it is read.'),
    filter: z
      .string()
      .min(1)
      .max(500)
      .optional()
      .describe("By dimensions, such as Instance eq '*'; of several series the worst one counts."),
    ...levelSettings,
  })
  .refine(hasLevels, { error: LEVELS_NEEDED });
