/** The journal: the only record of what happened. Append-only, in one order, each row chained to the one before it. */

import type { Actor } from '../events.ts';

export interface NewEntry {
  readonly stream: string;
  readonly type: string;
  readonly actor: Actor;
  readonly data: unknown;
}

export interface Entry extends NewEntry {
  /** Position in the whole journal, from 1, without gaps. */
  readonly seq: number;
  /** Position in its stream, from 1, without gaps. */
  readonly version: number;
  /** Epoch milliseconds. */
  readonly at: number;
  /** SHA-256, hexadecimal, over this row and the hash of the row before it. */
  readonly hash: string;
}

/** One commit. All works that share the commit are given the same object, works of another commit another one. */
export interface Transaction {
  /** Everything after a position, in order: what other processes have written since, too. */
  after(seq: number): readonly Entry[];
  append(entries: readonly NewEntry[]): readonly Entry[];
  /** Remembers an outside delivery's id. False when it was seen before: the work must then change nothing. */
  once(delivery: string): boolean;
}

export interface Journal {
  /**
   * Runs `work` against the newest state and commits what it appended, durably, before the promise resolves.
   * Concurrent calls share one commit; each is all-or-nothing, and one that throws leaves the others untouched.
   * `work` must be pure but for `tx`: it may be run again where a store has to.
   * @throws JournalError when the store cannot commit; then nothing of it happened. What `work` throws is passed on.
   */
  transact<T>(work: (tx: Transaction) => T): Promise<T>;
  /** In order. @throws JournalError as all readings do, when the store cannot be read. */
  entriesOf(stream: string): readonly Entry[];
  /** One stream in order, read bit by bit at each walk, so that its length does not matter. */
  walk(stream: string, part?: StreamPart): Iterable<Entry>;
  /** The newest entry of a stream; of those up to a position of the journal, where one is given. */
  newestOf(stream: string, until?: number): Entry | undefined;
  /** Who acted in a stream, each as they were written down, with the position of the last time. */
  actorsOf(
    stream: string,
    until?: number,
  ): readonly { readonly actor: Actor; readonly seq: number }[];
  /** In order, read bit by bit: commits go on while somebody walks through. */
  after(seq: number): IterableIterator<Entry>;
  head(): { readonly seq: number; readonly hash: string };
  verify(): Verification;
  /** Commits what is queued, then closes. */
  close(): Promise<void>;
}

/** Which entries of a stream. */
export interface StreamPart {
  /** A position of the journal, included. */
  readonly until?: number;
  /** Types that are passed over. */
  readonly without?: readonly string[];
}

/** Whether the chain holds; if not, the first row that breaks it and how. */
export type Verification =
  | { readonly ok: true; readonly entries: number; readonly head: string }
  | {
      readonly ok: false;
      readonly seq: number;
      readonly what: 'altered' | 'missing' | 'reordered';
      readonly detail: string;
    };
