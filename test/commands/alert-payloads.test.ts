import { describe, expect, it } from 'vitest';
import { ALERT_PAYLOADS } from '../../src/commands/alert-payloads.ts';
import { alertmanager, azure, datadog, pagerDuty } from '../support/alert-payloads.ts';

describe('what monitoring systems send', () => {
  it('of Alertmanager and Grafana is one alert each', () => {
    const alerts = ALERT_PAYLOADS.alertmanager.parse(alertmanager);

    expect(alerts).toEqual([
      {
        key: 'f00d',
        state: 'firing',
        title: 'Errors are high',
        text: '38 % of requests fail',
        url: 'https://prometheus.example/graph?g0.expr=1',
        service: 'checkout',
        environment: 'production',
      },
      { key: '{"alertname":"Slow"}', state: 'resolved', title: 'Slow' },
    ]);
    expect(ALERT_PAYLOADS.grafana.parse({ ...alertmanager, title: 'x', orgId: 1 })).toEqual(alerts);
  });

  it('of Datadog has its place in the tags', () => {
    expect(ALERT_PAYLOADS.datadog.parse(datadog)).toEqual([
      {
        key: 'abc',
        state: 'firing',
        title: 'Errors',
        text: 'many',
        service: 'checkout',
        environment: 'production',
      },
    ]);
    const [over] = ALERT_PAYLOADS.datadog.parse({ ...datadog, alert_transition: 'Recovered' });
    expect(over?.state).toBe('resolved');
  });

  it('of PagerDuty fires, is resolved, or is nothing to us', () => {
    const states = ['incident.triggered', 'incident.resolved', 'incident.annotated', 'constructor'];

    expect(
      states.map((type) =>
        ALERT_PAYLOADS.pagerduty.parse(pagerDuty(type)).map(({ state }) => state),
      ),
    ).toEqual([['firing'], ['resolved'], [], []]);
  });

  it('of Azure Monitor is its common schema', () => {
    expect(ALERT_PAYLOADS['azure-monitor'].parse(azure)).toEqual([
      {
        key: '/subscriptions/1/alerts/2',
        state: 'firing',
        title: 'HTTP 5xx',
        service: 'checkout',
        environment: 'production',
      },
    ]);
  });

  it('of anything else is plain', () => {
    expect(ALERT_PAYLOADS.generic.parse({ title: 'It burns' })).toEqual([
      { key: 'It burns', state: 'firing', title: 'It burns' },
    ]);
  });

  it.each([
    ['alertmanager', { alerts: [{ status: 'odd' }] }],
    ['alertmanager', { alerts: Array.from({ length: 101 }, () => alertmanager.alerts[0]) }],
    ['datadog', {}],
    ['pagerduty', { event: {} }],
    ['azure-monitor', { ...azure, schemaId: 'other' }],
    ['generic', { title: ' ' }],
    ['generic', []],
    ['generic', null],
  ] as const)('of %s is refused when it is none: case %#', (kind, payload) => {
    expect(ALERT_PAYLOADS[kind].safeParse(payload).success).toBe(false);
  });
});
