/** Reminds people of what is due: once, not while they are typing away, and not again after a restart. */

import { dueReminders, type ReminderPolicy } from '../due-reminders.ts';
import { giveReminder } from '../flows/reminders.ts';
import type { Incident } from '../incident.ts';
import type { Loop } from '../loop.ts';
import { type AlarmContext, keepAlarms } from './alarms.ts';
import { BACKSTOP } from './drive-run.ts';

export interface ReminderContext extends Omit<AlarmContext, 'signal'> {
  readonly loop: Loop;
  readonly policy: ReminderPolicy;
  /** When somebody last wrote in the channel, epoch milliseconds. */
  readonly lastHeard: (channel: string) => number | undefined;
}

/** Milliseconds without a word after which nobody is busy writing any more. */
const QUIET_MS = 60_000;
/** People who go on writing are reminded all the same, so much later. */
const LATEST_MS = 10 * 60_000;

export interface Reminders {
  start(): void;
  stop(): Promise<void>;
}

export function createReminders(context: ReminderContext): Reminders {
  const { loop, policy, clock, lastHeard } = context;
  const stopping = new AbortController();
  let unsubscribe = (): void => undefined;
  let ended: Promise<void> = Promise.resolve();

  /** When a reminder that is due may be given: when the channel has fallen quiet. */
  function giveAt({ channel }: Incident, at: number): number {
    const heard = channel && lastHeard(channel.id);
    return heard === undefined ? at : Math.max(at, Math.min(heard + QUIET_MS, at + LATEST_MS));
  }

  function soonest(incident: Incident): number {
    const due = dueReminders(incident, policy).map(({ at }) => giveAt(incident, at));
    return Math.min(...due);
  }

  async function meet(id: string): Promise<number> {
    const incident = loop.incident(id);
    if (!incident) return Number.POSITIVE_INFINITY;
    for (const { key, at } of dueReminders(incident, policy)) {
      if (giveAt(incident, at) > clock.now()) continue;
      await loop.decide(id, BACKSTOP, giveReminder(key, policy));
    }
    return soonest(loop.incident(id) ?? incident);
  }

  return {
    start() {
      const alarms = keepAlarms({ ...context, signal: stopping.signal }, soonest, meet);
      ended = alarms.ended;
      unsubscribe = loop.subscribe((incident) => alarms.look(incident));
      for (const incident of loop.incidents()) alarms.look(incident);
    },
    async stop() {
      unsubscribe();
      stopping.abort();
      await ended;
    },
  };
}
