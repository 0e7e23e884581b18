/** Lengths of time as people write them in `backstop.yaml`: `500ms`, `2s`, `15m`, `1h30m`, `2d`. Milliseconds everywhere else. */

import { z } from 'zod';

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
];
const WRITTEN = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Milliseconds of a written duration, largest unit first; `undefined` when it is none. */
export function parseDuration(text: string): number | undefined {
  const parts = WRITTEN.exec(text);
  if (!parts) return undefined;
  return UNITS.reduce((sum, [, ms], index) => sum + Number(parts[index + 1] ?? 0) * ms, 0);
}

/** The shortest way to write so many milliseconds: 5400000 is `1h30m`. Fractions of a millisecond are dropped. */
export function formatDuration(ms: number): string {
  let rest = Math.trunc(ms);
  let written = '';
  for (const [unit, size] of UNITS) {
    const count = Math.trunc(rest / size);
    if (count > 0) written += `${count}${unit}`;
    rest -= count * size;
  }
  return written || '0s';
}

/** A duration in the file, milliseconds after parsing, between two bounds that are themselves written durations. */
export function duration(least: string, most: string) {
  const [min, max] = [parseDuration(least) ?? 0, parseDuration(most) ?? Infinity];
  const expected = `a duration from ${least} to ${most}, such as 500ms, 2s, 15m, 4h or 1h30m`;
  return z
    .string({ error: expected })
    .regex(WRITTEN, { error: expected, abort: true })
    .refine((text) => within(parseDuration(text), min, max), { error: expected })
    .transform((text) => parseDuration(text) ?? 0);
}

function within(value: number | undefined, min: number, max: number): boolean {
  return value !== undefined && value >= min && value <= max;
}
