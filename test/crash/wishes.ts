/** What is asked of a run of the crash test, by its environment. */

import { availableParallelism } from 'node:os';

export interface Wishes {
  /** Names of stories (`CRASH_STORIES=drift,quick-fix`); all of them unless given. */
  readonly stories: readonly string[] | undefined;
  /** Words in the name of a point (`CRASH_AT='POST slotsswap'`). */
  readonly at: string;
  /** Every point, also those that are the same case as another (`CRASH_ALL=1`). */
  readonly all: boolean;
  /** How many stories are told at once (`CRASH_WIDTH`). */
  readonly width: number;
  /** Only every n-th case, beginning with the k-th (`CRASH_SHARD=k/n`, k from 0). */
  readonly shard: { readonly first: number; readonly of: number };
  /** Puts the tables into docs/reliability.md (`CRASH_WRITE=1`). */
  readonly write: boolean;
}

/** @throws Error when a wish makes no sense. */
export function wishesOf(env: Readonly<Record<string, string | undefined>>): Wishes {
  const [first = 0, of = 1] = (env['CRASH_SHARD'] ?? '0/1').split('/').map(Number);
  const width = Number(env['CRASH_WIDTH'] ?? 2 * availableParallelism());
  if (!(first >= 0 && first < of && width >= 1)) {
    throw new Error('CRASH_SHARD is k/n with k below n, such as 0/4; CRASH_WIDTH is 1 or more.');
  }
  return {
    stories: env['CRASH_STORIES']?.split(','),
    at: env['CRASH_AT'] ?? '',
    all: env['CRASH_ALL'] === '1',
    width,
    shard: { first, of },
    write: env['CRASH_WRITE'] === '1',
  };
}
