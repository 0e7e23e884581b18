import type { DoctorFinding } from '../component.ts';
import { messageOf, OutsideError } from '../errors.ts';
import type { Verdict } from '../operation.ts';

export type Found = Omit<DoctorFinding, 'what'>;

/** Passed, in a few words. */
export function passed(reason: string): Found {
  return { verdict: 'pass', reason, next: '' };
}

/** Works, with something to know or to do. */
export function warned(reason: string, next: string): Found {
  return { verdict: 'warn', reason, next };
}

/** Failures that say nothing about the configuration: the same look may work a minute later. */
const PASSING = ['unavailable', 'throttled', 'busy', 'ambiguous'];

/**
 * One look of the doctor. A failure becomes a finding: `unknown` when it may pass by itself, else `onFailure`.
 * Never throws.
 */
export async function finding(
  what: string,
  onFailure: Verdict,
  look: () => Promise<Found>,
): Promise<DoctorFinding> {
  try {
    return { what, ...(await look()) };
  } catch (error) {
    if (!(error instanceof OutsideError)) {
      return { what, verdict: 'unknown', reason: messageOf(error), next: 'Try again.' };
    }
    const { kind, next } = error.detail;
    const verdict = PASSING.includes(kind) ? 'unknown' : onFailure;
    return { what, verdict, reason: error.message, next };
  }
}
