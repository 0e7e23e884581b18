/** What is due by the clock, read from state alone, so that a restart forgets nothing and does nothing twice. */

import { type Incident, isOpen } from '../incident.ts';
import type { Monitor } from '../monitor.ts';
import { activePlaybook } from '../playbook-progress.ts';
import { playbookDueAt } from '../playbook-waits.ts';
import { runsAgainstTheClock } from './quick-fix.ts';

export type Deadline =
  | { readonly at: number; readonly kind: 'approval'; readonly plan: string }
  | { readonly at: number; readonly kind: 'quick-fix' }
  | { readonly at: number; readonly kind: 'monitor'; readonly window: string }
  | { readonly at: number; readonly kind: 'playbook'; readonly number: number };

/** The incident's deadlines, in no order; those in the past are due now. */
export function deadlines(incident: Incident): readonly Deadline[] {
  if (!isOpen(incident)) return [];
  const due: Deadline[] = [];
  for (const proposal of incident.proposals) {
    if (proposal.state === 'requested' && proposal.until !== undefined) {
      due.push({ at: proposal.until, kind: 'approval', plan: proposal.plan.id });
    }
  }
  if (incident.quickFix && runsAgainstTheClock(incident)) {
    due.push({ at: incident.quickFix.until, kind: 'quick-fix' });
  }
  for (const window of incident.monitor?.windows ?? []) {
    const at = nextReading(window);
    if (at !== undefined) due.push({ at, kind: 'monitor', window: window.name });
  }
  const playbook = activePlaybook(incident.playbooks);
  const at = playbook && playbookDueAt(incident, playbook);
  if (playbook && at !== undefined) due.push({ at, kind: 'playbook', number: playbook.number });
  return due;
}

/**
 * When a monitor window is read next: every `every` from `from`, the last time at `until`. A reading that came late, such
 * as after a restart, stands for all that were missed. Undefined once the window has ended.
 */
export function nextReading(window: Monitor['windows'][number]): number | undefined {
  if (window.passed !== undefined) return undefined;
  const { from, every, lastReadAt } = window;
  if (lastReadAt === undefined) return from;
  const taken = Math.floor((lastReadAt - from) / every) + 1;
  return Math.min(from + taken * every, Math.max(window.until, from));
}
