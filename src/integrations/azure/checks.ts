import type { Check } from '../../component.ts';

/** A check that passed. */
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
