import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Notice } from '../../src/component.ts';
import { createWebhook } from '../../src/integrations/webhook/index.ts';
import type { Intent, Operation } from '../../src/operation.ts';

const never = new AbortController().signal;
const NOTICE: Notice = {
  thread: 'INC-0001-1795183327000-1',
  number: 1,
  title: 'Problems with Checkout',
  text: 'We are looking for the cause.',
  state: 'investigating',
  impact: 'major',
};
const INTENT: Intent = { run: 'r', step: 's', key: 'k', at: 0, before: 'a', expected: 'b' };

interface Received {
  readonly key: string | undefined;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** A receiver that answers with that status; none: it hangs up. */
async function receiver(status: number | undefined): Promise<{ url: string; got: Received[] }> {
  const got: Received[] = [];
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    got.push({
      key: String(request.headers['idempotency-key']),
      authorization: request.headers.authorization,
      body: await bodyOf(request),
    });
    if (status === undefined) request.socket.destroy();
    else response.writeHead(status).end('not for sandbox-hook-token');
  }
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/status`, got };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function operationTo(url: string, dedupes: boolean): Operation {
  const settings = { url, token: 'sandbox-hook-token', dedupes };
  const found = createWebhook({ id: 'partners', settings, connections: {} }).operations['publish'];
  if (!found) throw new Error('It cannot publish');
  return found;
}

describe('a webhook', () => {
  test('is sent each notice once, as JSON with a key of its own', async () => {
    const { url, got } = await receiver(204);
    await operationTo(url, true).submit({ ...NOTICE }, INTENT, never);
    expect(got).toEqual([
      {
        key: 'INC-0001-1795183327000-1/1',
        authorization: 'Bearer sandbox-hook-token',
        body: NOTICE,
      },
    ]);
  });

  test.each([
    [401, 'credentials'],
    [404, 'not-found'],
    [429, 'throttled'],
    [500, 'ambiguous'],
    [undefined, 'ambiguous'],
  ])('answered with %s is %s, and is not sent again by itself', async (status, kind) => {
    const { url, got } = await receiver(status);
    const sent = operationTo(url, true).submit({ ...NOTICE }, INTENT, never);
    const error: unknown = await sent.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'OutsideError', detail: { kind } });
    expect(String(error)).not.toContain('sandbox-hook-token');
    expect(got).toHaveLength(1);
  });

  test('is asked again only where the receiver tells repetitions apart', async () => {
    const { url } = await receiver(204);
    const recovery = (dedupes: boolean) =>
      operationTo(url, dedupes).recover({ ...NOTICE }, INTENT, undefined, never);
    expect(await recovery(true)).toEqual({ state: 'not-started' });
    expect(await recovery(false)).toMatchObject({ state: 'unknown' });
  });
});
