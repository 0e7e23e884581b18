/** `POST /alerts/<source>`: takes what monitoring systems send. Answered once it is in the journal. */

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Alert, AlertGroup } from '../alerts.ts';
import { messageOf } from '../errors.ts';
import type { Catalogue } from '../service.ts';
import { ALERT_PAYLOADS } from './alert-payloads.ts';
import type { AlertStore } from './alert-store.ts';

interface AlertSource {
  readonly kind: keyof typeof ALERT_PAYLOADS;
  readonly secret: string;
  /** For alerts that name no service or environment. */
  readonly service?: string;
  readonly environment?: string;
}

export interface AlertRoute {
  readonly path: string;
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
}

interface WebhookOptions {
  readonly sources: Readonly<Record<string, AlertSource>>;
  readonly catalogue: Catalogue;
  readonly store: AlertStore;
  /** Called with each group that changed, after the answer. */
  readonly onChange: (group: AlertGroup) => void;
  readonly onError: (error: unknown) => void;
}

const BODY_LIMIT = 256 * 1024;

interface Answer {
  readonly status: number;
  readonly words: string;
}

/** One route for each source of the configuration. */
export function alertRoutes(options: WebhookOptions): readonly AlertRoute[] {
  return Object.entries(options.sources).map(([name, source]) => ({
    path: `/alerts/${name}`,
    handler: (request, response) => {
      void answer(options, name, source, request)
        .catch((error: unknown): Answer => {
          options.onError(error);
          return { status: 503, words: 'Nothing was recorded. Send it again.' };
        })
        .then(({ status, words }) => {
          response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
          response.end(`${words}\n`);
        });
    },
  }));
}

async function answer(
  options: WebhookOptions,
  name: string,
  source: AlertSource,
  request: IncomingMessage,
): Promise<Answer> {
  if (request.method !== 'POST') return { status: 405, words: 'Send alerts with POST.' };
  const body = await read(request);
  if (body === undefined) return { status: 413, words: `At most ${BODY_LIMIT} bytes.` };
  if (!isAuthentic(source, request, body)) {
    return { status: 401, words: 'The secret of this source is missing or wrong.' };
  }
  const parsed = parse(source, body);
  if ('status' in parsed) return parsed;
  const alerts = parsed.alerts.map((alert) => placed(alert, source, options.catalogue));
  const changed = await options.store.receive(name, alerts);
  for (const group of changed) options.onChange(group);
  return { status: 200, words: `Taken: ${alerts.length}.` };
}

/** Undefined when it is too long; the rest is then not kept. */
async function read(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += (part as Buffer).length;
    if (length <= BODY_LIMIT) parts.push(part as Buffer);
  }
  return length <= BODY_LIMIT ? Buffer.concat(parts) : undefined;
}

/** By a bearer token, by a token in the address where no header can be set, or by PagerDuty's signature. */
function isAuthentic(
  { kind, secret }: AlertSource,
  request: IncomingMessage,
  body: Buffer,
): boolean {
  const { authorization = '', 'x-pagerduty-signature': signatures } = request.headers;
  if (kind === 'pagerduty' && signatures !== undefined) {
    const expected = `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
    return [signatures]
      .flat()
      .join(',')
      .split(',')
      .some((each) => isSame(each.trim(), expected));
  }
  const [, bearer] = /^Bearer (\S+)$/i.exec(authorization) ?? [];
  const token = new URL(request.url ?? '/', 'http://localhost').searchParams.get('token');
  return isSame(bearer ?? token ?? '', secret);
}

/** Takes the same time wherever they differ. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function parse(
  { kind }: AlertSource,
  body: Buffer,
): Answer | { readonly alerts: readonly Alert[] } {
  let json: unknown;
  try {
    json = JSON.parse(body.toString('utf8'));
  } catch (error) {
    return { status: 400, words: `This is not JSON. ${messageOf(error).slice(0, 200)}` };
  }
  const result = ALERT_PAYLOADS[kind].safeParse(json);
  if (result.success) return { alerts: result.data };
  const wrong = result.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
  return { status: 400, words: `This is not an alert of ${kind}. ${wrong.join('; ')}` };
}

/** In the words of the configuration, where the alert names a service by its id or its name. */
function placed(alert: Alert, source: AlertSource, catalogue: Catalogue): Alert {
  const named = alert.service?.toLowerCase();
  const service =
    catalogue.services().find(({ id, name }) => id === named || name.toLowerCase() === named)?.id ??
    alert.service ??
    source.service;
  const only = Object.keys(catalogue.service(service ?? '')?.environments ?? {});
  const environment =
    alert.environment ?? source.environment ?? (only.length === 1 ? only[0] : undefined);
  return {
    ...alert,
    ...(service === undefined ? {} : { service }),
    ...(environment === undefined ? {} : { environment }),
  };
}
