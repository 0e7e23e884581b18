import type { RestorePoint, RestorePoints } from '../../component.ts';
import { Refusal } from '../../errors.ts';
import type { Json, OperationCall } from '../../operation.ts';
import type { Contentful } from './client.ts';
import { cloneCall, deleteCall } from './clone-input.ts';
import { readEntry } from './content.ts';
import {
  type EnvironmentState,
  ownClones,
  readAlias,
  readEnvironments,
  timeOf,
} from './environments.ts';
import { exportCall, exportName } from './export-input.ts';
import { readLosses } from './losses.ts';
import { repointCall } from './repoint-alias.ts';
import { REVERT_ENTRIES } from './revert-input.ts';
import { readSnapshots } from './snapshots.ts';

/** Clones to go back to, and what can be done without one. */
export interface ContentRestorePoints extends RestorePoints {
  /**
   * The call that puts chosen entries back to what was published last before `since` (epoch milliseconds), or takes them
   * off the site where nothing was. For when no clone is left. It refuses to run unless `exportedIn` keeps how they are now.
   * Reads only.
   * @throws OutsideError, `not-found` when one of the entries is deleted; Refusal for one of which nobody can tell what was
   *   published then.
   */
  revertEntries(
    entries: readonly string[],
    since: number,
    exportedIn: string,
    signal: AbortSignal,
  ): Promise<OperationCall>;
}

/** Restore points of the content behind the alias: environments whose ids begin with the prefix. */
export function createRestorePoints(contentful: Contentful): ContentRestorePoints {
  /** What was live when a restore point was listed: the way back from it. */
  const liveWhenListed = new Map<string, string>();

  return {
    async list(signal) {
      const [{ target }, environments] = await Promise.all([
        readAlias(contentful, signal),
        readEnvironments(contentful, signal),
      ]);
      return ownClones(contentful, environments).map((clone) => {
        if (clone.id !== target) liveWhenListed.set(clone.id, target);
        return pointOf(clone, target, contentful.alias);
      });
    },

    capture: (name) => cloneCall(contentful.prefix, name),

    // What is live now stays as it is, and the alias can be pointed back at it; the export outlives it too.
    restore({ id, capturedAt }) {
      const live = liveWhenListed.get(id);
      const file = exportName(contentful.space, new Date());
      const since = new Date(capturedAt).toISOString();
      return [
        exportCall({ file, environment: live, of: { since } }),
        repointCall({ environment: id, replaces: live, exported: file, since }),
      ];
    },

    discard: ({ id, capturedAt }) => deleteCall(id, capturedAt),

    losses: ({ id, capturedAt }, signal) => readLosses(contentful, id, capturedAt, signal),

    async revertEntries(ids, since, exportedIn, signal) {
      const { target } = await readAlias(contentful, signal);
      const entries: Json[] = [];
      for (const id of ids) entries.push(await wayBack(contentful, target, id, since, signal));
      const input = { environment: target, entries, exported: exportedIn };
      return { operation: REVERT_ENTRIES, input };
    },
  };
}

function pointOf(clone: EnvironmentState, live: string, alias: string): RestorePoint {
  const point = { id: clone.id, label: clone.name, capturedAt: clone.createdAt };
  if (clone.id === live) {
    return { ...point, available: false, reason: `Alias ${alias} points at it: it is live.` };
  }
  if (clone.status === 'failed') {
    const reason = 'Contentful could not clone it.';
    return { ...point, available: false, reason, isLeftover: true };
  }
  if (clone.status === 'cloning') {
    return { ...point, available: false, reason: 'Contentful is still cloning it.' };
  }
  return { ...point, available: true, reason: `It would take over from ${live}.` };
}

async function wayBack(
  contentful: Contentful,
  environment: string,
  id: string,
  since: number,
  signal: AbortSignal,
): Promise<Json> {
  const entry = await readEntry(contentful, environment, id, signal);
  const snapshots = await readSnapshots(contentful, environment, id, signal);
  const before = snapshots.find(({ sys }) => sys.createdAt < since);
  const { version, firstPublishedAt } = entry.sys;
  if (before !== undefined) return { id, version, snapshot: before.sys.id };
  // Another environment than the one behind `master` has no snapshots, and a clone begins without: that says nothing.
  if (firstPublishedAt !== undefined && firstPublishedAt < since) {
    const words = `Entry ${id} was published first at ${timeOf(firstPublishedAt)}, and Contentful has no snapshot of it in ${environment} from before ${timeOf(since)}: Backstop would have to take it off the site, and does not. Put it back by hand, or go back to a restore point.`;
    throw new Refusal('not-possible', words, 'value');
  }
  return { id, version };
}
