/** What is due by the clock, read from state alone, so that a restart forgets nothing and does nothing twice. */

import { type Incident, isOpen } from '../incident.ts';

export type Deadline =
  | { readonly at: number; readonly kind: 'approval'; readonly plan: string }
  | { readonly at: number; readonly kind: 'quick-fix' }
  | { readonly at: number; readonly kind: 'monitor'; readonly window: string };

/** The incident's deadlines, in no order; those in the past are due now. */
export function deadlines(incident: Incident): readonly Deadline[] {
  if (!isOpen(incident)) return [];
  const due: Deadline[] = [];
  for (const proposal of incident.proposals) {
    if (proposal.state === 'requested' && proposal.until !== undefined) {
      due.push({ at: proposal.until, kind: 'approval', plan: proposal.plan.id });
    }
  }
  if (incident.quickFix?.state === 'running') {
    due.push({ at: incident.quickFix.until, kind: 'quick-fix' });
  }
  for (const window of incident.monitor?.windows ?? []) {
    if (window.passed !== undefined) continue;
    const next = window.lastReadAt === undefined ? window.from : window.lastReadAt + window.every;
    due.push({
      at: Math.min(next, Math.max(window.until, window.from)),
      kind: 'monitor',
      window: window.name,
    });
  }
  return due;
}
