import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** One request as it was received, and what became of it. Kept for the life of the cloud. */
export interface Exchange {
  readonly id: string;
  /** Who was asked: `azure`, `github`, `shop`. */
  readonly service: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The call's name (`POST slotsswap`), or `unknown`. */
  readonly call: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** As sent, with any credential replaced by `<redacted>`. */
  readonly headers: Readonly<Record<string, string>>;
  /** True when carrying it out changes the simulated world. */
  readonly mutating: boolean;
  /** The status sent, once one was. */
  status?: number;
  /** The status in words (`202`), or `reset`, `hung`, `pending`. */
  outcome: string;
  /** True once the change it asked for is in the simulated world, whatever the client was told. */
  applied: boolean;
}

const secrets = new Set(['authorization', 'cookie', 'x-amz-security-token']);

/** Starts the record of a request; `outcome` is `pending` until it is answered. */
export function recordExchange(o: {
  readonly service: string;
  readonly call: string;
  readonly mutating: boolean;
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly now: number;
}): Exchange {
  const headers = Object.entries(o.headers).map(([name, value]) => [
    name,
    secrets.has(name) ? '<redacted>' : String(value),
  ]);
  return {
    id: randomUUID(),
    service: o.service,
    at: new Date(o.now).toISOString(),
    call: o.call,
    method: o.method,
    path: o.url.pathname,
    query: Object.fromEntries(o.url.searchParams),
    headers: Object.fromEntries(headers),
    mutating: o.mutating,
    outcome: 'pending',
    applied: false,
  };
}
