/** What the owners of a service are told once a day: what stands in the way of a rollback, and since when. */

import type { Readiness, ReadinessFinding } from './readiness.ts';

/** Something that is not as it should be, in one environment of a service. */
export interface Off extends ReadinessFinding {
  readonly environment: string;
  /** When it was first seen, in an unbroken row of daily looks; epoch milliseconds. */
  readonly since: number;
}

/** The look of one day, as the journal keeps it. */
export interface DailyLook {
  /** `2026-11-24`, in the configured zone. */
  readonly day: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly off: readonly Off[];
  /** Environments that could not be rolled back at all, or nobody can tell. */
  readonly blocked: readonly string[];
}

/** What is off now. What the look before had seen already keeps its beginning, whatever is said of it today. */
export function dailyLook(
  day: string,
  at: number,
  found: readonly Readiness[],
  before: DailyLook | undefined,
): DailyLook {
  const off = found.flatMap(({ environment, findings }) =>
    findings
      // A remark that is made every day, and as it should be, would teach people not to read.
      .filter(({ verdict, remark }) => verdict !== 'pass' && !remark)
      .map((finding): Off => {
        const known = before?.off.find(
          (each) => each.environment === environment && each.what === finding.what,
        );
        return { ...finding, environment, since: known?.since ?? at };
      }),
  );
  const blocked = found
    .filter(({ expectedMs, findings }) => {
      return expectedMs === undefined || findings.some(({ verdict }) => verdict === 'fail');
    })
    .map(({ environment }) => environment);
  return { day, at, off, blocked };
}

/** The day that the calendar in the zone shows, `2026-11-24`. */
export function dayIn(zone: string, ms: number): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(ms);
}
