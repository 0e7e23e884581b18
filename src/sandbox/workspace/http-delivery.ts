/** Request URLs (docs.slack.dev/apis/events-api and /authentication/verifying-requests-from-slack): signed POSTs. */
import { createHmac, randomBytes } from 'node:crypto';
import type { Ack, Parcel, Transport } from './app-link.ts';
import { asObject, parseJson } from './json.ts';

export interface HttpDeliveryOptions {
  readonly url: string;
  readonly signingSecret: string;
  readonly timeoutMs: number;
}

/** Hands payloads to the app's request URL. Signed with real time: receivers refuse timestamps over five minutes old. */
export function createHttpDelivery(options: HttpDeliveryOptions): Transport {
  return { via: 'http', send: (parcel) => post(options, parcel) };
}

/** Sends the url_verification handshake. Throws when the app does not answer with the challenge. */
export async function verifyUrl(options: HttpDeliveryOptions): Promise<void> {
  const challenge = randomBytes(12).toString('hex');
  const payload = { token: 'verification-token', challenge, type: 'url_verification' };
  const ack = await post(options, { kind: 'event', payload, attempt: 0 });
  if (ack.status === 'ok' && asObject(ack.body)?.['challenge'] === challenge) return;
  throw new Error(
    `The request URL ${options.url} did not answer the challenge (${ack.detail ?? ack.status}). Start the app with the workspace's signing secret first.`,
  );
}

async function post(options: HttpDeliveryOptions, parcel: Parcel): Promise<Ack> {
  const body = bodyOf(parcel);
  try {
    const response = await fetch(options.url, {
      method: 'POST',
      body,
      headers: headersOf(options.signingSecret, parcel, body),
      signal: AbortSignal.timeout(options.timeoutMs),
    });
    const answer = await response.text();
    if (!response.ok) return { status: 'error', detail: 'http_error', body: answer };
    return { status: 'ok', body: answerOf(answer) };
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === 'TimeoutError';
    return timedOut
      ? { status: 'timeout', detail: 'http_timeout' }
      : { status: 'not delivered', detail: 'connection_failed' };
  }
}

function headersOf(secret: string, parcel: Parcel, body: string): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const digest = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  return {
    'content-type':
      parcel.kind === 'event' ? 'application/json' : 'application/x-www-form-urlencoded',
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${digest}`,
    ...(parcel.attempt === 0
      ? {}
      : {
          'x-slack-retry-num': String(parcel.attempt),
          'x-slack-retry-reason': parcel.retryReason ?? 'http_timeout',
        }),
  };
}

function bodyOf({ kind, payload }: Parcel): string {
  if (kind === 'event') return JSON.stringify(payload);
  if (kind !== 'command')
    return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const fields = Object.entries(payload).map(([key, value]): [string, string] => [
    key,
    String(value),
  ]);
  return new URLSearchParams(fields).toString();
}

function answerOf(answer: string): unknown {
  if (answer === '') return {};
  return parseJson(answer) ?? { text: answer };
}
