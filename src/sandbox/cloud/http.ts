import { channel } from 'node:diagnostics_channel';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Agenda } from './agenda.ts';
import { type Exchange, recordExchange } from './exchange.ts';
import type { Fault, Faults, Moment } from './faults.ts';
import { createRouter } from './router.ts';

export interface Call {
  readonly exchange: Exchange;
  readonly method: string;
  readonly path: string;
  /** Scheme and authority the client used. */
  readonly origin: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly params: Readonly<Record<string, string>>;
  /** The parsed body, of a form its fields; undefined when there was none or it was neither JSON nor a form. */
  readonly body: unknown;
  /** The permission the route asks for, in the vendor's word. */
  readonly needs: string | undefined;
  /** Present when a fault of kind `operation` struck this request. */
  readonly operation: Extract<Fault, { kind: 'operation' }> | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; a string is sent as it is, and nothing when undefined. */
  readonly body?: unknown;
}

export interface Route {
  /** `METHOD word…`; also what faults are added on. Several routes may share a name. */
  readonly call: string;
  /** `/a/:name/*rest`: a parameter is one segment, `*rest` is all that follows. */
  readonly path: string;
  /** `now`: done when the answer is a success. `later`: the handler marks the exchange itself. */
  readonly mutates?: 'now' | 'later';
  readonly needs?: string;
  handle(call: Call): Answer | Promise<Answer>;
}

/** What went over the wire: a request, and what the simulation says to it, whatever a fault makes of that. */
export interface Passage {
  readonly exchange: Exchange;
  /** The parsed body of the request; undefined when there was none. */
  readonly body: unknown;
  /** With the headers it is sent with; undefined when a fault struck before it was asked for. */
  readonly answer: Answer | undefined;
}

/** The diagnostics channel on which every `Passage` is published, for whoever judges them. */
export const WIRE = 'backstop.sandbox.wire';
const wire = channel(WIRE);

export interface ServiceOptions {
  /** Its name in the log of exchanges. */
  readonly name: string;
  readonly routes: readonly Route[];
  readonly faults: Faults;
  readonly agenda: Agenda;
  /** Where every request is written down. */
  readonly log: Exchange[];
  readonly port?: number | undefined;
  readonly ignoreCase?: boolean;
  /** The path a route is looked up by, where it is not that of the address: AWS names the operation in a header. */
  readonly pathOf?: (url: URL, headers: IncomingHttpHeaders) => string;
  /** Refuses a call before its route is asked: credentials, required parameters. */
  readonly guard?: (call: Call) => Answer | undefined;
  /** Headers of every answer. */
  readonly headers?: (call: Call) => Readonly<Record<string, string>>;
  readonly notFound: (call: Call) => Answer;
}

export interface Service {
  /** Without a slash at the end. */
  readonly url: string;
  /** Resolves after `ms` milliseconds of real time; never when the service is closed first. */
  readonly wait: (ms: number) => Promise<void>;
  /** Cuts every connection and frees the port. */
  readonly close: () => Promise<void>;
}

/** Serves `routes` over HTTP on 127.0.0.1. Rejects when the port is taken. */
export async function serve(options: ServiceOptions): Promise<Service> {
  const timers = createTimers();
  const find = createRouter(options.routes, options.ignoreCase ?? false);

  async function carryOut(call: Call, route: Route | undefined): Promise<Answer> {
    const refusal = options.guard?.(call);
    if (refusal) return refusal;
    if (!route) return options.notFound(call);
    const answer = await route.handle(call);
    if (route.mutates === 'now' && answer.status < 400) call.exchange.applied = true;
    return answer;
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', headers } = request;
    const origin = `http://${headers.host ?? '127.0.0.1'}`;
    const url = new URL(`${origin}${(request.url ?? '/').replace(/^\/+/, '/')}`);
    const { route, params } = find(method, options.pathOf?.(url, headers) ?? url.pathname);
    const name = route?.call ?? 'unknown';
    const mutating = route?.mutates !== undefined;
    const exchange = recordExchange({
      service: options.name,
      call: name,
      mutating,
      method,
      url,
      headers,
      now: options.agenda.now(),
    });
    options.log.push(exchange);
    const fault = options.faults.take(method, name);
    const call: Call = {
      exchange,
      method,
      path: url.pathname,
      origin,
      query: url.searchParams,
      headers,
      params,
      body: await readFields(request),
      needs: route?.needs,
      operation: fault?.kind === 'operation' ? fault : undefined,
    };
    options.agenda.settle();
    const publish = (answer: Answer | undefined): void => {
      if (!wire.hasSubscribers) return;
      const headers = { ...options.headers?.(call), ...answer?.headers };
      const passage = { exchange, body: call.body, answer: answer && { ...answer, headers } };
      wire.publish(passage satisfies Passage);
    };
    if (fault?.kind === 'late') {
      publish(undefined);
      exchange.outcome = 'reset';
      request.socket.resetAndDestroy();
      options.agenda.later(fault.ms, () => {
        carryOut(call, route).catch((error: unknown) => report(method, call.path, error));
      });
      return;
    }

    const truth = momentOf(fault) === 'before' ? undefined : await carryOut(call, route);
    publish(truth);
    if (fault?.kind === 'delay') await timers.wait(fault.ms);
    if (fault?.kind === 'reset') {
      exchange.outcome = 'reset';
      request.socket.resetAndDestroy();
      return;
    }
    if (fault?.kind === 'hang') {
      exchange.outcome = 'hung';
      return;
    }
    const answer = spoil(fault, truth);
    exchange.status = answer.status;
    exchange.outcome = String(answer.status);
    send(response, { ...answer, headers: { ...options.headers?.(call), ...answer.headers } });
  }

  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      // A client that hung up while it was sending is no bug of the simulation.
      if (!request.errored) report(request.method ?? '', request.url ?? '', error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    wait: timers.wait,
    close() {
      timers.forget();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function createTimers() {
  const timers = new Set<NodeJS.Timeout>();
  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.add(timer);
    });
  const forget = (): void => {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
  return { wait, forget };
}

/** A bug in the simulation must be seen, and must not pass for a vendor's 500. */
function report(method: string, path: string, error: unknown): void {
  process.stderr.write(`simulated cloud: ${method} ${path}: ${String(error)}\n`);
}

function momentOf(fault: Fault | undefined): Moment | undefined {
  if (!fault || !['status', 'reset', 'hang', 'malformed'].includes(fault.kind)) return undefined;
  return ('when' in fault && fault.when) || 'before';
}

function spoil(fault: Fault | undefined, truth: Answer | undefined): Answer {
  if (fault?.kind === 'malformed') return { status: 200, body: '{"value":[{"id":"/sub' };
  if (fault?.kind === 'status') {
    return { status: fault.status, headers: fault.headers ?? {}, body: fault.body };
  }
  const answer = truth ?? { status: 500 };
  if (fault?.kind !== 'drop-headers') return answer;
  const dropped = new Set(fault.names.map((name) => name.toLowerCase()));
  const kept = Object.entries(answer.headers ?? {}).filter(([k]) => !dropped.has(k.toLowerCase()));
  return { ...answer, headers: Object.fromEntries(kept) };
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer.body === undefined) {
    const empty = answer.status === 204 || answer.status === 304 ? {} : { 'content-length': '0' };
    response.writeHead(answer.status, { ...empty, ...answer.headers }).end();
    return;
  }
  const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
  response
    .writeHead(answer.status, {
      'content-type': 'application/json; charset=utf-8',
      ...answer.headers,
    })
    .end(text);
}

async function readFields(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (chunks.length === 0) return undefined;
  const text = Buffer.concat(chunks).toString('utf8');
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
