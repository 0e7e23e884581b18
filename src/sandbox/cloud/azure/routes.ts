import type { Answer, Call, Route } from '../http.ts';
import { requestOf } from './activity-log.ts';
import { busySite, webError } from './errors.ts';
import { type AzureWorld, findSite, notFound, type SlotHandler, same } from './lookup.ts';
import {
  activityRecord,
  appSettingsRecord,
  configRecord,
  deploymentRecord,
  deploymentRecords,
  listOf,
  planRecord,
  siteRecord,
  slotConfigNamesRecord,
  slotId,
} from './records.ts';
import { createSwapHandlers } from './swap.ts';
import { cancelPrepared, findSlot, PRODUCTION, type Site, type Slot, slotOf } from './world.ts';

const SUBSCRIPTION = '/subscriptions/:subscription';
const GROUP = `${SUBSCRIPTION}/resourceGroups/:group`;
const PLAN = `${GROUP}/providers/Microsoft.Web/serverfarms/:plan`;
const SITE = `${GROUP}/providers/Microsoft.Web/sites/:site`;

interface PlanBody {
  readonly sku?: { readonly capacity?: unknown };
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties?: { readonly reserved?: boolean };
}

/** The App Service part of Azure Resource Manager that a rollback needs. */
export function azureRoutes(world: AzureWorld): readonly Route[] {
  const running = (site: Site) => world.operations.running(site);
  const record = (site: Site, slot: Slot) => siteRecord(site, slot, running(site));

  const withSlot = (handle: SlotHandler) => (call: Call) => {
    const site = findSite(world, call);
    if ('status' in site) return site;
    const name = call.params['slot'];
    if (name === undefined) return handle(call, site, slotOf(site, PRODUCTION));
    const slot = name.toLowerCase() === PRODUCTION ? undefined : findSlot(site, name);
    return slot ? handle(call, site, slot) : notFound(call, `sites/${site.name}/slots/${name}`);
  };

  const withPlan = (handle: (call: Call, site: Site) => Answer) => (call: Call) => {
    const site = world.sites.find((one) => same(`${one.name}-plan`, call.params['plan'] ?? ''));
    return site ? handle(call, site) : notFound(call, `serverfarms/${call.params['plan']}`);
  };

  const unlessBusy = (handle: SlotHandler): SlotHandler => {
    return (call, site, slot) => {
      const other = running(site);
      return other ? busySite(other) : handle(call, site, slot);
    };
  };

  const logged = (handle: SlotHandler): SlotHandler => {
    return (call, site, slot) => {
      const answer = handle(call, site, slot);
      world.activity.write({
        ...requestOf(call),
        action: call.needs ?? call.exchange.call,
        resourceId: slotId(site, slot),
        status: answer.status >= 400 ? 'Failed' : answer.status === 202 ? 'Accepted' : 'Succeeded',
        caller: world.caller,
      });
      return answer;
    };
  };

  /** A call on the site and on a slot, which ask for different permissions. */
  function both(
    call: string,
    path: string,
    action: string,
    handle: SlotHandler,
    mutates?: 'now' | 'later',
  ): Route[] {
    const effect = mutates ? { mutates } : {};
    const run = withSlot(mutates ? logged(unlessBusy(handle)) : handle);
    const needs = (slot: string) => `Microsoft.Web/sites/${slot}${action}`;
    return [
      { call, path: `${SITE}/${path}`, needs: needs(''), handle: run, ...effect },
      {
        call,
        path: `${SITE}/slots/:slot/${path}`,
        needs: needs('slots/'),
        handle: run,
        ...effect,
      },
    ];
  }

  const ok = (body?: unknown): Answer => ({ status: 200, body });
  const list = (value: readonly unknown[]) => ok(listOf(value));
  const swaps = createSwapHandlers(world);

  const restart: SlotHandler = (_call, _site, slot) => {
    slot.restarts += 1;
    return ok();
  };

  const setRunning = (isRunning: boolean): SlotHandler => {
    return (_call, _site, slot) => {
      slot.running = isRunning;
      return ok();
    };
  };

  return [
    {
      call: 'GET subscription',
      path: SUBSCRIPTION,
      needs: 'Microsoft.Resources/subscriptions/read',
      handle: () =>
        ok({
          id: `/subscriptions/${world.subscription}`,
          subscriptionId: world.subscription,
          displayName: 'Acme production',
          state: 'Enabled',
        }),
    },
    {
      call: 'GET site',
      path: SITE,
      needs: 'Microsoft.Web/sites/read',
      handle: withSlot((_call, site, slot) => ok(record(site, slot))),
    },
    {
      call: 'GET sites',
      path: `${GROUP}/providers/Microsoft.Web/sites`,
      needs: 'Microsoft.Web/sites/read',
      handle: (call) => {
        const inGroup = world.sites.filter((s) =>
          same(s.resourceGroup, call.params['group'] ?? ''),
        );
        return list(inGroup.map((site) => record(site, slotOf(site, PRODUCTION))));
      },
    },
    {
      call: 'GET slots',
      path: `${SITE}/slots`,
      needs: 'Microsoft.Web/sites/slots/read',
      handle: withSlot((_call, site) => list(site.slots.slice(1).map((s) => record(site, s)))),
    },
    {
      call: 'GET slot',
      path: `${SITE}/slots/:slot`,
      needs: 'Microsoft.Web/sites/slots/read',
      handle: withSlot((_call, site, slot) => ok(record(site, slot))),
    },
    {
      call: 'GET config/slotConfigNames',
      path: `${SITE}/config/slotConfigNames`,
      needs: 'Microsoft.Web/sites/config/read',
      handle: withSlot((_call, site, slot) => ok(slotConfigNamesRecord(site, slot))),
    },
    {
      call: 'GET eventtypes',
      path: `${SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values`,
      needs: 'Microsoft.Insights/eventtypes/values/read',
      handle: (call) => ok(activityPage(world, call)),
    },
    ...both('GET config/web', 'config/web', 'config/read', (_call, site, slot) =>
      ok(configRecord(site, slot)),
    ),
    ...both(
      'POST config/appsettings/list',
      'config/appsettings/list',
      'config/list/action',
      (_call, site, slot) => ok(appSettingsRecord(site, slot)),
    ),
    ...both('GET deployments', 'deployments', 'deployments/read', (_call, site, slot) =>
      list(deploymentRecords(site, slot)),
    ),
    ...both('GET deployment', 'deployments/:deployment', 'deployments/read', (call, site, slot) => {
      const id = call.params['deployment'] ?? '';
      const found = deploymentRecord(site, slot, id);
      return found ? ok(found) : notFound(call, `sites/${site.name}/deployments/${id}`);
    }),
    ...both('POST slotsdiffs', 'slotsdiffs', 'slotsdiffs/action', swaps.differences),
    ...both('POST slotsswap', 'slotsswap', 'slotsswap/action', swaps.swap, 'later'),
    ...both('GET operations', 'operations/:operation', 'read', swaps.operationStatus),
    ...both('GET operationresults', 'operationresults/:operation', 'read', swaps.operationResult),
    ...both(
      'POST applySlotConfig',
      'applySlotConfig',
      'applySlotConfig/action',
      swaps.applySlotConfig,
      'now',
    ),
    ...both(
      'POST resetSlotConfig',
      'resetSlotConfig',
      'resetSlotConfig/action',
      (_call, _site, slot) => {
        cancelPrepared(slot);
        return ok();
      },
      'now',
    ),
    {
      call: 'GET serverfarm',
      path: PLAN,
      needs: 'Microsoft.Web/serverfarms/read',
      handle: withPlan((_call, site) => ok(planRecord(site))),
    },
    {
      call: 'PUT serverfarm',
      path: PLAN,
      needs: 'Microsoft.Web/serverfarms/write',
      mutates: 'now',
      handle: withPlan((call, site) => {
        const body = (call.body ?? {}) as PlanBody;
        const capacity = body.sku?.capacity;
        if (typeof capacity !== 'number' || capacity < 1 || capacity > 10) {
          return webError(400, 'BadRequest', 'The number of workers is invalid.', '51021');
        }
        site.plan.capacity = capacity;
        site.plan.tags = body.tags ?? {};
        site.plan.isLinux = body.properties?.reserved ?? false;
        site.plan.isChanging = true;
        world.later(world.swapMs(), () => {
          site.plan.isChanging = false;
        });
        return ok(planRecord(site));
      }),
    },
    ...both('POST restart', 'restart', 'restart/action', restart, 'now'),
    ...both('POST start', 'start', 'start/action', setRunning(true), 'now'),
    ...both('POST stop', 'stop', 'stop/action', setRunning(false), 'now'),
  ];
}

/** A page of the activity log, and where the next one is. */
function activityPage(world: AzureWorld, call: Call) {
  const size = world.activityPage();
  const from = Number(call.query.get('$skipToken') ?? 0);
  const entries = world.activity.read(call.query.get('$filter') ?? '');
  const value = entries.slice(from, from + size).map(activityRecord);
  if (from + size >= entries.length) return { value };
  const query = new URLSearchParams(call.query);
  query.set('$skipToken', String(from + size));
  return { value, nextLink: `http://${call.headers.host}${call.path}?${query.toString()}` };
}
