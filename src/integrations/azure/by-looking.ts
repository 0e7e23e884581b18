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

/** For how many times of its usual start something is waited for until it is up. */
const STARTS = 3;

/** What was seen, and why it cannot become what is expected any more. */
export interface Seen extends Observation {
  readonly broken?: string | undefined;
  /** It is as expected, but for this: `starting` is waited for, for a while; `unsound` is only told. The probes judge. */
  readonly notUp?: 'starting' | 'unsound' | undefined;
}

/** What was seen, `moving` as long as it is still waited for until it is up. */
export type Patience = (seen: Seen, key: string) => Seen;

/**
 * Waits for what is changed already and not up yet, but not to the end of the step's time: nothing else could run meanwhile, such as
 * the rollback of what crashes again and again. Then the step is done, so that it can be taken back, and says what it saw.
 * Counted in looks of this process, which are `pollMs` apart, for each key of an intent.
 */
export function createPatience(times: {
  readonly usualMs: number;
  readonly pollMs: number;
  readonly limitMs: number;
}): Patience {
  const { usualMs, pollMs, limitMs } = times;
  const most = Math.ceil(Math.min(STARTS * usualMs, limitMs / 2) / pollMs);
  const looks = new Map<string, number>();
  return (seen, key) => {
    if (seen.notUp !== 'starting') return seen;
    const look = (looks.get(key) ?? 0) + 1;
    looks.set(key, look);
    return look > most ? seen : { ...seen, moving: true };
  };
}

type Look = (input: Json, signal: AbortSignal) => Promise<Seen>;

/** The operation's address, and what it was to change, so that any process can follow it. */
const ArmHandle = z.object({
  operation: z.string().nullable(),
  key: z.string().optional(),
  input: z.json(),
  before: z.string(),
  expected: z.string(),
});

/** The handle of a change that was accepted with `answer`. */
export function handleOf(answer: Answer | undefined, input: Json, intent: Intent): Handle {
  const { key, before, expected } = intent;
  return { operation: answer?.operation ?? null, key, input, before, expected };
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
  patience: Patience = (seen) => seen,
): Promise<Progress> {
  const { operation, key, input, before, expected } = ArmHandle.parse(handle);
  const followed = await follow(calls, operation, signal);
  const seen = patience(await look(input as Json, signal), key ?? JSON.stringify(input));
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
  const judged = judgedBy(seen, intent);
  if (judged.state !== 'not-started' || handle === undefined) return judged;
  const followed = await follow(calls, ArmHandle.parse(handle).operation, signal);
  return unchanged(followed, seen);
}

/** The usual judgement; what is done and not up says so. */
export function judgedBy(seen: Seen, intent: Intent): Recovery {
  const judged = recoverByLooking(seen, intent);
  return judged.state === 'done' && seen.notUp ? { ...judged, note: seen.note } : judged;
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
