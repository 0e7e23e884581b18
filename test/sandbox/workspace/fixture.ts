/** A workspace with Ana and Ben, and real Bolt apps and Web API clients connected to it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, type Logger, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { WebClient, type WebClientOptions } from '@slack/web-api';
import { afterEach } from 'vitest';
import { createWorkspace, type Workspace } from '../../../src/sandbox/workspace/index.ts';
import type { ChannelRecord, UserRecord } from '../../../src/sandbox/workspace/model.ts';

const silent = (): undefined => undefined;

/** The failures here are wanted; the SDKs need not report them. */
const quiet: Logger = {
  debug: silent,
  info: silent,
  warn: silent,
  error: silent,
  setLevel: silent,
  setName: silent,
  getLevel: () => LogLevel.ERROR,
};

const SCOPES = [
  'app_mentions:read',
  'bookmarks:read',
  'bookmarks:write',
  'channels:history',
  'channels:manage',
  'channels:read',
  'chat:write',
  'commands',
  'files:read',
  'files:write',
  'groups:history',
  'groups:read',
  'groups:write',
  'im:history',
  'pins:read',
  'pins:write',
  'reactions:read',
  'reactions:write',
  'usergroups:read',
  'users:read',
];

/** A manifest with every scope the tests use, less those given. */
export function aManifest(change: { readonly without?: readonly string[] } = {}): string {
  const scopes = SCOPES.filter((scope) => !change.without?.includes(scope));
  return `
display_information: { name: Tester }
features:
  app_home: { home_tab_enabled: true, messages_tab_enabled: true }
  bot_user: { display_name: Tester, always_online: true }
  slash_commands:
    - { command: /declare, description: Declares, should_escape: true }
  shortcuts:
    - { name: Declare, type: global, callback_id: declare.shortcut, description: Declares }
    - { name: Keep, type: message, callback_id: keep.message, description: Keeps }
oauth_config: { scopes: { bot: [${scopes.map((scope) => `"${scope}"`).join(', ')}] } }
settings:
  event_subscriptions:
    bot_events: [app_home_opened${scopes.includes('channels:history') ? ', message.channels' : ''}]
  interactivity: { is_enabled: true }
  socket_mode_enabled: true
`;
}

export interface Scene {
  readonly workspace: Workspace;
  readonly ana: UserRecord;
  readonly ben: UserRecord;
  readonly channel: ChannelRecord;
  readonly client: WebClient;
  /** A time that tests move on by hand, ms. */
  readonly clock: { ms: number };
}

const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** A workspace that is closed after the test. */
export async function aScene(
  options: {
    readonly manifest?: string;
    readonly ackTimeoutMs?: number;
    readonly rateLimits?: boolean;
  } = {},
): Promise<Scene> {
  const clock = { ms: Date.UTC(2026, 10, 21, 9) };
  const workspace = await createWorkspace({
    manifest: options.manifest ?? aManifest(),
    clock: { now: () => clock.ms },
    ackTimeoutMs: options.ackTimeoutMs ?? 1000,
    rateLimits: options.rateLimits ?? false,
  });
  cleanups.push(() => workspace.close());
  const ana = workspace.addUser({ name: 'ana', realName: 'Ana Lopes', tz: 'Europe/Lisbon' });
  const ben = workspace.addUser({ name: 'ben', realName: 'Ben Ito', tz: 'Asia/Tokyo' });
  const channel = workspace.addChannel({ name: 'ops', members: ['ana', 'ben'], withBot: true });
  return { workspace, ana, ben, channel, clock, client: aClient(workspace) };
}

/** A client that fails at once instead of trying again. */
export function aClient(workspace: Workspace, options: WebClientOptions = {}): WebClient {
  return new WebClient(workspace.botToken, {
    slackApiUrl: workspace.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: quiet,
    ...options,
  });
}

/** A Bolt app in Socket Mode, connected; `register` adds its listeners first. */
export async function aSocketApp(
  { workspace }: Scene,
  register: (app: App) => void,
): Promise<{ readonly app: App; readonly receiver: SocketModeReceiver }> {
  const clientOptions = { slackApiUrl: workspace.apiUrl };
  const receiver = new SocketModeReceiver({
    appToken: workspace.appToken,
    clientPingTimeout: 90,
    logger: quiet,
    installerOptions: { clientOptions },
  });
  const app = anApp(workspace, receiver);
  register(app);
  await app.init();
  await app.start();
  cleanups.push(() => receiver.client.disconnect());
  return { app, receiver };
}

/** A Bolt app behind a request URL to which the workspace delivers. */
export async function anHttpApp(
  { workspace }: Scene,
  register: (app: App) => void,
  signingSecret: string = workspace.signingSecret,
): Promise<{ readonly url: string }> {
  const receiver = new HTTPReceiver({ signingSecret, logger: quiet });
  const app = anApp(workspace, receiver);
  register(app);
  await app.init();
  const server = createServer((request, response) => receiver.requestListener(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/slack/events` };
}

function anApp(workspace: Workspace, receiver: SocketModeReceiver | HTTPReceiver): App {
  return new App({
    token: workspace.botToken,
    receiver,
    deferInitialization: true,
    convoStore: false,
    logger: quiet,
    clientOptions: { slackApiUrl: workspace.apiUrl, retryConfig: { retries: 0 } },
  });
}

/** The `data` of the platform error a call is refused with. */
export async function refusalOf(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    const data = (error as { data?: Record<string, unknown> }).data;
    if (data) return data;
    throw error;
  }
  throw new Error('The call was accepted; it should have been refused.');
}
