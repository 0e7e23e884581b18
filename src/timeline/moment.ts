/** Points in time as documents write them. */

/** ISO 8601 in UTC with milliseconds: `2026-11-20T14:02:00.000Z`. */
export type Moment = string;

const MINUTE_MS = 60_000;
/** The minute that was written last: of a timeline's entries most are of the same one as the entry before. */
let minute = Number.NaN;
let written = '';

/** @throws RangeError for a number that is no time. */
export function momentOf(epochMs: number): Moment {
  const began = Math.floor(epochMs / MINUTE_MS) * MINUTE_MS;
  if (began !== minute) {
    written = new Date(began).toISOString().slice(0, -SECONDS.length);
    minute = began;
  }
  const rest = String(Math.trunc(epochMs - began)).padStart(5, '0');
  return `${written}${rest.slice(0, 2)}.${rest.slice(2)}Z`;
}

const SECONDS = '00.000Z';
