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
  [older, newer]: readonly [older: Version, newer: Version],
  signal: AbortSignal,
): Promise<Pick<PlannedComponent, 'changes' | 'changesUnknown'>> {
  const changes = component.changes ?? components.find((c) => c.changes)?.changes;
  if (!changes) return { changesUnknown: 'No repository is configured for this environment.' };
  if (!older.commit || !newer.commit) {
    const without = older.commit ? newer : older;
    return { changesUnknown: `Nobody recorded which commit ${without.label} was built from.` };
  }
  try {
    return { changes: await changes.between(older.commit, newer.commit, readSignal(signal)) };
  } catch (error) {
    return { changesUnknown: messageOf(error) };
  }
}
