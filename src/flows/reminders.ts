import { dueReminders, type ReminderPolicy, remindersOf } from '../due-reminders.ts';
import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import type { Flow } from '../loop.ts';

/** Records that people are reminded now; nothing when it is no longer due. */
export function giveReminder(key: string, policy: ReminderPolicy): Flow {
  return (incident, { now }): readonly Event[] => {
    const due = dueReminders(incident, policy).find((reminder) => reminder.key === key);
    if (!due || now < due.at) return [];
    const { at: _at, ...reminder } = due;
    return [{ type: 'reminder.given', data: reminder }];
  };
}

/** Puts a reminder off; it comes once more when the time is over and it is still due. */
export function snoozeReminder(key: string, policy: ReminderPolicy): Flow {
  return (incident, { now }): readonly Event[] => {
    const given = incident.reminders.find((reminder) => reminder.key === key);
    if (!given || !remindersOf(incident, policy).some((reminder) => reminder.key === key)) {
      throw new Refusal('out-of-date', 'That is settled already; there is nothing to snooze.');
    }
    if (given.snoozedUntil !== undefined && given.snoozedUntil > now) {
      throw new Refusal('already-done', 'It is snoozed already; nothing was changed.');
    }
    return [{ type: 'reminder.snoozed', data: { key, until: now + policy.snooze } }];
  };
}
