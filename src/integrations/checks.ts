/** What a preflight finds, for every integration. */

import { OutsideError } from '../errors.ts';
import type { Check } from '../operation.ts';

/** A check that stops the step unless it passes. */
export function pass(name: string, reason: string): Check {
  return { name, verdict: 'pass', reason, blocking: true };
}

/** A check that stops the step. */
export function fail(name: string, reason: string): Check {
  return { name, verdict: 'fail', reason, blocking: true };
}

/** Something to know that stops nothing. */
export function warn(name: string, reason: string): Check {
  return { name, verdict: 'warn', reason, blocking: false };
}

/**
 * A check whose read may fail: then it is unknown with the reason, and stops the step where `blocking`.
 * @throws the signal's reason when the look was aborted.
 */
export async function checked(
  name: string,
  blocking: boolean,
  look: () => Promise<Check>,
): Promise<Check> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { name, verdict: 'unknown', reason: error.message, blocking };
  }
}
