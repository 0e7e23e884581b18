import type { Component, Version } from '../component.ts';
import { messageOf } from '../errors.ts';
import type { PlannedComponent } from '../plan.ts';
import { readSignal } from './reads.ts';

/**
 * What changed between two versions, from the component that knows changes (its own port, else the environment's
 * repository). A plan does not wait for it: where it cannot be read, the reason is shown instead.
 */
export async function changesBetween(
  components: readonly Component[],
  component: Component,
  target: Version,
  live: Version,
  signal: AbortSignal,
): Promise<Pick<PlannedComponent, 'changes' | 'changesUnknown'>> {
  const changes = component.changes ?? components.find((c) => c.changes)?.changes;
  if (!changes) return { changesUnknown: 'No repository is configured for this environment.' };
  if (!target.commit || !live.commit) {
    const without = target.commit ? live : target;
    return { changesUnknown: `Nobody recorded which commit ${without.label} was built from.` };
  }
  // A rollback goes from the newer to the older, a roll-forward the other way; people want to read what differs.
  const [older, newer] = (target.since ?? 0) <= (live.since ?? 0) ? [target, live] : [live, target];
  try {
    const set = await changes.between(older.commit ?? '', newer.commit ?? '', readSignal(signal));
    return { changes: set };
  } catch (error) {
    return { changesUnknown: messageOf(error) };
  }
}
