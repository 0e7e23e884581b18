/** Alerts of monitoring systems, gathered into groups that people decide about: declare an incident, or let it be. */

import type { Actor } from './events.ts';

/** One alert, in the same words whichever system sent it. */
export interface Alert {
  /** Unique to what is wrong within its source, so that a repetition is known as one. */
  readonly key: string;
  readonly state: 'firing' | 'resolved';
  readonly title: string;
  readonly text?: string;
  readonly url?: string;
  /** As the alert names them; they may be of no service that is configured. */
  readonly service?: string;
  readonly environment?: string;
}

/** What went live last where the alert is about. */
export interface Deploy {
  readonly component: string;
  readonly version: string;
  /** Epoch milliseconds. */
  readonly since?: number;
  readonly by?: string;
}

/** What the journal keeps of alerts, in one stream. */
interface AlertEvents {
  'alert.received': { readonly group: string; readonly source: string; readonly alert: Alert };
  'alert.deploy-found': { readonly group: string; readonly deploy: Deploy };
  'alert.dismissed': { readonly group: string };
}

export type AlertEvent = {
  [K in keyof AlertEvents]: { readonly type: K; readonly data: AlertEvents[K] };
}[keyof AlertEvents];

/** An alert event as the journal keeps it. */
export type RecordedAlert = AlertEvent & { readonly at: number; readonly actor: Actor };

export interface AlertGroup {
  /** `A7`. */
  readonly id: string;
  readonly source: string;
  readonly service?: string;
  readonly environment?: string;
  /** The newest of each key. */
  readonly alerts: readonly Alert[];
  readonly since: number;
  readonly lastAt: number;
  readonly deploy?: Deploy;
  readonly dismissed?: { readonly by: Actor; readonly at: number };
}

/** Later alerts begin a group of their own, milliseconds. */
const GROUP_LASTS_MS = 60 * 60_000;

/** The groups after one more event. */
export function applyToAlerts(
  groups: readonly AlertGroup[],
  event: RecordedAlert,
): readonly AlertGroup[] {
  const { group: id } = event.data;
  const before = groups.find((group) => group.id === id);
  if (event.type === 'alert.received') {
    const { alert, source } = event.data;
    const after = before ? joined(before, alert, event.at) : begun(id, source, alert, event.at);
    return before ? replaced(groups, after) : [...groups, after];
  }
  if (!before) throw new Error(`There is no group of alerts ${id}`);
  return event.type === 'alert.dismissed'
    ? replaced(groups, { ...before, dismissed: { by: event.actor, at: event.at } })
    : replaced(groups, { ...before, deploy: event.data.deploy });
}

/**
 * What to record of an alert that came in: nothing when it says no more than the last one of its key. It joins the newest
 * group of its source about the same, unless that is old or was dismissed, or is resolved altogether.
 * @param isOver whether the incident of a group is over: what fires then is asked about anew.
 */
export function receiveAlert(
  groups: readonly AlertGroup[],
  source: string,
  alert: Alert,
  now: number,
  isOver: (group: AlertGroup) => boolean = () => false,
): readonly AlertEvent[] {
  const known = groups.findLast(
    (group) => group.source === source && group.alerts.some(({ key }) => key === alert.key),
  );
  const last = known?.alerts.find(({ key }) => key === alert.key);
  if (last?.state === alert.state) return [];
  // That something unheard of is well again is no news.
  if (alert.state === 'resolved' && !known) return [];
  const fits = groups.findLast(
    (group) =>
      group.source === source && isAbout(group, alert) && isLive(group, now) && !isOver(group),
  );
  const home = alert.state === 'resolved' ? known : fits;
  const group = home?.id ?? `A${groups.length + 1}`;
  return [{ type: 'alert.received', data: { group, source, alert } }];
}

export function isFiring({ alerts }: AlertGroup): boolean {
  return alerts.some(({ state }) => state === 'firing');
}

function isLive(group: AlertGroup, now: number): boolean {
  return !group.dismissed && isFiring(group) && now - group.lastAt < GROUP_LASTS_MS;
}

function isAbout({ service, environment, alerts }: AlertGroup, alert: Alert): boolean {
  return alert.service === undefined
    ? alerts.some(({ title }) => title === alert.title)
    : service === alert.service && environment === alert.environment;
}

function begun(id: string, source: string, alert: Alert, at: number): AlertGroup {
  const { service, environment } = alert;
  return {
    id,
    source,
    ...(service === undefined ? {} : { service }),
    ...(environment === undefined ? {} : { environment }),
    alerts: [alert],
    since: at,
    lastAt: at,
  };
}

function joined(group: AlertGroup, alert: Alert, at: number): AlertGroup {
  const others = group.alerts.filter(({ key }) => key !== alert.key);
  return { ...group, alerts: [...others, alert], lastAt: at };
}

function replaced(groups: readonly AlertGroup[], after: AlertGroup): readonly AlertGroup[] {
  return groups.map((group) => (group.id === after.id ? after : group));
}
