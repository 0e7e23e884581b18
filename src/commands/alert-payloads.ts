/** What monitoring systems send, parsed at the edge: of each only the fields that are used. */

import { z } from 'zod';
import type { Alert } from '../alerts.ts';

/** The most alerts in one delivery. */
const MOST = 100;

const Line = z.string().transform((text) => text.slice(0, 300));
const Text = z.string().transform((text) => text.slice(0, 2000));
const Url = z
  .string()
  .transform((url) => (/^https?:\/\/\S{1,1000}$/.test(url) ? url : undefined))
  .optional();
const Name = z.string().max(100);
const Labels = z.record(z.string(), z.string()).default({});

/** github.com/prometheus/alertmanager, webhook payload version 4; Grafana's alerting sends the same and more. */
const Alertmanager = z
  .object({
    alerts: z
      .array(
        z.object({
          status: z.enum(['firing', 'resolved']),
          labels: Labels,
          annotations: Labels,
          generatorURL: Url,
          fingerprint: z.string().max(200).optional(),
        }),
      )
      .max(MOST),
  })
  .transform(({ alerts }) =>
    alerts.map(({ status, labels, annotations, generatorURL, fingerprint }) =>
      alertOf({
        key: fingerprint ?? JSON.stringify(labels).slice(0, 500),
        state: status,
        title: annotations['summary'] ?? labels['alertname'] ?? 'Alert without a name',
        text: annotations['description'],
        url: generatorURL,
        service: labels['service'] ?? labels['app'],
        environment: labels['environment'] ?? labels['env'],
      }),
    ),
  );

/** docs.datadoghq.com/integrations/webhooks, with the variables that docs/alerts.md lists. */
const Datadog = z
  .object({
    aggreg_key: Name,
    alert_transition: z.string(),
    title: Line,
    body: Text.optional(),
    link: Url,
    tags: z.string().default(''),
  })
  .transform(({ aggreg_key: key, alert_transition: transition, title, body, link, tags }) => {
    const tag = (name: string): string | undefined =>
      new RegExp(`(?:^|,)\\s*${name}:([^,\\s]+)`).exec(tags)?.[1];
    return [
      alertOf({
        key,
        state: transition === 'Recovered' ? 'resolved' : 'firing',
        title,
        text: body,
        url: link,
        service: tag('service'),
        environment: tag('env'),
      }),
    ];
  });

/** developer.pagerduty.com, webhooks v3; what is neither triggered nor resolved is taken and left alone. */
const PagerDuty = z
  .object({
    event: z.object({
      event_type: z.string(),
      data: z.object({
        id: Name,
        title: Line.optional(),
        html_url: Url,
        service: z.object({ summary: Name.optional() }).nullish(),
      }),
    }),
  })
  .transform(({ event: { event_type: type, data } }): readonly Alert[] => {
    const state = PAGERDUTY_STATES.get(type);
    if (state === undefined) return [];
    return [
      alertOf({
        key: data.id,
        state,
        title: data.title ?? 'PagerDuty incident without a title',
        url: data.html_url,
        service: data.service?.summary,
      }),
    ];
  });

const PAGERDUTY_STATES: ReadonlyMap<string, Alert['state']> = new Map([
  ['incident.triggered', 'firing'],
  ['incident.reopened', 'firing'],
  ['incident.resolved', 'resolved'],
]);

/** learn.microsoft.com, the common alert schema of Azure Monitor. */
const AzureMonitor = z
  .object({
    schemaId: z.literal('azureMonitorCommonAlertSchema'),
    data: z.object({
      essentials: z.object({
        alertId: z.string().max(500),
        alertRule: Line,
        monitorCondition: z.enum(['Fired', 'Resolved']),
        description: Text.nullish(),
        investigationLink: Url,
      }),
      customProperties: Labels.nullish(),
    }),
  })
  .transform(({ data: { essentials, customProperties } }) => [
    alertOf({
      key: essentials.alertId,
      state: essentials.monitorCondition === 'Fired' ? 'firing' : 'resolved',
      title: essentials.alertRule,
      text: essentials.description ?? undefined,
      url: essentials.investigationLink,
      service: customProperties?.['service'],
      environment: customProperties?.['environment'],
    }),
  ]);

/** For everything else. */
const Generic = z
  .object({
    title: Line.refine((title) => title.trim() !== '', { error: 'a title' }),
    key: Name.optional(),
    status: z.enum(['firing', 'resolved']).default('firing'),
    text: Text.optional(),
    url: Url,
    service: Name.optional(),
    environment: Name.optional(),
  })
  .transform(({ title, key, status, ...rest }) => [
    alertOf({ key: key ?? title, state: status, title, ...rest }),
  ]);

/** By the `kind` of a source. */
export const ALERT_PAYLOADS = {
  alertmanager: Alertmanager,
  grafana: Alertmanager,
  datadog: Datadog,
  pagerduty: PagerDuty,
  'azure-monitor': AzureMonitor,
  generic: Generic,
} as const satisfies Readonly<Record<string, z.ZodType<readonly Alert[]>>>;

interface Read extends Pick<Alert, 'key' | 'state' | 'title'> {
  readonly text?: string | undefined;
  readonly url?: string | undefined;
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
}

/** What is empty is left out. */
function alertOf({ key, state, title, ...rest }: Read): Alert {
  const given = Object.entries(rest).filter(([, value]) => value !== undefined && value !== '');
  return { key, state, title: title.slice(0, 300), ...Object.fromEntries(given) };
}
