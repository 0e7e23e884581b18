import { z } from 'zod';
import { isZone } from '../../time-zone.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
const MINUTE_MS = 60_000;
/** Longer than any working time: every day has an end. */
const FURTHEST_MINUTES = 25 * 60;

const timeOfDay = z.string({ error: 'a time such as "09:00"' }).regex(/^([01]\d|2[0-3]):[0-5]\d$/, {
  error: 'a time such as "09:00"',
});

/** When people are at work, and interrupted mail jobs are not to go on (guide 000). */
export const WorkingHours = z
  .strictObject({
    from: timeOfDay.default('09:00'),
    to: timeOfDay.default('17:00'),
    zone: z.string().refine(isZone, { error: 'a time zone such as Europe/London' }),
    days: z
      .array(z.enum(DAYS))
      .min(1)
      .default(['Mon', 'Tue', 'Wed', 'Thu', 'Fri'])
      .describe('Days on which people work.'),
  })
  .refine(({ from, to }) => from < to, { error: 'must be later than from', path: ['to'] });
export type WorkingHours = z.infer<typeof WorkingHours>;

/**
 * The first whole minute outside working hours, epoch milliseconds; undefined when `at` is outside already. The clock of the
 * zone decides, also on days on which it is put forward or back.
 */
export function outsideWorkingHours(hours: WorkingHours, at: number): number | undefined {
  const isWork = workIn(hours);
  if (!isWork(at)) return undefined;
  let minute = Math.floor(at / MINUTE_MS) * MINUTE_MS;
  for (let passed = 0; passed < FURTHEST_MINUTES && isWork(minute); passed++) minute += MINUTE_MS;
  return minute;
}

/** `09:00 to 17:00 Europe/London, Mon Tue Wed Thu Fri` */
export function workingHoursWords({ from, to, zone, days }: WorkingHours): string {
  return `${from} to ${to} ${zone}, ${days.join(' ')}`;
}

function workIn({ from, to, zone, days }: WorkingHours): (at: number) => boolean {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const time = `${parts.get('hour')}:${parts.get('minute')}`;
    return days.some((day) => day === parts.get('weekday')) && time >= from && time < to;
  };
}
