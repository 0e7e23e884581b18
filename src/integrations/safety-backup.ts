/** Whatever else changes a database's data comes through here: no change without a safety backup that can be read to its end. */

import type { Component, SafetyCopy, SafetyWanted } from '../component.ts';
import { OutsideError } from '../errors.ts';
import type { Check } from '../operation.ts';
import { fail, pass } from './checks.ts';

const NAME = 'A safety backup comes first';
const NONE_PLANNED = 'Its plan takes none.';

/** Looks a component up when it is needed: it may be made after the one that asks. */
export interface SafetyOf {
  readonly id: string;
  readonly find: () => Component | undefined;
}

/** The copy that a step before has taken, by the name that the plan gave it, and how long ago it may have been taken at most, where that is set. */
interface Planned {
  /** Missing where the plan has no such step. */
  readonly name: string | undefined;
  readonly minutes: number | undefined;
}

/** What there is by way of a safety copy; `unfit` where the component is not there or offers none that can be verified. */
async function safetyCopy(
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

function wantedOf(name: string, minutes: number | undefined): SafetyWanted {
  return minutes === undefined ? { name } : { name, after: Date.now() - minutes * 60_000 };
}

/**
 * @param run that has to have taken it: what an earlier one took is of what was there then.
 * @throws OutsideError, nothing was done, unless there is a verified safety copy.
 */
export async function requireSafety(
  of: SafetyOf,
  { name, minutes, run }: Planned & { readonly run: string },
  attempted: string,
  signal: AbortSignal,
): Promise<void> {
  const copy: SafetyCopy =
    name === undefined
      ? { state: 'none', reason: NONE_PLANNED }
      : await safetyCopy(of, { ...wantedOf(name, minutes), run }, signal);
  if (copy.state === 'verified') return;
  throw new OutsideError({
    kind: 'rejected',
    system: 'Backstop',
    attempted,
    on: `component ${of.id} without a safety backup`,
    answer: copy.reason,
    next:
      copy.state === 'reading'
        ? 'Nothing was changed. Try again in a while.'
        : 'Nothing was changed. Ask for a new plan: it takes one first.',
  });
}

/** The same as a check of a plan. A copy that the step before is to take need not be there yet; one that is there and no good blocks already. */
export async function safetyCheck(
  of: SafetyOf,
  { name, minutes }: Planned,
  signal: AbortSignal,
): Promise<Check> {
  if (name === undefined) return fail(NAME, NONE_PLANNED);
  try {
    const copy = await safetyCopy(of, wantedOf(name, minutes), signal);
    switch (copy.state) {
      case 'verified':
        return pass(NAME, `${copy.label} was read to its end.`);
      case 'none':
        return pass(
          NAME,
          'It is to be taken by the step before; without it this step refuses to run.',
        );
      case 'reading':
      case 'unfit':
        return fail(NAME, copy.reason);
    }
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { name: NAME, verdict: 'unknown', reason: error.message, blocking: true };
  }
}
