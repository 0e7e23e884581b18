/** What people are to be reminded of, read from state and policy alone: a restart forgets nothing and says nothing twice. */

import type { Severity } from './assessment.ts';
import type { Role } from './events.ts';
import { type Incident, isOpen, openTasksOf } from './incident.ts';
import { isUndated, type Reminder } from './reminders.ts';
import { liveNotice } from './status-page.ts';
import { isBehind } from './status-page-draft.ts';

/** Milliseconds. */
export interface ReminderPolicy {
  /** How long people may hear nothing, by severity; no reminders for one that is missing. */
  readonly updates: Readonly<Partial<Record<Severity, number>>>;
  /** How long a SEV1 may have no commander. */
  readonly commander: number;
  /** How long a SEV1 or SEV2 may have nobody who writes the updates, or nobody who keeps the timeline. */
  readonly roles: number;
  readonly snooze: number;
  /** The ids of the services that have a place where people outside are told. */
  readonly announced: ReadonlySet<string>;
}

/** A reminder, and when it is to be given. */
export interface DueReminder extends Reminder {
  readonly at: number;
}

/** The reminders to come, and those in the past that were not given yet, in no order. */
export function dueReminders(incident: Incident, policy: ReminderPolicy): readonly DueReminder[] {
  return remindersOf(incident, policy).flatMap((reminder) => {
    const given = incident.reminders.find(({ key }) => key === reminder.key);
    if (!given) return { ...reminder, at: reminder.due };
    const { snoozedUntil, givenAt } = given;
    if (snoozedUntil === undefined || (givenAt.at(-1) ?? 0) >= snoozedUntil) return [];
    return { ...reminder, at: snoozedUntil };
  });
}

/** Whether a reminder that was given still stands. */
export function stillDue(incident: Incident, reminder: Reminder): boolean {
  if (reminder.about === 'update') {
    return isOpen(incident) && !incident.updates.some(({ at }) => at >= reminder.due);
  }
  if (reminder.about === 'commander') {
    return isOpen(incident) && incident.roles.commander === undefined;
  }
  if (reminder.about === 'roles') return unclaimedRoles(incident).length > 0;
  if (reminder.about === 'task') {
    const task = openTasksOf(incident).find(({ id }) => id === reminder.ref);
    return task !== undefined && !(isUndated(reminder) && task.due !== undefined);
  }
  if (reminder.about === 'status-page') {
    return isOpen(incident) && !incident.statusPage.some(({ at }) => at >= reminder.due);
  }
  return (
    isOpen(incident) &&
    incident.proposals.some(({ plan, state }) => plan.id === reminder.ref && state === 'requested')
  );
}

/** Everything there is to be reminded of, given or not. */
export function remindersOf(incident: Incident, policy: ReminderPolicy): readonly Reminder[] {
  // Those who read it elsewhere are not reminded here.
  if (incident.imported) return [];
  const tasks = openTasksOf(incident).flatMap(({ id, kind, due }): Reminder[] => {
    // A follow-up outlives its incident.
    if (due === undefined || (incident.status === 'closed' && kind === 'task')) return [];
    return [{ key: `task/${id}/${due}`, about: 'task', ref: id, due }];
  });
  if (!isOpen(incident)) return [...tasks, ...undated(incident)];
  return [
    ...tasks,
    ...update(incident, policy),
    ...commander(incident, policy),
    ...roles(incident, policy),
    ...approvals(incident),
    ...statusPage(incident, policy),
  ];
}

/** How long a follow-up may have no date once its incident is over: until the week's round of those who plan has passed. */
const UNDATED_MS = 7 * 24 * 60 * 60_000;

/** Each is asked about once: without a date nothing else would call its owner. */
function undated(incident: Incident): readonly Reminder[] {
  return openTasksOf(incident).flatMap(({ id, kind, due, addedAt }): Reminder[] => {
    if (kind !== 'follow-up' || due !== undefined) return [];
    const from = Math.max(addedAt, incident.statusSince);
    return [{ key: `task/${id}/undated`, about: 'task', ref: id, due: from + UNDATED_MS }];
  });
}

/** The next update as it was promised; before the first one, as the severity asks for. */
function update(incident: Incident, policy: ReminderPolicy): readonly Reminder[] {
  const last = incident.updates.at(-1);
  const due = last ? last.next : firstUpdate(incident, policy);
  return due === undefined ? [] : [{ key: `update/${due}`, about: 'update', due }];
}

function firstUpdate({ severity }: Incident, { updates }: ReminderPolicy): number | undefined {
  if (!severity) return undefined;
  const interval = updates[severity.is];
  return interval === undefined ? undefined : severity.at + interval;
}

function commander({ severity, roles }: Incident, policy: ReminderPolicy): readonly Reminder[] {
  if (severity?.is !== 'sev1' || roles.commander !== undefined) return [];
  const due = severity.at + policy.commander;
  return [{ key: `commander/${due}`, about: 'commander', due }];
}

/** The roles beside the command that a SEV1 or SEV2 lacks; none once it is only watched, or over. */
export function unclaimedRoles({ severity, status, roles: held }: Incident): readonly Role[] {
  if (severity?.is !== 'sev1' && severity?.is !== 'sev2') return [];
  if (status !== 'investigating' && status !== 'identified') return [];
  return SUPPORTING_ROLES.filter((role) => held[role] === undefined);
}

const SUPPORTING_ROLES = ['communications-lead', 'scribe'] as const;

/** One reminder for all that are free, and one in the life of an incident: more would be noise. */
function roles(incident: Incident, policy: ReminderPolicy): readonly Reminder[] {
  const { severity } = incident;
  if (!severity || unclaimedRoles(incident).length === 0) return [];
  return [{ key: 'roles', about: 'roles', due: severity.at + policy.roles }];
}

/** Half of the time to approve is over. */
function approvals({ proposals }: Incident): readonly Reminder[] {
  return proposals.flatMap(({ state, plan, requestedAt, until }): Reminder[] => {
    if (state !== 'requested' || requestedAt === undefined || until === undefined) return [];
    const due = Math.floor((requestedAt + until) / 2);
    return [{ key: `approval/${plan.id}`, about: 'approval', ref: plan.id, due }];
  });
}

/** People outside know nothing of a SEV1 or SEV2 yet, or something else than what is so by now. */
function statusPage(incident: Incident, { announced }: ReminderPolicy): readonly Reminder[] {
  const { drill, private: kept, release, service, severity, statusPage: notices } = incident;
  if (kept || drill || release || !announced.has(service)) return [];
  const about = 'status-page';
  const live = liveNotice(notices);
  if (live) {
    const due = incident.statusSince;
    if (!isBehind(incident, live) || live.at >= due) return [];
    return [{ key: `status-page/${due}`, about, due }];
  }
  if (severity?.is !== 'sev1' && severity?.is !== 'sev2') return [];
  return [{ key: `status-page/after/${notices.length}`, about, due: severity.at }];
}
