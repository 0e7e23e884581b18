/** Times as people say them, in the zone they are in: `14:30`, `tomorrow 9:00`, `2026-11-24`, `in 2h`. */

const MINUTE = 60_000;
/** Where a day is named and no hour. */
const END_OF_DAY = 18 * 60;

const TIME = String.raw`(\d{1,2}):(\d{2})`;
const FORMS = {
  clock: new RegExp(`^${TIME}$`),
  tomorrow: new RegExp(`^tomorrow(?: ${TIME})?$`),
  day: new RegExp(`^(\\d{4})-(\\d{2})-(\\d{2})(?: ${TIME})?$`),
  span: /^(\d{1,4}) ?(m|min|minutes?|h|hours?|d|days?)$/,
};

/** Which of two times of day is meant by one: the next that comes, or the last that was. */
export type Direction = 'ahead' | 'behind';

/**
 * The time that the words say, epoch milliseconds; undefined when they say none, such as `25:99`.
 * @param zone IANA name of the zone of who said it.
 */
export function timeSaid(
  words: string,
  now: number,
  zone: string,
  direction: Direction,
): number | undefined {
  const text = words.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const span = FORMS.span.exec(text);
  if (span) return now + Number(span[1]) * unitOf(span[2] ?? '') * (direction === 'ahead' ? 1 : -1);
  const today = dayOf(now, zone);
  const clock = FORMS.clock.exec(text);
  if (clock) {
    const minutes = minutesOf(clock[1], clock[2]);
    if (minutes === undefined) return undefined;
    const at = onDay(today, minutes, zone);
    if (direction === 'ahead') return at > now ? at : onDay(today + 1, minutes, zone);
    return at <= now ? at : onDay(today - 1, minutes, zone);
  }
  const tomorrow = FORMS.tomorrow.exec(text);
  if (tomorrow) return at(today + 1, tomorrow[1], tomorrow[2], zone);
  const day = FORMS.day.exec(text);
  if (!day) return undefined;
  const [, year = '', month = '', date = ''] = day;
  const stamp = Date.parse(`${year}-${month}-${date}T00:00:00Z`);
  return Number.isNaN(stamp) ? undefined : at(stamp / (24 * 60 * MINUTE), day[4], day[5], zone);
}

function at(
  day: number,
  hours: string | undefined,
  minutes: string | undefined,
  zone: string,
): number | undefined {
  const ofDay = hours === undefined ? END_OF_DAY : minutesOf(hours, minutes);
  return ofDay === undefined ? undefined : onDay(day, ofDay, zone);
}

function minutesOf(hours = '', minutes = ''): number | undefined {
  const [h, m] = [Number(hours), Number(minutes)];
  return h < 24 && m < 60 ? h * 60 + m : undefined;
}

function unitOf(unit: string): number {
  if (unit.startsWith('m')) return MINUTE;
  return unit.startsWith('h') ? 60 * MINUTE : 24 * 60 * MINUTE;
}

/** Days since the epoch, as the calendar in the zone shows it. */
function dayOf(now: number, zone: string): number {
  return Math.floor((now + offsetAt(now, zone)) / (24 * 60 * MINUTE));
}

/** The moment at which clocks in the zone show so many minutes of that day. */
function onDay(day: number, minutes: number, zone: string): number {
  const shown = (day * 24 * 60 + minutes) * MINUTE;
  const guess = shown - offsetAt(shown, zone);
  return shown - offsetAt(guess, zone);
}

/** How far clocks in the zone are ahead of UTC at that moment, milliseconds. */
function offsetAt(ms: number, zone: string): number {
  const shown = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(ms);
  const part = (type: string): number => Number(shown.find((each) => each.type === type)?.value);
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return wall - Math.floor(ms / 1000) * 1000;
}
