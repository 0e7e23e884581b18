import { channel } from 'node:diagnostics_channel';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCloudWatchProbe } from '../../src/integrations/metrics/cloudwatch-alarms.ts';
import { createDatadogProbe } from '../../src/integrations/metrics/datadog.ts';
import { createPrometheusProbe } from '../../src/integrations/metrics/prometheus.ts';
import {
  DatadogProbeSettings,
  PrometheusProbeSettings,
} from '../../src/integrations/metrics/schema.ts';
import { recordExchange } from '../../src/sandbox/cloud/exchange.ts';
import { type Passage, WIRE } from '../../src/sandbox/cloud/http.ts';

const never = new AbortController().signal;
const wire = channel(WIRE);
const SECRET = 'metrics-secret-51f0';

let server: Server;
let base: string;
let asked: IncomingMessage[];
let answer: { status: number; body: unknown };
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request);
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    const isPublished = 'x-amz-target' in request.headers ? publish(request) : Promise.resolve();
    void isPublished.then(() => response.writeHead(answer.status).end(text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** For those who hold what is asked of AWS, and what it answers, to its description. */
async function publish(request: IncomingMessage): Promise<void> {
  const { method = '', headers, url = '/' } = request;
  const about = { service: 'aws', call: 'DescribeAlarms', mutating: false, now: Date.now() };
  const exchange = recordExchange({ ...about, method, headers, url: new URL(url, base) });
  const body: unknown = await json(request);
  wire.publish({ exchange, body, answer } satisfies Passage);
}

const vector = (...values: readonly string[]) => ({
  status: 'success',
  data: {
    resultType: 'vector',
    result: values.map((value) => ({ metric: {}, value: [1, value] })),
  },
});
const prometheus = (settings: Readonly<Record<string, unknown>>) =>
  createPrometheusProbe({
    id: 'errors',
    settings: { url: base, token: SECRET, query: 'up{job="web"}', ...settings },
    connections: {},
  });
const datadog = (settings: Readonly<Record<string, unknown>> = { measure: 'disk' }) =>
  createDatadogProbe({
    id: 'disk',
    settings: {
      baseUrl: base,
      apiKey: SECRET,
      applicationKey: SECRET,
      query: 'avg:disk{*}',
      ...settings,
    },
    connections: {},
  });

describe('the levels of guide 004', () => {
  test.each([
    ['error-rate', '0.9', 'pass'],
    ['error-rate', '1.1', 'warn'],
    ['error-rate', '5', 'warn'],
    ['error-rate', '5.1', 'fail'],
    ['response-time', '2', 'pass'],
    ['response-time', '2.1', 'warn'],
    ['disk', '80', 'pass'],
    ['disk', '81', 'warn'],
    ['memory', '85', 'pass'],
    ['memory', '86', 'warn'],
  ])('%s at %s: %s', async (measure, value, verdict) => {
    answer = { status: 200, body: vector(value) };
    expect((await prometheus({ measure }).read(never)).verdict).toBe(verdict);
  });
});

describe('prometheus', () => {
  test('asks its query with the token, scales, and takes the worst series', async () => {
    answer = { status: 200, body: vector('0.001', '0.062') };

    const reading = await prometheus({ measure: 'error-rate', scale: 100 }).read(never);

    expect(reading).toEqual({
      probe: 'errors',
      verdict: 'fail',
      reason: `Prometheus ${new URL(base).host}: 6.2 %, more than 5 %`,
      values: { value: 6.2 },
    });
    expect(asked[0]?.url).toBe('/api/v1/query?query=up%7Bjob%3D%22web%22%7D');
    expect(asked[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
  });

  test('own levels come before those of the guide, and too little can fail too', async () => {
    answer = {
      status: 200,
      body: { status: 'success', data: { resultType: 'scalar', result: [1, '7'] } },
    };

    expect(
      (await prometheus({ measure: 'error-rate', failAbove: 8, warnAbove: 7 }).read(never)).verdict,
    ).toBe('pass');
    expect((await prometheus({ failBelow: 10 }).read(never)).reason).toContain('7, less than 10');
  });

  test.each([
    ['no series', 200, vector(), 'no data'],
    ['NaN', 200, vector('NaN'), 'no data'],
    [
      'a matrix',
      200,
      { status: 'success', data: { resultType: 'matrix', result: [] } },
      'no instant vector',
    ],
    ['a wrong query', 400, { status: 'error', error: 'parse error' }, 'answered 400'],
    ['a token refused, repeated in the answer', 401, `no ${SECRET}`, 'answered 401'],
    ['a page', 200, '<html></html>', 'not JSON'],
  ])('%s is unknown, with the reason', async (_name, status, body, words) => {
    answer = { status, body };

    const reading = await prometheus({ measure: 'error-rate' }).read(never);

    expect(reading).toMatchObject({ verdict: 'unknown', reason: expect.stringContaining(words) });
    expect(JSON.stringify(reading)).not.toContain(SECRET);
  });

  test('nobody there, and not being waited for, are unknown', async () => {
    server.close();
    server.closeAllConnections();

    expect(await prometheus({ measure: 'disk' }).read(never)).toMatchObject({
      verdict: 'unknown',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    expect((await prometheus({ measure: 'disk' }).read(AbortSignal.abort())).reason).toContain(
      'was not waited for',
    );
  });
});

describe('datadog', () => {
  test('asks for the last minutes with both keys, and takes the newest point of each series', async () => {
    const pointlist = [
      [1, 99],
      [2, 82],
      [3, null],
    ];
    answer = { status: 200, body: { status: 'ok', series: [{ pointlist }] } };

    const reading = await datadog().read(never);

    expect(reading).toMatchObject({ verdict: 'warn', values: { value: 82 } });
    const { searchParams, pathname } = new URL(asked[0]?.url ?? '', base);
    expect(pathname).toBe('/api/v1/query');
    expect(Number(searchParams.get('to')) - Number(searchParams.get('from'))).toBe(300);
    expect(asked[0]?.headers).toMatchObject({ 'dd-api-key': SECRET, 'dd-application-key': SECRET });
  });

  test.each([
    ['no series', 200, { status: 'ok', series: [] }, 'no data'],
    ['an error in a 200', 200, { status: 'error', error: 'bad query', series: [] }, 'bad query'],
    ['a key refused', 403, { errors: [`Forbidden ${SECRET}`] }, 'answered 403'],
  ])('%s is unknown', async (_name, status, body, words) => {
    answer = { status, body };

    const reading = await datadog().read(never);

    expect(reading).toMatchObject({ verdict: 'unknown', reason: expect.stringContaining(words) });
    expect(JSON.stringify(reading)).not.toContain(SECRET);
  });
});

describe('cloudwatch-alarms', () => {
  const keys = { kind: 'keys', accessKeyId: 'AKIA', secretAccessKey: SECRET };
  const probe = () =>
    createCloudWatchProbe({
      id: 'alarms',
      settings: { alarms: ['shop-5xx', 'shop-latency'] },
      connections: {
        aws: { region: 'eu-west-1', endpoints: { cloudwatch: base }, credentials: keys },
      },
    });
  const told = (...states: readonly string[]) => ({
    MetricAlarms: states.slice(0, 1).map((StateValue) => ({ AlarmName: 'shop-5xx', StateValue })),
    CompositeAlarms: states
      .slice(1)
      .map((StateValue) => ({ AlarmName: 'shop-latency', StateValue })),
  });

  test.each([
    ['pass', told('OK', 'OK'), 'no alarm: shop-5xx, shop-latency'],
    ['fail', told('OK', 'ALARM'), 'in alarm: shop-latency'],
    ['fail', told('ALARM'), 'in alarm: shop-5xx'],
    ['unknown', told('OK', 'INSUFFICIENT_DATA'), 'too little data for shop-latency'],
    ['unknown', told('OK'), 'there is no alarm shop-latency in eu-west-1'],
  ])('%s: %j', async (verdict, body, words) => {
    answer = { status: 200, body };

    expect(await probe().read(never)).toMatchObject({ verdict, reason: `CloudWatch: ${words}` });
    expect(asked[0]?.headers['x-amz-target']).toMatch(/\.DescribeAlarms$/);
  });

  test('a permission that is missing is told, and no secret', async () => {
    const refused = { __type: 'AccessDeniedException', message: `not authorized ${SECRET}` };
    answer = { status: 400, body: refused };

    const reading = await probe().read(never);

    expect(reading.verdict).toBe('unknown');
    expect(reading.reason).toContain('read the alarms');
    expect(JSON.stringify(reading)).not.toContain(SECRET);
  });
});

test('settings by which nothing could be bad, or that send a token in the open, are refused', () => {
  const ok = { url: 'https://p.example', query: 'up', measure: 'disk' };
  expect(PrometheusProbeSettings.safeParse(ok).success).toBe(true);
  expect(PrometheusProbeSettings.safeParse({ ...ok, measure: undefined }).success).toBe(false);
  expect(
    PrometheusProbeSettings.safeParse({ ...ok, url: 'http://p.example', token: 't' }).success,
  ).toBe(false);
  const keys = { apiKey: 'a', applicationKey: 'b', query: 'q' };
  expect(DatadogProbeSettings.safeParse(keys).success).toBe(false);
  expect(DatadogProbeSettings.parse({ ...keys, failAbove: 1 }).site).toBe('datadoghq.com');
});
