/** Follows a change of a resource by what the resource shows; what Azure says of the operation only adds to it. */

import { z } from 'zod';
import {
  type Handle,
  type Intent,
  type Json,
  type Observation,
  type Progress,
  type Recovery,
  recoverByLooking,
} from '../../operation.ts';
import type { Calls } from './calls.ts';
import type { Answer } from './errors.ts';
import { type Followed, follow } from './follow.ts';

const LONGEST_SUBMIT_MS = 30_000;

/** What was seen, and why it cannot become what is expected any more. */
export interface Seen extends Observation {
  readonly broken?: string | undefined;
}

type Look = (input: Json, signal: AbortSignal) => Promise<Seen>;

/** The operation's address, and what it was to change, so that any process can follow it. */
const ArmHandle = z.object({
  operation: z.string().nullable(),
  input: z.json(),
  before: z.string(),
  expected: z.string(),
});

/** The handle of a change that was accepted with `answer`. */
export function handleOf(answer: Answer | undefined, input: Json, intent: Intent): Handle {
  const { before, expected } = intent;
  return { operation: answer?.operation ?? null, input, before, expected };
}

/** How long a submission may wait for its answer: never as long as a lost one may still land. */
export function submitTimeoutMs(quietMs: number): number {
  return Math.min(LONGEST_SUBMIT_MS, quietMs);
}

/** How a change comes along. @throws OutsideError when it cannot be looked at. */
export async function progressOf(
  calls: Calls,
  handle: Handle,
  look: Look,
  signal: AbortSignal,
): Promise<Progress> {
  const { operation, input, before, expected } = ArmHandle.parse(handle);
  const followed = await follow(calls, operation, signal);
  const seen = await look(input as Json, signal);
  if (seen.broken !== undefined) return { state: 'failed', reason: seen.broken };
  if (followed.state === 'failed') return followed;
  if (seen.moving) return { state: 'running', note: `Found ${seen.note}.` };
  if (seen.fingerprint === expected) return { state: 'succeeded' };
  if (followed.state === 'running' || seen.fingerprint === before) {
    return { state: 'running', note: `Azure is at work; found ${seen.note}.` };
  }
  return { state: 'failed', reason: `Found ${seen.note}; somebody changed it meanwhile.` };
}

/** What became of an intent, by a fresh look and, where there is a handle, by the operation's address. */
export async function recoveryOf(
  calls: Calls,
  seen: Seen,
  intent: Intent,
  handle: Handle | undefined,
  signal: AbortSignal,
): Promise<Recovery> {
  if (seen.broken !== undefined) return { state: 'diverged', reason: seen.broken };
  const judged = recoverByLooking(seen, intent);
  if (judged.state !== 'not-started' || handle === undefined) return judged;
  const followed = await follow(calls, ArmHandle.parse(handle).operation, signal);
  return unchanged(followed, seen);
}

/** It was accepted and looks as before: is it still to come, or was it given up? */
function unchanged(followed: Followed, seen: Seen): Recovery {
  switch (followed.state) {
    case 'failed':
      return { state: 'not-started' };
    case 'running':
    case 'untold':
      return { state: 'in-flight', note: `Azure accepted it; found ${seen.note}.` };
    case 'ended':
      return {
        state: 'unknown',
        reason: `Azure reports that it is done, but found ${seen.note}.`,
      };
    case 'unclear':
      return {
        state: 'unknown',
        reason: `Azure accepted it and does not tell how it ended; found ${seen.note}.`,
      };
  }
}
