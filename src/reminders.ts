/** Reminders that were given: what about, how often, and until when they are put off. */

import type { Recorded } from './events.ts';

export type ReminderAbout = 'update' | 'commander' | 'roles' | 'approval' | 'task' | 'status-page';

/** One thing to be reminded of. */
export interface Reminder {
  /** The same for the same thing being due, so that it is said once: `update/1763730000000`. */
  readonly key: string;
  readonly about: ReminderAbout;
  /** The plan or the task, where it is about one. */
  readonly ref?: string;
  /** Since when it is due, epoch milliseconds. */
  readonly due: number;
}

export interface GivenReminder extends Reminder {
  /** When it was given: again after each time it was put off. */
  readonly givenAt: readonly number[];
  readonly snoozedUntil?: number;
}

/** Whether it is about a follow-up that has no date. */
export function isUndated({ key }: Pick<Reminder, 'key'>): boolean {
  return key.startsWith('task/') && key.endsWith('/undated');
}

type ReminderEvent = Extract<Recorded, { type: `reminder.${string}` }>;

/** The reminders after one more event. */
export function applyToReminders(
  reminders: readonly GivenReminder[],
  event: ReminderEvent,
): readonly GivenReminder[] {
  const { key } = event.data;
  const before = reminders.find((reminder) => reminder.key === key);
  if (event.type === 'reminder.given') {
    const given = { ...event.data, givenAt: [...(before?.givenAt ?? []), event.at] };
    return [...reminders.filter((reminder) => reminder !== before), given];
  }
  if (!before) return reminders;
  const { until } = event.data;
  return reminders.map((each) => (each === before ? { ...each, snoozedUntil: until } : each));
}
