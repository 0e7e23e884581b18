/** What Backstop has to know of a migration tool. */

import type { OutsideErrorKind } from '../../errors.ts';

export interface Migration {
  /** As the tool is given it. */
  readonly name: string;
  /** `failed`: it began, and neither ran to its end nor was taken back. */
  readonly state: 'applied' | 'pending' | 'failed';
  /** Whether the code that was asked has its file, and so knows the way down. */
  readonly isKnown: boolean;
}

/** What a tool answered to a read. */
export interface Answer {
  readonly code: number;
  readonly out: string;
  /** Both outputs, secrets redacted. */
  readonly said: string;
}

/** Reads in the directory of one release. */
export interface Reading {
  readonly migrations: string;
  /** Runs the tool with these arguments. */
  ask(...args: readonly string[]): Promise<Answer>;
  /** The names in a directory below the code's. */
  list(path: string): Promise<readonly string[]>;
  /** The text of a file below the code's, undefined where there is none. */
  read(path: string): Promise<string | undefined>;
  /** The error to throw where an answer is none. */
  unusable(answer: Answer, kind?: OutsideErrorKind, next?: string): Error;
}

/** What a tool's own words say about its try to take a migration back. What is believed is a fresh look. */
export type Outcome = 'taken back' | 'nothing to take back' | 'failed';

export interface Step {
  readonly migration: Migration;
  readonly history: readonly Migration[];
  readonly migrations: string;
  readonly downScript: string;
  readonly prismaSchema?: string | undefined;
}

export interface Tool {
  readonly title: string;
  /** The usual place of migrations below the code. */
  readonly migrations: string;
  /** Whether a migration that fails on its way down leaves nothing behind, on PostgreSQL. */
  readonly transactional: boolean;
  /** Every migration that ran or that the code knows, oldest first. */
  history(reading: Reading): Promise<readonly Migration[]>;
  /** The names that a release's code knows. */
  known(reading: Reading): Promise<ReadonlySet<string>>;
  /** The arguments of the one call that takes one migration back. */
  down(step: Step): readonly string[];
  outcome(answer: Answer): Outcome;
  /** The part of what it said on a failure that tells why; its last lines where it is missing. */
  telling?(said: string): string;
  /** Why it cannot be taken back alone, as far as the tool tells beforehand. */
  obstacle?(reading: Reading, step: Step): Promise<string | undefined>;
  /** What an approver should know of the way down. */
  readonly remark?: string;
  /** Applied migrations that would have to go first, or would go with it. */
  newerThan(history: readonly Migration[], name: string): readonly Migration[];
}

/** All that is applied after it in the order of the history. */
export function appliedAfter(history: readonly Migration[], name: string): readonly Migration[] {
  const at = history.findIndex((each) => each.name === name);
  return history.slice(at + 1).filter(({ state }) => state !== 'pending');
}

/** By name, as tools order migrations whose names begin with the time they were written. */
export function byName(all: readonly Migration[]): readonly Migration[] {
  return [...all].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
