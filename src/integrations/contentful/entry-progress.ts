import { isDeepStrictEqual } from 'node:util';
import type { Contentful } from './client.ts';
import { type Item, isPublishedAsIs } from './content.ts';
import { readEntries } from './list-content.ts';
import type { EntryToRevert, RevertInput } from './revert-input.ts';
import { readSnapshot, type Snapshot } from './snapshots.ts';

/** Snapshots are read so many at once. */
const AT_ONCE = 4;

/**
 * How far one entry has come: untouched since the plan, its fields written back but not published, there, or touched by
 * somebody else.
 */
export type Stage = 'untouched' | 'written' | 'done' | 'foreign';

export interface EntryProgress {
  readonly wanted: EntryToRevert;
  readonly stage: Stage;
  /** Untouched, with edits that nobody published and that Contentful keeps nowhere else. */
  readonly wouldLose: boolean;
  /** What is there in words, for `foreign`. */
  readonly note: string;
}

/** Looks at every entry; a snapshot is read only where the entry is no longer at the version of the plan. */
export async function readProgress(
  contentful: Contentful,
  { environment, entries }: RevertInput,
  signal: AbortSignal,
): Promise<readonly EntryProgress[]> {
  const ids = entries.map(({ id }) => id);
  const found = new Map(
    (await readEntries(contentful, environment, ids, signal)).map((item) => [item.sys.id, item]),
  );
  const progress: EntryProgress[] = [];
  for (let from = 0; from < entries.length; from += AT_ONCE) {
    const batch = entries.slice(from, from + AT_ONCE).map(async (wanted) => {
      const item = found.get(wanted.id);
      const snapshot = await snapshotFor(contentful, environment, wanted, item, signal);
      return progressOf(wanted, item, snapshot);
    });
    progress.push(...(await Promise.all(batch)));
  }
  return progress;
}

/** How far an entry has come, judged by its version, what is published, and its fields. */
export function progressOf(
  wanted: EntryToRevert,
  item: Item | undefined,
  snapshot: Snapshot | undefined,
): EntryProgress {
  if (!item)
    return { wanted, stage: 'foreign', wouldLose: false, note: `entry ${wanted.id} is deleted` };
  if (item.sys.archivedAt !== undefined) {
    return { wanted, stage: 'foreign', wouldLose: false, note: `entry ${wanted.id} is archived` };
  }
  const stage = stageOf(wanted, item, snapshot);
  // Only what is written over is lost: taken off the site, an entry keeps its draft.
  const wouldLose =
    stage === 'untouched' && wanted.snapshot !== undefined && !isPublishedAsIs(item);
  return { wanted, stage, wouldLose, note: noteOf(item) };
}

function stageOf(wanted: EntryToRevert, item: Item, snapshot: Snapshot | undefined): Stage {
  if (wanted.snapshot === undefined && item.sys.publishedVersion === undefined) return 'done';
  if (item.sys.version === wanted.version) return 'untouched';
  if (!snapshot || !isDeepStrictEqual(item.fields, snapshot.snapshot.fields)) return 'foreign';
  if (isPublishedAsIs(item)) return 'done';
  return item.sys.version === wanted.version + 1 ? 'written' : 'foreign';
}

function noteOf({ sys }: Item): string {
  return `entry ${sys.id} at version ${sys.version}${sys.publishedVersion === undefined ? ', not published' : ''}`;
}

/** The snapshot an entry is compared with, where it must be. */
export async function snapshotFor(
  contentful: Contentful,
  environment: string,
  wanted: EntryToRevert,
  item: Item | undefined,
  signal: AbortSignal,
): Promise<Snapshot | undefined> {
  if (wanted.snapshot === undefined || !item || item.sys.version === wanted.version) {
    return undefined;
  }
  const { id: entry, snapshot } = wanted;
  return readSnapshot(contentful, { environment, entry, snapshot }, signal);
}
