/** Points in time as documents write them. */

/** ISO 8601 in UTC with milliseconds: `2026-11-20T14:02:00.000Z`. */
export type Moment = string;

/** @throws RangeError for a number that is no time. */
export function momentOf(epochMs: number): Moment {
  return new Date(epochMs).toISOString();
}

/** Whether this is a time zone the runtime knows, such as `Europe/Berlin` or `UTC`. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
