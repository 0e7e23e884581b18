/** The clock of a quick fix: how long people try to mend forward before they roll back (guide 000). */

import type { Recorded } from './events.ts';

export interface QuickFix {
  readonly number: number;
  readonly branch: string;
  readonly startedAt: number;
  readonly until: number;
  readonly state: 'running' | 'time-up' | 'deployed';
}

type QuickFixEvent = Extract<Recorded, { type: `quick-fix.${string}` }>;

/** The quick fix after one more event. @throws Error when the first one does not start it. */
export function applyToQuickFix(quickFix: QuickFix | undefined, event: QuickFixEvent): QuickFix {
  if (event.type === 'quick-fix.started') {
    const { branch, until } = event.data;
    const number = (quickFix?.number ?? 0) + 1;
    return { number, branch, until, startedAt: event.at, state: 'running' };
  }
  if (!quickFix) throw new Error(`${event.stream} has no quick fix`);
  switch (event.type) {
    case 'quick-fix.ended':
      return { ...quickFix, state: 'time-up' };
    case 'quick-fix.extended':
      return { ...quickFix, state: 'running', until: event.data.until };
    case 'quick-fix.deployed':
      return { ...quickFix, state: 'deployed' };
  }
}
