/** The buttons under alerts, and what went live before them. */

import type { AlertGroup, Deploy } from '../alerts.ts';
import { ACTION, type ActionName, idsOf } from '../blocks/actions.ts';
import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import { declareIncident, SUMMARY_LIMIT, TITLE_LIMIT } from '../flows/declare.ts';
import type { DeclareFlow } from '../loop.ts';
import type { AlertStore } from './alert-store.ts';
import { openDeclareForm } from './declare-form.ts';
import { type After, answered, answerTo, type Desk, personOf, type Request } from './desk.ts';
import { tellWhere } from './tell-where.ts';

/** How long the look for what went live may take, milliseconds. */
const LOOK_LIMIT_MS = 20_000;

interface AlertClick extends Request {
  readonly group: AlertGroup;
  readonly triggerId: string;
  readonly responseUrl: string | undefined;
}

/** Registers the buttons under alerts. */
export function registerAlerts(desk: Desk, store: AlertStore): void {
  onAlert(desk, store, ACTION.declareAndPlan, async (click) => {
    const { incident } = await desk.loop.declare(
      click.actor,
      declareAndPlan(desk, click.group),
      click.delivery,
    );
    const words = `${incident.id} is declared. The plan appears in {channel}; nothing changes until it is approved.`;
    return () => tellWhere(desk, click, incident.id, words);
  });
  onAlert(desk, store, ACTION.declareForAlert, async ({ group, triggerId, responseUrl }) => {
    const { service, environment } = group;
    await openDeclareForm(desk, {
      triggerId,
      title: titleOf(group),
      summary: summaryOf(group),
      ...(service === undefined ? {} : { service }),
      ...(environment === undefined ? {} : { environment }),
      metadata: { alert: group.id, responseUrl },
    });
  });
  onAlert(desk, store, ACTION.dismissAlert, async ({ group, actor }) => {
    if (group.dismissed || desk.loop.incidents().some(({ alert }) => alert === group.id)) {
      throw new Refusal('already-done', 'Somebody has decided about these alerts already.');
    }
    await store.record(actor, { type: 'alert.dismissed', data: { group: group.id } });
  });
}

export interface DeploySearch {
  look(group: AlertGroup): void;
  /** Gives up what is under way. */
  stop(): Promise<void>;
}

/** Notes what went live last where alerts are about; without it they are shown all the same. */
export function searchDeploys(
  desk: Pick<Desk, 'catalogue' | 'onError'>,
  store: AlertStore,
): DeploySearch {
  const stopping = new AbortController();
  const working = new Set<Promise<void>>();
  return {
    look(group) {
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(LOOK_LIMIT_MS)]);
      const work = findDeploy(desk, store, group, signal)
        .catch(desk.onError)
        .finally(() => working.delete(work));
      working.add(work);
    },
    async stop() {
      stopping.abort();
      await Promise.all(working);
    },
  };
}

async function findDeploy(
  desk: Pick<Desk, 'catalogue'>,
  store: AlertStore,
  group: AlertGroup,
  signal: AbortSignal,
): Promise<void> {
  if (group.deploy || !isConfigured(desk, group)) return;
  const { components } = await desk.catalogue.systems(group.service, group.environment);
  const reads = components.flatMap(({ title, versions }) =>
    versions ? versions.live(signal).then((version) => ({ title, version })) : [],
  );
  const live = (await Promise.allSettled(reads)).flatMap((read) =>
    read.status === 'fulfilled' ? [read.value] : [],
  );
  const [newest] = live.toSorted((a, b) => (b.version.since ?? 0) - (a.version.since ?? 0));
  if (!newest || signal.aborted) return;
  const { label, since, by } = newest.version;
  const deploy: Deploy = {
    component: newest.title,
    version: label,
    ...(since === undefined ? {} : { since }),
    ...(by === undefined ? {} : { by }),
  };
  const event = { type: 'alert.deploy-found', data: { group: group.id, deploy } } as const;
  await store.record({ kind: 'backstop' }, event);
}

/** Whether the service and environment that the alerts name are in the configuration. */
export function isConfigured(
  { catalogue }: Pick<Desk, 'catalogue'>,
  group: AlertGroup,
): group is AlertGroup & { readonly service: string; readonly environment: string } {
  const { service, environment } = group;
  if (service === undefined || environment === undefined) return false;
  const environments = catalogue.service(service)?.environments;
  return environments !== undefined && Object.hasOwn(environments, environment);
}

function declareAndPlan(desk: Desk, group: AlertGroup): DeclareFlow {
  return (id, context): readonly Event[] => [
    ...declareIncident({
      title: titleOf(group),
      summary: summaryOf(group),
      service: desk.catalogue.service(group.service ?? ''),
      environment: group.environment ?? '',
      alert: group.id,
    })(id, context),
    { type: 'plan.wanted', data: { kind: 'rollback' } },
  ];
}

function titleOf({ alerts }: AlertGroup): string {
  return (alerts.at(-1)?.title ?? '').slice(0, TITLE_LIMIT);
}

function summaryOf({ source, alerts }: AlertGroup): string {
  const lines = alerts.map(({ title, text, url }) =>
    [title, text, url].filter((part) => part !== undefined).join('\n'),
  );
  return [`Alerts of ${source}:`, ...lines].join('\n\n').slice(0, SUMMARY_LIMIT);
}

function onAlert(
  desk: Desk,
  store: AlertStore,
  action: ActionName,
  work: (click: AlertClick) => Promise<After | void>,
): void {
  desk.switchboard.click(action, async ({ ack, body, action: clicked }) => {
    const responseUrl = body.response_url;
    const request: Request = {
      actor: personOf(desk, body.user.id),
      delivery: `${body.trigger_id} ${clicked.action_ts}`,
      answer: answerTo(desk, responseUrl),
    };
    const decided = async (): Promise<After | void> => {
      const [id = ''] = idsOf('value' in clicked ? String(clicked.value) : undefined, 1) ?? [];
      const group = store.group(id);
      if (!group) throw new Refusal('not-found', 'There are no such alerts. Declare it instead.');
      return work({ ...request, group, triggerId: body.trigger_id, responseUrl });
    };
    await answered(
      desk,
      request,
      decided,
      () => ack(),
      (after) => after?.(),
    );
  });
}
