/**
 * Azure Resource Manager with App Service slots, for the real SDK. Calls, all but the first three on the site and on a slot:
 * - GET subscription, sites, site, slots, slot, config/slotConfigNames, activity log (`eventtypes/management/values`)
 * - GET config/web, deployments, deployments/{id}, operationresults/{id}, operations/{id}
 * - GET and PUT of the plan (`serverfarms`), by its number of instances
 * - POST config/appsettings/list, slotsdiffs, slotsswap, applySlotConfig, resetSlotConfig, restart, start, stop
 *
 * Where a release is to be found, for each slot:
 * - version and commit: app settings `APP_VERSION` and `APP_COMMIT`; not sticky, so they move with a swap.
 * - who and when deployed: the deployment whose `id` is the commit (`author`, `end_time`, `message`; the newest is
 *   `active`). The history is part of the content and moves with a swap.
 * - since when in its slot: `slotSwapStatus.timestampUtc` of the site, the end of the last successful swap.
 * - who swapped: `caller` in the activity log, `Microsoft.Web/sites/slots/slotsswap/action`; it also keeps the
 *   `x-ms-client-request-id` and the `x-ms-correlation-request-id` of the request.
 * While a swap runs both slots show `inProgressOperationId`.
 *
 * Container Instances, Container Apps and PostgreSQL flexible servers are in files of their own, with their calls.
 */
import { randomUUID } from 'node:crypto';
import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import { createFaults, type Faults } from '../faults.ts';
import { type Route, serve } from '../http.ts';
import type { Release } from '../release.ts';
import { createActivityLog } from './activity-log.ts';
import { type ContainerApps, createContainerApps } from './container-apps.ts';
import { type ContainerGroups, createContainerGroups } from './container-groups.ts';
import { armError } from './errors.ts';
import { azureHeaders, refuse } from './guard.ts';
import type { AzureWorld } from './lookup.ts';
import { type AzureMetrics, createAzureMetrics } from './metrics.ts';
import { createOperations } from './operations.ts';
import { createPostgresServers, type PostgresServers } from './postgres-servers.ts';
import { slotId } from './records.ts';
import { azureRoutes } from './routes.ts';
import {
  type AppOptions,
  beginDeployment,
  createSite,
  deploy,
  exchangeSlots,
  PRODUCTION,
  prepare,
  type ServerFarm,
  type Site,
  type Slot,
  slotOf,
} from './world.ts';

export { azureFaults, scaledDuringSwap, warmUpFailure } from './errors.ts';
export type { Slot } from './world.ts';

export interface Azure {
  /** What an Azure client takes as its endpoint. */
  readonly endpoint: string;
  readonly subscriptionId: string;
  /** The bearer token that is accepted. The simulation has no token endpoint: Azure's credential classes refuse anything but https. */
  readonly token: string;
  readonly faults: Faults;
  readonly containerGroups: ContainerGroups;
  readonly containerApps: ContainerApps;
  readonly postgres: PostgresServers;
  readonly metrics: AzureMetrics;
  /** How long a swap takes, in milliseconds of the cloud's clock. 0 applies it before the answer is sent. */
  swapMs: number;
  /** What the app does once its slots were swapped. */
  afterSwap: () => void;
  /** Answers a swap with `Azure-AsyncOperation` beside `Location`. App Service itself sends `Location` alone. */
  asyncOperation: boolean;
  /** `Retry-After` of operations, in milliseconds of real time. Whole seconds are sent as such; less is sent as a date with milliseconds, which the Azure SDK reads; 0 leaves the pace to the client. */
  retryAfterMs: number;
  /** How late the activity log is, in milliseconds. */
  activityLagMs: number;
  /** The most entries of the activity log in one answer. */
  activityPage: number;
  /** Actions (`Microsoft.Web/sites/slots/slotsswap/action`) the token may not do. */
  readonly denied: Set<string>;
  /** Swaps that were asked for over HTTP and took effect. */
  readonly swapsApplied: number;
  /** Mutations that took effect, by the name of their call (`POST slotsswap`); a swap counts at its end. */
  readonly mutations: Readonly<Record<string, number>>;
  /** Every request, oldest first. */
  readonly requests: readonly Exchange[];
  /** The mutating ones among `requests`. */
  readonly log: readonly Exchange[];
  addApp(app: AppOptions): void;
  /** The plan that the first app runs on; somebody sets how many instances it has. */
  readonly plan: ServerFarm;
  /** The slots of the first app as they are now; none while there is no app. */
  readonly slots: readonly Slot[];
  /** The slot as it is now; of the first app unless named. */
  slot(name: string, app?: string): Slot;
  /** A build pipeline puts a release into a slot. */
  deployTo(slot: string, release: Release, app?: string): void;
  /** Somebody begins to deploy a release to a slot, and it goes on and on. */
  beginDeployment(slot: string, release: Release, app?: string): void;
  /** Somebody else swaps a slot with production, at once; in the activity log, but not in the counts. */
  swapBehindYourBack(by: string, slot?: string, app?: string): void;
  /** Somebody begins a swap of a slot with production in two phases, at once. */
  prepareSwap(slot: string, app?: string): void;
  /** Somebody else's operation holds the app for so long by the cloud's clock. */
  busyFor(ms: number, app?: string): void;
  /** Somebody stops or starts a slot. */
  setRunning(slot: string, isRunning: boolean, app?: string): void;
  readonly close: () => Promise<void>;
}

/** Serves a subscription with no apps in it; every request is written to `log`. */
export async function createAzure(o: {
  readonly agenda: Agenda;
  readonly log: Exchange[];
  readonly port?: number | undefined;
}): Promise<Azure> {
  const subscriptionId = '3f1a6c2e-8b47-4d53-9a1e-5c70de92b8f4';
  const token = 'sandbox-azure-token';
  const caller = '8d0f3c55-2f7e-4c27-9f0b-7d2a4e6b1c90';
  const { agenda } = o;
  const denied = new Set<string>();
  const sites: Site[] = [];
  let swapsApplied = 0;

  const world: AzureWorld = {
    subscription: subscriptionId,
    sites,
    operations: createOperations(agenda),
    activity: createActivityLog(agenda, () => azure.activityLagMs),
    activityPage: () => azure.activityPage,
    caller,
    swapMs: () => azure.swapMs,
    later: (ms, work) => agenda.later(ms, work),
    sendsAsyncOperation: () => azure.asyncOperation,
    retryAfter: () => retryAfter(azure.retryAfterMs),
    swapApplied: () => {
      swapsApplied += 1;
      azure.afterSwap();
    },
  };
  const containerGroups = createContainerGroups(agenda, subscriptionId);
  const containerApps = createContainerApps(agenda, subscriptionId);
  const postgres = createPostgresServers(agenda, subscriptionId);
  const metrics = createAzureMetrics();
  const routes: readonly Route[] = [
    ...metrics.routes,
    ...azureRoutes(world),
    ...containerGroups.routes,
    ...containerApps.routes,
    ...postgres.routes,
  ];
  const faults = createFaults([...new Set(routes.map((route) => route.call))]);
  const service = await serve({
    name: 'azure',
    routes,
    faults,
    agenda,
    log: o.log,
    port: o.port,
    ignoreCase: true,
    guard: (call) => refuse(call, { token, subscription: subscriptionId, denied, caller }),
    headers: azureHeaders,
    notFound: (call) =>
      armError(
        404,
        'InvalidResourceType',
        `The resource type could not be found for '${call.method} ${call.path}'.`,
      ),
  });

  function siteOf(app: string | undefined): Site {
    agenda.settle();
    const site = app === undefined ? sites[0] : sites.find((one) => one.name === app);
    if (!site) throw new Error(`The simulated Azure has no app ${app ?? 'yet; add one first'}.`);
    return site;
  }

  function requests(): readonly Exchange[] {
    agenda.settle();
    return o.log.filter((one) => one.service === 'azure');
  }

  function logSwap(site: Site, slot: string, by: string, at: number): void {
    const entry = {
      action: 'Microsoft.Web/sites/slots/slotsswap/action',
      resourceId: slotId(site, slotOf(site, slot)),
      caller: by,
      correlationId: randomUUID(),
      clientRequestId: '',
    };
    world.activity.write({ ...entry, status: 'Accepted' }, at);
    world.activity.write({ ...entry, status: 'Succeeded' }, at);
  }

  const azure: Azure = {
    endpoint: service.url,
    subscriptionId,
    token,
    faults,
    containerGroups: containerGroups.api,
    containerApps: containerApps.api,
    postgres: postgres.api,
    metrics: metrics.api,
    swapMs: 3000,
    afterSwap: () => undefined,
    asyncOperation: false,
    retryAfterMs: 100,
    activityLagMs: 0,
    activityPage: 200,
    denied,
    get swapsApplied() {
      agenda.settle();
      return swapsApplied;
    },
    get mutations() {
      const counts: Record<string, number> = {};
      for (const { applied, call } of requests()) {
        if (applied) counts[call] = (counts[call] ?? 0) + 1;
      }
      return counts;
    },
    get requests() {
      return requests();
    },
    get log() {
      return requests().filter((one) => one.mutating);
    },
    addApp(app) {
      const site = createSite(subscriptionId, app, agenda.now());
      sites.push(site);
      for (const { slot, by, at } of app.pastSwaps ?? []) logSwap(site, slot, by, at);
    },
    get plan() {
      return siteOf(undefined).plan;
    },
    get slots() {
      agenda.settle();
      return sites[0]?.slots ?? [];
    },
    slot(name, app) {
      return slotOf(siteOf(app), name);
    },
    deployTo(slot, release, app) {
      deploy(slotOf(siteOf(app), slot), release, agenda.now());
    },
    beginDeployment(slot, release, app) {
      beginDeployment(slotOf(siteOf(app), slot), release);
    },
    swapBehindYourBack(by, slot = 'staging', app) {
      const site = siteOf(app);
      exchangeSlots(site, slotOf(site, slot), slotOf(site, PRODUCTION), agenda.now());
      logSwap(site, slot, by, agenda.now());
    },
    prepareSwap(slot, app) {
      const site = siteOf(app);
      prepare(site, slotOf(site, slot), slotOf(site, PRODUCTION));
    },
    busyFor(ms, app) {
      world.operations.hold(siteOf(app), ms);
    },
    setRunning(slot, isRunning, app) {
      slotOf(siteOf(app), slot).running = isRunning;
    },
    close: service.close,
  };
  return azure;
}

function retryAfter(ms: number): string {
  if (ms % 1000 === 0) return String(ms / 1000);
  const at = new Date(Date.now() + ms);
  return at.toUTCString().replace(' GMT', `.${String(at.getMilliseconds()).padStart(3, '0')} GMT`);
}
