/** What telling a timeline needs from one event to the next. */

import type { Answers } from '../assessment.ts';
import type { Plan } from '../plan.ts';

export type TimelineKind =
  | 'incident'
  | 'people'
  | 'assessment'
  | 'severity'
  | 'decision'
  | 'status'
  | 'plan'
  | 'approval'
  | 'run'
  | 'step'
  | 'verification'
  | 'monitoring'
  | 'quick-fix'
  | 'note';

export interface Telling {
  readonly kind: TimelineKind;
  readonly what: string;
  readonly why?: string | undefined;
  /** Events of one group that say the same become one entry. */
  readonly group?: {
    readonly key: string;
    readonly is: string;
    /** Begins an entry, whatever came before. */
    readonly opens?: boolean;
    /** Adds its sentence to the entry rather than counting. */
    readonly joins?: boolean;
  };
}

/** What was told so far, as far as later sentences need it. */
export interface Thread {
  answers: Answers;
  readonly plans: Map<string, Plan>;
  /** The plan of each run. */
  readonly runs: Map<string, string>;
  /** How often each step was begun, by run and step. */
  readonly attempts: Map<string, number>;
  /** Verification rounds told so far start anew with each verification. */
  verifications: number;
}

export function createThread(): Thread {
  return { answers: {}, plans: new Map(), runs: new Map(), attempts: new Map(), verifications: 0 };
}
