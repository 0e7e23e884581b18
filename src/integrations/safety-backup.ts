/** Whatever else changes a database's data comes through here: no change without a safety backup that can be read to its end. */

import type { Component, SafetyCopy, SafetyWanted } from '../component.ts';
import { OutsideError } from '../errors.ts';
import type { Check } from '../operation.ts';

const NAME = 'A safety backup comes first';

/** Looks a component up when it is needed: it may be made after the one that asks. */
export interface SafetyOf {
  readonly id: string;
  readonly find: () => Component | undefined;
}

/** What there is by way of a safety copy; `unfit` where the component is not there or offers none that can be verified. */
export async function safetyCopy(
  { id, find }: SafetyOf,
  wanted: SafetyWanted,
  signal: AbortSignal,
): Promise<SafetyCopy> {
  const component = find();
  if (!component) {
    return { state: 'unfit', reason: `There is no component ${id} in this environment.` };
  }
  const points = component.restorePoints;
  if (!points?.safety) {
    return { state: 'unfit', reason: `${component.title} takes no backup that can be verified.` };
  }
  return points.safety(wanted, signal);
}

/** @throws OutsideError, nothing was done, unless there is a verified safety copy. */
export async function requireSafety(
  of: SafetyOf,
  wanted: SafetyWanted,
  attempted: string,
  signal: AbortSignal,
): Promise<void> {
  const copy = await safetyCopy(of, wanted, signal);
  if (copy.state === 'verified') return;
  throw new OutsideError({
    kind: 'rejected',
    system: 'Backstop',
    attempted,
    on: `component ${of.id} without a safety backup`,
    answer: copy.reason,
    next: 'Nothing was changed. Take a safety backup that can be read to its end first.',
  });
}

/**
 * The same as a check of a plan. A copy that a step before is to take need not be there yet; one that is there and no good
 * blocks already. @param isToCome whether a step before takes it.
 */
export async function safetyCheck(
  of: SafetyOf,
  wanted: SafetyWanted,
  isToCome: boolean,
  signal: AbortSignal,
): Promise<Check> {
  try {
    const copy = await safetyCopy(of, wanted, signal);
    if (copy.state === 'verified') {
      return {
        name: NAME,
        verdict: 'pass',
        reason: `${copy.label} was read to its end.`,
        blocking: true,
      };
    }
    const passes = copy.state === 'none' && isToCome;
    const reason = passes
      ? 'It is to be taken by the step before; without it this step refuses to run.'
      : copy.reason;
    return { name: NAME, verdict: passes ? 'pass' : 'fail', reason, blocking: true };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { name: NAME, verdict: 'unknown', reason: error.message, blocking: true };
  }
}
