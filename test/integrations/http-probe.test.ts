import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createHttpProbe, HttpProbeSettings } from '../../src/integrations/http-probe.ts';

const never = new AbortController().signal;

describe('the http probe', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  async function serve(listener: RequestListener): Promise<string> {
    const started = createServer(listener);
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}/healthz`;
  }
  const probe = (settings: Readonly<Record<string, unknown>>) =>
    createHttpProbe({ id: 'health', settings, connections: {} });

  test('passes an answer in time, with what it measured', async () => {
    const url = await serve((_request, response) => response.end('{"status":"ok"}'));

    const reading = await probe({ url, contains: '"ok"' }).read(never);

    expect(reading).toMatchObject({ probe: 'health', verdict: 'pass', values: { status: 200 } });
    expect(reading.values['responseMs']).toBeLessThan(2_000);
  });

  test('warns of a slow answer', async () => {
    const url = await serve((_request, response) => setTimeout(() => response.end(), 80));

    const reading = await probe({ url, maxMs: 20 }).read(never);

    expect(reading.verdict).toBe('warn');
    expect(reading.reason).toContain('more than 20 ms is slow');
  });

  test('takes two seconds as slow unless told otherwise', () => {
    expect(HttpProbeSettings.parse({ url: 'https://shop.example/healthz' }).maxMs).toBe(2_000);
  });

  test.each([500, 503, 404, 301, 204])('fails on a %i', async (status) => {
    const url = await serve((_request, response) =>
      response.writeHead(status, { location: 'http://192.0.2.1/' }).end(),
    );

    const reading = await probe({ url }).read(never);

    expect(reading).toMatchObject({ verdict: 'fail', values: { status } });
    expect(reading.reason).toContain(`answered ${status} instead of 200`);
  });

  test('passes the status it was told to expect', async () => {
    const url = await serve((_request, response) => response.writeHead(204).end());

    expect((await probe({ url, expectStatus: 204 }).read(never)).verdict).toBe('pass');
  });

  test('fails when the text is not there', async () => {
    const url = await serve((_request, response) => response.end('maintenance'));

    const reading = await probe({ url, contains: 'ok' }).read(never);

    expect(reading.verdict).toBe('fail');
    expect(reading.reason).toContain("without the text 'ok'");
  });

  test('fails when there is no answer in time', async () => {
    const url = await serve(() => undefined);

    const reading = await probe({ url, timeoutMs: 50 }).read(never);

    expect(reading).toMatchObject({ verdict: 'fail' });
    expect(reading.reason).toContain('no answer within 50 ms');
  });

  test('fails when the answer stops halfway', async () => {
    const url = await serve((_request, response) => response.write('{"status":'));

    expect((await probe({ url, timeoutMs: 80 }).read(never)).verdict).toBe('fail');
  });

  test('fails when nobody listens', async () => {
    const url = await serve(() => undefined);
    server?.close();
    server?.closeAllConnections();

    const reading = await probe({ url }).read(never);

    expect(reading.verdict).toBe('fail');
    expect(reading.reason).toContain('ECONNREFUSED');
  });

  test('does not read an endless answer to its end', async () => {
    const url = await serve((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    });

    expect((await probe({ url, timeoutMs: 5_000 }).read(never)).verdict).toBe('pass');
  });

  test('answers unknown when it is cancelled', async () => {
    const url = await serve(() => undefined);
    const stop = new AbortController();
    const reading = probe({ url }).read(stop.signal);

    stop.abort();

    expect((await reading).verdict).toBe('unknown');
  });

  test('shows neither query nor password of its address', async () => {
    const url = await serve((_request, response) => response.writeHead(500).end());

    const reading = await probe({ url: `${url}?key=topsecret` }).read(never);

    expect(reading.reason).not.toContain('topsecret');
    expect(HttpProbeSettings.safeParse({ url: 'https://ana:pw@shop.example/' }).success).toBe(
      false,
    );
  });
});
