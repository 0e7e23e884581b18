/** A local Slack workspace with one app installed, for the real Bolt and Web API packages to talk to. */
import { randomBytes } from 'node:crypto';
import { parse } from 'yaml';
import { createActivity } from './activity.ts';
import { createAppLink, type Delivery } from './app-link.ts';
import { faultsOf } from './fault-switches.ts';
import { createMethodFaults, type Faults } from './faults.ts';
import { createHttpDelivery, verifyUrl } from './http-delivery.ts';
import type { WorkspaceEvent } from './live.ts';
import { readManifest } from './manifest.ts';
import type { ChannelRecord, GroupRecord, UserRecord } from './model.ts';
import { createRateLimits } from './rate-limits.ts';
import { createResponseUrls } from './response-urls.ts';
import { type ApiCall, createWorkspaceServer, listen, type ServerOptions } from './server.ts';
import {
  addChannel,
  addGroup,
  addUser,
  type NewChannel,
  type NewGroup,
  type NewUser,
} from './setup.ts';
import type { Slack } from './slack.ts';
import { createSocketMode } from './socket-mode.ts';
import { createState, type State } from './state.ts';

export interface WorkspaceOptions {
  /** The text of manifest.yml: what the app may do. */
  readonly manifest: string;
  /** Rules triggers, response_urls and timestamps; default real time. Deliveries and their retries use real time. */
  readonly clock?: { now(): number };
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** How long people wait for the app; default 3000 as with Slack. */
  readonly ackTimeoutMs?: number;
  /** When an event that was not acked is sent again; default as Slack: nearly at once, 1 min, 5 min. */
  readonly retryDelaysMs?: readonly number[];
  /** Answers 429 to a caller faster than Slack's tiers allow, by the clock; default false. */
  readonly rateLimits?: boolean;
}

export interface Workspace {
  /** For `slackApiUrl`; ends in `/api/`. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly state: State;
  /** What the people of the workspace act through. */
  readonly slack: Slack;
  /** Every call of the app, in the order answered. */
  readonly calls: readonly ApiCall[];
  /** Every payload sent to the app. */
  readonly deliveries: readonly Delivery[];
  readonly faults: Faults;
  addUser(user: NewUser): UserRecord;
  addGroup(group: NewGroup): GroupRecord;
  addChannel(channel: NewChannel): ChannelRecord;
  /** Checks the request URL with Slack's challenge and sends everything there, signed, from then on. */
  deliverOverHttp(url: string): Promise<void>;
  /** Sends everything over Socket Mode, as from the start. */
  deliverOverSocket(): void;
  /** One more try now of all events that wait for theirs. */
  retryNow(): void;
  /** Calls the listener with what happens from now on; the result ends that. */
  on(listener: (event: WorkspaceEvent) => void): () => void;
  /** Resolves when no call or delivery is under way and none began for so long; default 50 ms. */
  settled(quietMs?: number): Promise<void>;
  close(): Promise<void>;
}

const ACK_TIMEOUT_MS = 3000;
const RETRY_DELAYS_MS = [1000, 60_000, 300_000];
const HTTP_TIMEOUT_MS = 10_000;
const QUIET_MS = 50;

/** Starts a workspace with #general and the bot. Throws when the manifest would not install. */
export async function createWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const now = () => options.clock?.now() ?? Date.now();
  const state = createState(readManifest(parse(options.manifest)), now);
  addChannel(state, { name: 'general' });
  const activity = createActivity();
  const listeners = new Set<(event: WorkspaceEvent) => void>();
  const calls: ApiCall[] = [];
  const methodFaults = createMethodFaults();
  const responseUrls = createResponseUrls(now);
  const socketMode = createSocketMode(state.appId);
  const secret = () => randomBytes(12).toString('hex');
  const tokens = { bot: `xoxb-sandbox-${secret()}`, app: `xapp-sandbox-${secret()}` };
  const signingSecret = secret();
  let unreachable = false;
  let transport: ReturnType<typeof createHttpDelivery> = socketMode;

  const app = createAppLink({
    activity,
    ackTimeoutMs: options.ackTimeoutMs ?? ACK_TIMEOUT_MS,
    retryDelaysMs: options.retryDelaysMs ?? RETRY_DELAYS_MS,
    transport: () => transport,
    isUnreachable: () => unreachable,
  });
  const server = createWorkspaceServer(() => serving);
  const origin = await listen(server, {
    port: options.port ?? 0,
    host: options.host ?? '127.0.0.1',
  });
  const slack: Slack = {
    state,
    app,
    origin,
    tell: (happening) => {
      for (const listener of listeners) listener({ ...happening, at: now() });
    },
    newResponseUrl: (target) => `${origin}${responseUrls.open(target)}`,
  };
  const serving: ServerOptions = {
    slack,
    tokens,
    calls,
    activity,
    faults: methodFaults,
    rateLimits: options.rateLimits === true ? createRateLimits(now) : undefined,
    responseUrls,
    socketMode,
    isUnreachable: () => unreachable,
  };

  return {
    apiUrl: `${origin}/api/`,
    botToken: tokens.bot,
    appToken: tokens.app,
    signingSecret,
    state,
    slack,
    calls,
    deliveries: app.deliveries,
    faults: faultsOf({
      app,
      methodFaults,
      socketMode,
      setUnreachable: (down) => {
        unreachable = down;
        if (!down) return;
        socketMode.drop();
        server.closeAllConnections();
      },
    }),
    addUser: (user) => addUser(state, user),
    addGroup: (group) => addGroup(state, group),
    addChannel: (channel) => addChannel(state, channel),
    deliverOverHttp: async (url) => {
      const delivery = { url, signingSecret, timeoutMs: HTTP_TIMEOUT_MS };
      await verifyUrl(delivery);
      transport = createHttpDelivery(delivery);
    },
    deliverOverSocket: () => {
      transport = socketMode;
    },
    retryNow: () => app.retryNow(),
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    settled: (quietMs = QUIET_MS) => activity.settled(quietMs),
    close: async () => {
      app.close();
      socketMode.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
