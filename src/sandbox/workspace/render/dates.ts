/** Slack's localised dates (docs.slack.dev/messaging/formatting-message-text), read in UTC. */

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const DAY_S = 86_400;
const PRETTY = '_pretty';

/**
 * The date (seconds since 1970) in the words of a format such as `{date_short} at {time}`. `now` (ms) is needed for
 * `{ago}` and for "today"; a token that cannot be read gives `fallback`.
 */
export function formatDate(
  at: number,
  format: string,
  fallback: string,
  now: number | undefined,
): string {
  if (!Number.isFinite(at)) return fallback;
  let readable = true;
  const text = format.replaceAll(/\{([a-z_]+)\}/g, (_, token: string) => {
    const words = wordsFor(token, at, now === undefined ? undefined : Math.floor(now / 1000));
    readable &&= words !== undefined;
    return words ?? '';
  });
  return readable ? text.replaceAll('UTC UTC', 'UTC') : fallback;
}

function wordsFor(token: string, at: number, now: number | undefined): string | undefined {
  if (token.endsWith(PRETTY)) {
    return relativeDay(at, now) ?? wordsFor(token.slice(0, -PRETTY.length), at, now);
  }
  const date = new Date(at * 1000);
  const iso = date.toISOString();
  const month = MONTHS[date.getUTCMonth()] ?? '';
  const year = date.getUTCFullYear();
  const day = ordinal(date.getUTCDate());
  switch (token) {
    case 'date_num':
      return iso.slice(0, 10);
    case 'date':
      return `${month} ${day}, ${year}`;
    case 'date_short':
      return `${month.slice(0, 3)} ${date.getUTCDate()}, ${year}`;
    case 'date_long':
      return `${DAYS[date.getUTCDay()]}, ${month} ${day}, ${year}`;
    case 'time':
      return `${iso.slice(11, 16)} UTC`;
    case 'time_secs':
      return `${iso.slice(11, 19)} UTC`;
    case 'ago':
      return now === undefined ? undefined : ago(at, now);
    default:
      return undefined;
  }
}

function relativeDay(at: number, now: number | undefined): string | undefined {
  if (now === undefined) return undefined;
  const days = Math.floor(at / DAY_S) - Math.floor(now / DAY_S);
  return ({ '-1': 'yesterday', '0': 'today', '1': 'tomorrow' } as Record<string, string>)[
    String(days)
  ];
}

function ordinal(day: number): string {
  const last = day % 10;
  if (Math.floor(day / 10) === 1 || last === 0 || last > 3) return `${day}th`;
  return `${day}${['st', 'nd', 'rd'][last - 1]}`;
}

function ago(at: number, now: number): string {
  const past = now >= at;
  const seconds = Math.abs(now - at);
  const [size, unit] = (
    [
      [DAY_S, 'day'],
      [3600, 'hour'],
      [60, 'minute'],
    ] as const
  ).find(([length]) => seconds >= length) ?? [1, 'second'];
  const count = Math.floor(seconds / size);
  const span = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return past ? `${span} ago` : `in ${span}`;
}
