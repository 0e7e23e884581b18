/** Slack's dates (docs.slack.dev/messaging/formatting-message-text) in the reader's own zone. */

const DAY_MS = 86_400_000;
const PRETTY = '_pretty';

/** How far the sandbox's clock is ahead of this machine's, milliseconds. */
let ahead = 0;

/** Sets the clock by which it is today; `now` in milliseconds since 1970. */
export function setClock(now: number): void {
  ahead = now - Date.now();
}

function present(): number {
  return Date.now() + ahead;
}

/** The date (seconds since 1970) in the words of a format such as `{date_short} at {time}`; `fallback` when it cannot be read. */
export function formatDate(at: number, format: string, fallback: string, tz: string): string {
  if (!Number.isFinite(at)) return fallback;
  let readable = true;
  const text = format.replaceAll(/\{([a-z_]+)\}/g, (_, token: string) => {
    const words = wordsFor(token, at * 1000, tz);
    readable &&= words !== undefined;
    return words ?? '';
  });
  return readable ? text : fallback;
}

/** The time of day, `04:12`. `ms` since 1970. */
export function timeOfDay(ms: number, tz: string): string {
  return formatted(ms, tz, { hour: '2-digit', minute: '2-digit' });
}

/** `Saturday, 21 November`, the line between the messages of two days. */
export function dayOf(ms: number, tz: string): string {
  return (
    relativeDay(ms, tz) ?? formatted(ms, tz, { weekday: 'long', day: 'numeric', month: 'long' })
  );
}

/** The moment as an input of dates and times wants it, `2026-11-21T04:12`. `ms` since 1970. */
export function localTime(ms: number, tz: string): string {
  return `${isoDay(ms, tz)}T${timeOfDay(ms, tz)}`;
}

/** The moment, in milliseconds since 1970, at which clocks in that zone show `2026-11-21T04:12`. */
export function momentAt(local: string, tz: string): number {
  const shown = Date.parse(`${local}Z`);
  const ahead = (ms: number): number => Date.parse(`${localTime(ms, tz)}Z`) - ms;
  // Asked twice: the first answer may lie on the other side of a change of clocks.
  return shown - ahead(shown - ahead(shown));
}

function wordsFor(token: string, ms: number, tz: string): string | undefined {
  if (token.endsWith(PRETTY)) {
    return relativeDay(ms, tz)?.toLowerCase() ?? wordsFor(token.slice(0, -PRETTY.length), ms, tz);
  }
  const date = { day: 'numeric', year: 'numeric' } as const;
  switch (token) {
    case 'date_num':
      return isoDay(ms, tz);
    case 'date':
    case 'day_divider':
      return formatted(ms, tz, { ...date, month: 'long' });
    case 'date_short':
      return formatted(ms, tz, { ...date, month: 'short' });
    case 'date_long':
      return formatted(ms, tz, { ...date, month: 'long', weekday: 'long' });
    case 'time':
      return timeOfDay(ms, tz);
    case 'time_secs':
      return formatted(ms, tz, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
    case 'ago':
      return ago(ms);
    default:
      return undefined;
  }
}

function relativeDay(ms: number, tz: string): string | undefined {
  const days = [
    [0, 'Today'],
    [DAY_MS, 'Yesterday'],
    [-DAY_MS, 'Tomorrow'],
  ] as const;
  return days.find(([back]) => isoDay(present() - back, tz) === isoDay(ms, tz))?.[1];
}

function isoDay(ms: number, tz: string): string {
  return formatterOf('en-CA', tz, {}).format(ms);
}

function formatted(ms: number, tz: string, options: Intl.DateTimeFormatOptions): string {
  return formatterOf('en-GB', tz, options).format(ms);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter takes far longer than using it. */
function formatterOf(
  language: string,
  tz: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = JSON.stringify([language, tz, options]);
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(language, { ...options, timeZone: tz });
  formatters.set(key, made);
  return made;
}

function ago(ms: number): string {
  const seconds = Math.round((ms - present()) / 1000);
  const [size, unit] = (
    [
      [86_400, 'day'],
      [3_600, 'hour'],
      [60, 'minute'],
    ] as const
  ).find(([length]) => Math.abs(seconds) >= length) ?? [1, 'second'];
  return new Intl.RelativeTimeFormat('en').format(Math.trunc(seconds / size), unit);
}
