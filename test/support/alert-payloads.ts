/** What monitoring systems send, as their documentation shows it. */

const labels = { alertname: 'Errors', service: 'checkout', environment: 'production' };
export const alertmanager = {
  version: '4',
  groupKey: '{}',
  status: 'firing',
  receiver: 'backstop',
  alerts: [
    {
      status: 'firing',
      labels,
      annotations: { summary: 'Errors are high', description: '38 % of requests fail' },
      startsAt: '2026-11-21T14:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'https://prometheus.example/graph?g0.expr=1',
      fingerprint: 'f00d',
    },
    { status: 'resolved', labels: { alertname: 'Slow' }, annotations: {} },
  ],
};
export const azure = {
  schemaId: 'azureMonitorCommonAlertSchema',
  data: {
    essentials: {
      alertId: '/subscriptions/1/alerts/2',
      alertRule: 'HTTP 5xx',
      severity: 'Sev1',
      monitorCondition: 'Fired',
      description: null,
    },
    alertContext: {},
    customProperties: { service: 'checkout', environment: 'production' },
  },
};
export const pagerDuty = (type: string) => ({
  event: {
    id: '01',
    event_type: type,
    occurred_at: '2026-11-21T14:00:00Z',
    data: {
      id: 'PGR0VU2',
      type: 'incident',
      title: 'A little bump in the road',
      html_url: 'https://acme.pagerduty.com/incidents/PGR0VU2',
      service: { id: 'P1', summary: 'Checkout' },
    },
  },
});

export const datadog = {
  aggreg_key: 'abc',
  alert_transition: 'Triggered',
  title: 'Errors',
  body: 'many',
  link: 'javascript:alert(1)',
  tags: 'env:production, service:checkout,team:shop',
};
