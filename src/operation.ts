/**
 * An operation is one step that changes one thing in one outside system: one request, judged by looking.
 * This file is its contract: what it is asked, in which order, and what it answers.
 */

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export type Verdict = 'pass' | 'warn' | 'fail' | 'unknown';

/** One preflight check. A blocking check that is `fail` or `unknown` stops the step. */
export interface Check {
  readonly name: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly blocking: boolean;
}

/** One change an operation makes, in words: what, from, to. */
export interface Change {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

/** An operation by name with its input: what a plan stores and the engine looks up again. */
export interface OperationCall {
  readonly operation: string;
  readonly input: Json;
}

/**
 * What was recorded before the one mutating call. `key` is unique to run, step and attempt;
 * `before` and `expected` are fingerprints of the component as returned by `observe`.
 */
export interface Intent {
  readonly run: string;
  readonly step: string;
  readonly key: string;
  readonly at: number;
  readonly before: string;
  readonly expected: string;
}

/** What the system gave back to follow a submitted operation; opaque to the engine, survives a restart. */
export type Handle = Json;

/** What a command printed on one of its outputs, without secrets: whole, or its beginning and its end with a line between that says so. */
export interface Printed {
  readonly stream: 'output' | 'errors';
  readonly text: string;
  readonly leftOut?: { readonly lines: number; readonly characters: number };
}

export type Progress =
  | { readonly state: 'running'; readonly note?: string }
  | { readonly state: 'waiting'; readonly note: string }
  | { readonly state: 'succeeded'; readonly printed?: readonly Printed[] }
  | { readonly state: 'failed'; readonly reason: string; readonly printed?: readonly Printed[] };

export type Recovery =
  | { readonly state: 'not-started' }
  | { readonly state: 'in-flight'; readonly note?: string }
  /** `note` says what came of it, in words for a person: the file that was written. */
  | { readonly state: 'done'; readonly note?: string }
  | { readonly state: 'diverged'; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string };

/** What came of ending something before it was done: whether all of it is gone, and what to know, in words for a person. */
export interface EndedEarly {
  readonly isOver: boolean;
  readonly note: string;
}

/** How an operation is ended before it is done, where a person wants that: a command that runs for an hour. */
export interface Ending {
  /** What may be left behind, for whoever decides: one or two sentences. */
  leaves(input: Json): string;
  /** Ends all that was started for the intent, and waits until it is gone. May be asked again; `recover` tells what it had done by then. */
  end(
    input: Json,
    intent: Intent,
    handle: Handle | undefined,
    signal: AbortSignal,
  ): Promise<EndedEarly>;
}

/** A fresh look at the component: a fingerprint of what matters to the operation, and whether something is moving. */
export interface Observation {
  readonly fingerprint: string;
  /** What the fingerprint will be once the operation has been done from here. */
  readonly expected: string;
  readonly moving: boolean;
  /** What was seen, in words for a person. */
  readonly note: string;
}

/** How a repeat of an operation is made safe: the vendor dedupes our key, compares a revision that never comes again, the effect can be read back, or none. */
export type Guarantee = 'keyed' | 'conditional' | 'observable' | 'blind';

/**
 * Everything that changes the world. The engine keeps the order: observe, intent in the journal, one submit,
 * handle in the journal, poll; after any doubt `recover` decides. Every method honours its signal.
 */
export interface Operation {
  /** `set` is safe to repeat, `toggle` undoes itself, `append` adds another, `destructive` cannot be taken back. */
  readonly effect: 'set' | 'toggle' | 'append' | 'destructive';
  readonly guarantee: Guarantee;
  /** Milliseconds a lost request may still land; nothing is repeated before. */
  readonly quietMs: number;
  /** Milliseconds after which a step that neither succeeds nor fails halts its run. */
  readonly limitMs: number;
  /** The usual duration in milliseconds, until past runs tell better. */
  readonly usualMs: number;
  /** Milliseconds between two polls. */
  readonly pollMs: number;
  /** Imperative, for people: `Take a safety backup of shop`. The plan finds words of its own where it is missing. */
  title?(input: Json): string;
  /** True when a second person is asked right before it runs, whatever was approved: a database restore. */
  readonly asksAgain?: boolean;
  /** True when it only makes a copy beside what is there, so that there is nothing to take back. */
  readonly copies?: true;
  /** True when a person does it, as `manual` says, and reports it: the run waits there, and `submit` is never called. */
  readonly byHand?: true;
  /** Reads only. */
  describe(input: Json, signal: AbortSignal): Promise<readonly Change[]>;
  /** Reads only. */
  preflight(input: Json, signal: AbortSignal): Promise<readonly Check[]>;
  /** Reads only; the ground on which drift and recovery are judged. */
  observe(input: Json, signal: AbortSignal): Promise<Observation>;
  /**
   * Makes exactly one mutating call, without retries of its own.
   * @throws OutsideError; only where `surelyNotDone` may the engine take it that nothing happened.
   */
  submit(input: Json, intent: Intent, signal: AbortSignal): Promise<Handle>;
  /** Reads only. A throw says nothing about the operation; the engine recovers. */
  poll(handle: Handle, signal: AbortSignal): Promise<Progress>;
  /** Reads only. What became of the intent, judged by a fresh look. Never guesses: `unknown` is an answer. */
  recover(
    input: Json,
    intent: Intent,
    handle: Handle | undefined,
    signal: AbortSignal,
  ): Promise<Recovery>;
  /** Missing where nothing can end it, such as a request that the vendor carries out. */
  readonly ending?: Ending;
  /** The call that takes it back, where there is one. */
  undo?(input: Json): OperationCall;
  /**
   * What taking it back by `undo` would hide or write over: the copies to be taken first, each a step of its own, and what would
   * be lost, one sentence each. Reads only.
   */
  beforeUndo?(
    input: Json,
    undo: OperationCall,
    signal: AbortSignal,
  ): Promise<{ readonly copies: readonly OperationCall[]; readonly losses: readonly string[] }>;
  /** The exact steps for a person, when automation cannot. */
  manual(input: Json): string;
}

/**
 * The usual recovery judgement for an operation whose effect can be read back:
 * expected state seen = done, earlier state seen = not started, moving = in flight, anything else = diverged.
 */
export function recoverByLooking(seen: Observation, intent: Intent): Recovery {
  if (seen.moving) return { state: 'in-flight', note: seen.note };
  if (seen.fingerprint === intent.expected) return { state: 'done' };
  if (seen.fingerprint === intent.before) return { state: 'not-started' };
  return { state: 'diverged', reason: `Found ${seen.note}, which this step did not make.` };
}
