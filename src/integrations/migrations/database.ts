/** One database whose schema migrations made: what ran, what the older release knows, and what has to go. */

import { setTimeout as sleep } from 'node:timers/promises';
import { createJobs, type Jobs } from '../command/jobs.ts';
import type { SafetyOf } from '../safety-backup.ts';
import { readingIn } from './reader.ts';
import type { MigrationsSettings } from './schema.ts';
import type { Migration, Reading, Tool } from './tool.ts';

export interface Migrated {
  readonly settings: MigrationsSettings;
  readonly tool: Tool;
  readonly jobs: Jobs;
  /** Where the safety backup comes from; undefined where the settings say why there is none. */
  readonly safety: SafetyOf | undefined;
  /** Whether a migration is taken back as a whole or not at all. */
  readonly isTransactional: boolean;
  /** In the newer release's code. */
  reading(signal: AbortSignal): Reading;
  /** Every migration that ran or that the newer code knows, oldest first. @throws OutsideError */
  history(signal: AbortSignal): Promise<readonly Migration[]>;
  /** What the older release's code knows; undefined where the settings do not say where it is. @throws OutsideError */
  knownToOlder(signal: AbortSignal): Promise<ReadonlySet<string> | undefined>;
  /** What was read so far may be outdated: something was just changed. */
  forget(): void;
}

export function createMigrated(
  settings: MigrationsSettings,
  tool: Tool,
  safety: SafetyOf | undefined,
): Migrated {
  const { newer, older } = settings;
  let under: Promise<readonly Migration[]> | undefined;

  /** Looks at the same moment share one run of the tool, which may take seconds to start. */
  function shared(): Promise<readonly Migration[]> {
    if (under) return under;
    const limit = AbortSignal.timeout(settings.readSeconds * 1000 + LEEWAY_MS);
    const read = tool.history(readingIn(settings, tool, newer, limit));
    under = read;
    const done = () => {
      if (under === read) under = undefined;
    };
    read.then(done, done);
    return read;
  }

  return {
    settings,
    tool,
    safety,
    jobs: createJobs(),
    isTransactional: settings.transactional ?? tool.transactional,
    reading: (signal) => readingIn(settings, tool, newer, signal),
    async history(signal) {
      signal.throwIfAborted();
      return unlessAborted(shared(), signal);
    },
    async knownToOlder(signal) {
      if (older === undefined) return undefined;
      return tool.known(readingIn(settings, tool, older, signal));
    },
    forget() {
      under = undefined;
    },
  };
}

const LEEWAY_MS = 5_000;
const A_DAY_MS = 86_400_000;

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = new AbortController();
  const waiting = sleep(A_DAY_MS, undefined, {
    ref: false,
    signal: AbortSignal.any([signal, over.signal]),
  }).catch(() => undefined);
  try {
    const aborted = waiting.then((): never => {
      signal.throwIfAborted();
      throw new Error('Waiting ended before the read.');
    });
    aborted.catch(() => undefined);
    return await Promise.race([work, aborted]);
  } finally {
    over.abort();
  }
}

export interface Course {
  /** To be taken back, newest first. */
  readonly take: readonly Migration[];
  /** Stays although the target does not know it. */
  readonly stays: readonly Migration[];
  /** Declared compatible, and has to go all the same. */
  readonly dragged: readonly Migration[];
}

/**
 * What has to be taken back so that only what `keeps` says is left. Declared ones stay, unless one that has to go is older:
 * taking a migration back from under a newer one is something no tool tests.
 */
export function courseTo(
  { settings, tool }: Pick<Migrated, 'settings' | 'tool'>,
  history: readonly Migration[],
  keeps: (name: string) => boolean,
): Course {
  const isCompatible = ({ name }: Migration): boolean => settings.compatible.includes(name);
  const surplus = history.filter(({ name, state }) => state !== 'pending' && !keeps(name));
  const goes = new Set<string>();
  for (const migration of surplus) {
    if (isCompatible(migration) && !goes.has(migration.name)) continue;
    goes.add(migration.name);
    for (const { name } of tool.newerThan(history, migration.name)) goes.add(name);
  }
  const take = history.filter(({ name }) => goes.has(name)).toReversed();
  return {
    take,
    stays: surplus.filter(({ name }) => !goes.has(name)),
    dragged: take.filter(isCompatible),
  };
}

/** What a plan says of a course: what stays and why. */
export function remarksOn(
  { settings, tool }: Pick<Migrated, 'settings' | 'tool'>,
  { take, stays, dragged }: Course,
): readonly string[] {
  return [
    ...stays.map(
      ({ name }) =>
        `Migration ${name} stays: backstop.yaml declares that older code can run with it.`,
    ),
    ...dragged.map(
      ({ name }) =>
        `Migration ${name} is declared compatible, but goes too: an older one that has to go is below it.`,
    ),
    ...(take.length > 0 && tool.remark !== undefined ? [tool.remark] : []),
    ...(take.length > 0 && settings.withoutBackup !== undefined
      ? [`No safety backup comes before the migrations: ${settings.withoutBackup}.`]
      : []),
  ];
}
