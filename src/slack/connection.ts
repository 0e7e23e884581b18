/** The line to Slack: Bolt over Socket Mode or over HTTP, with the same listeners for both. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, SocketModeReceiver } from '@slack/bolt';
import { WebAPIPlatformError, WebClient, type WebClientOptions } from '@slack/web-api';
import type { Clock } from '../clock.ts';
import { ConfigError, OutsideError } from '../errors.ts';
import type { Log } from '../log.ts';
import { callSlack } from './call.ts';
import { slackLogger } from './logger.ts';
import { onceEach } from './once.ts';
import { createRateLimits } from './rate-limits.ts';

export interface ConnectionSettings {
  readonly mode: 'socket' | 'http';
  /** Ends in a slash. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken?: string | undefined;
  readonly signingSecret?: string | undefined;
  readonly host: string;
  readonly port: number;
}

export interface Connection {
  readonly app: App;
  /** For posting and editing: waits long, and is repeated by whoever uses it. */
  readonly client: WebClient;
  /** For questions that a person waits for: gives up early. */
  readonly lookups: WebClient;
  /** Who the bot is; waits while Slack cannot be reached. @throws OutsideError when it does not accept the token. */
  identify(
    clock: Clock,
    signal: AbortSignal,
  ): Promise<{
    readonly botUserId: string;
    readonly team: string;
    /** The address of the workspace. */
    readonly url: string | undefined;
  }>;
  /** Answers `/healthz` from here on; the port of it, and in HTTP mode of Slack's requests. */
  open(): Promise<number>;
  /** Takes requests from here on. */
  start(): Promise<void>;
  /** Takes no new requests and waits until those that came in are answered. */
  stop(): Promise<void>;
}

const POST_LIMIT_MS = 15_000;
/** A click must be answered within three seconds, so what is looked up meanwhile must be quicker. */
const LOOKUP_LIMIT_MS = 2_000;
const RECONNECT_PAUSE_MS = 5_000;
const DRAIN_LIMIT_MS = 10_000;
/** Time for the last acknowledgements to leave before the socket closes. */
const LAST_ACKS_MS = 200;
const DISCONNECT_LIMIT_MS = 2_000;

/** Something else that is answered beside `/healthz`; its path is matched exactly, a query may follow. */
export interface Route {
  readonly path: string;
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
}

/** @param healthy whether the process can still do its work, for `/healthz`. */
export function connectSlack(
  settings: ConnectionSettings,
  log: Log,
  healthy: () => boolean,
  routes: readonly Route[] = [],
): Connection {
  const logger = slackLogger(log);
  // Retries are ours: Slack's client repeats even posts whose answer was lost.
  const common: WebClientOptions = {
    slackApiUrl: settings.apiUrl,
    logger,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
  };
  const client = new WebClient(settings.botToken, { ...common, timeout: POST_LIMIT_MS });
  const lookups = new WebClient(settings.botToken, { ...common, timeout: LOOKUP_LIMIT_MS });
  let draining = false;
  let inFlight = 0;

  const health = (_request: IncomingMessage, response: ServerResponse): void => {
    const ok = healthy() && !draining;
    response.writeHead(ok ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ok, draining }));
  };
  const line = settings.mode === 'socket' ? overSocket() : overHttp();

  let self: { readonly botId?: string; readonly botUserId?: string } = {};
  const app = new App({
    // Who the bot is, `identify` asks and waits for; Bolt's own question would give up, and the process with it.
    authorize: () => Promise.resolve({ botToken: settings.botToken, ...self }),
    receiver: line.receiver,
    clientOptions: { ...common, timeout: LOOKUP_LIMIT_MS },
    logger,
    deferInitialization: true,
    convoStore: false,
  });
  app.use(async ({ next }) => {
    inFlight += 1;
    try {
      await next();
    } finally {
      inFlight -= 1;
    }
  });
  app.use(onceEach());
  app.error(async (error) => {
    log.error(`A request from Slack failed: ${error.stack ?? error.message}`);
  });

  function socketReceiver(): SocketModeReceiver {
    return new SocketModeReceiver({
      appToken: required(settings.appToken, 'slack.appToken'),
      logger,
      installerOptions: {
        clientOptions: {
          slackApiUrl: settings.apiUrl,
          timeout: POST_LIMIT_MS,
          retryConfig: { retries: 100, factor: 1.3, maxTimeout: 30_000 },
        },
      },
    });
  }

  function overSocket() {
    // Two sockets: while Slack refreshes one of them, clicks arrive over the other.
    const receiver = socketReceiver();
    const second = socketReceiver();
    const server = createServer((request, response) => {
      const path = request.url?.split('?', 1)[0];
      if (path === '/healthz') return health(request, response);
      const route = routes.find((each) => each.path === path);
      if (route) return route.handler(request, response);
      response.writeHead(404).end();
    });
    return {
      receiver,
      open: (): Promise<number> => listen(server, settings),
      async start(): Promise<void> {
        second.init(app);
        await Promise.all([app.start(), second.start()]);
      },
      async stop(): Promise<void> {
        await pause(LAST_ACKS_MS);
        // `app.stop` does not wait for it, and against Slack it can take long.
        const disconnected = [receiver, second].map(({ client: socket }) => socket.disconnect());
        await Promise.race([Promise.all(disconnected), pause(DISCONNECT_LIMIT_MS)]);
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  function overHttp() {
    const receiver = new HTTPReceiver({
      signingSecret: required(settings.signingSecret, 'slack.signingSecret'),
      logger,
      customRoutes: [
        { path: '/healthz', method: 'GET', handler: health },
        ...routes.map((route) => ({ ...route, method: ['POST', 'GET', 'PUT'] })),
      ],
    });
    return {
      receiver,
      async open(): Promise<number> {
        const { host, port } = settings;
        const server = await receiver.start({ host, port });
        return (server.address() as AddressInfo).port;
      },
      start: (): Promise<void> => Promise.resolve(),
      stop: async (): Promise<void> => {
        await receiver.stop();
      },
    };
  }

  return {
    app,
    client,
    lookups,
    async identify(clock, signal) {
      const detail = {
        method: 'auth.test',
        attempted: 'log in',
        on: settings.apiUrl,
        repeatable: true,
      };
      for (;;) {
        try {
          const who = await callSlack(
            detail,
            { clock, signal, limits: createRateLimits(clock) },
            () => client.auth.test(),
          );
          const botUserId = who.user_id ?? '';
          self = { botUserId, ...(who.bot_id ? { botId: who.bot_id } : {}) };
          return { botUserId, team: who.team ?? '', url: who.url };
        } catch (error) {
          const waitFor = error instanceof OutsideError && error.retryable;
          if (!waitFor || signal.aborted) throw error;
          log.warn(`${error.message} Trying again.`);
          await clock.sleep(RECONNECT_PAUSE_MS, signal);
        }
      }
    },
    async open() {
      try {
        return await line.open();
      } catch (error) {
        throw portError(error, settings) ?? error;
      }
    },
    async start() {
      try {
        await app.init();
        await line.start();
      } catch (error) {
        // What listens already would keep a process alive that does nothing.
        await line.stop().catch(() => undefined);
        throw socketError(error, settings) ?? error;
      }
    },
    async stop() {
      draining = true;
      const deadline = Date.now() + DRAIN_LIMIT_MS;
      // First with the line open, for their acknowledgements; then whatever came in meanwhile.
      await drained(deadline);
      await line.stop();
      await drained(deadline);
    },
  };

  async function drained(deadline: number): Promise<void> {
    while (inFlight > 0 && Date.now() < deadline) await pause(20);
  }
}

/** What to say when Slack gives no socket; undefined for any other failure. */
function socketError(error: unknown, { apiUrl }: ConnectionSettings): OutsideError | undefined {
  if (!(error instanceof WebAPIPlatformError)) return undefined;
  return new OutsideError({
    kind: 'credentials',
    system: 'Slack',
    attempted: 'open a socket',
    on: apiUrl,
    code: error.data.error,
    next: 'Put a valid slack.appToken into the configuration (app settings, "Basic Information", "App-Level Tokens") and restart.',
    cause: error,
  });
}

/** What to say when the port cannot be listened on; undefined for any other failure. */
function portError(error: unknown, { host, port }: ConnectionSettings): ConfigError | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND'].includes(code)) return undefined;
  return new ConfigError('backstop.yaml', [
    {
      path: 'slack.port',
      value: `${host}:${port} (${code})`,
      expected: 'an address and a port that are free to listen on',
    },
  ]);
}

function required(value: string | undefined, path: string): string {
  if (value) return value;
  throw new ConfigError('backstop.yaml', [
    { path, value: 'nothing', expected: 'a value in this mode' },
  ]);
}

function listen(server: Server, { host, port }: ConnectionSettings): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port));
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
