/** What telling a timeline needs from one event to the next. */

import type { Answers } from '../assessment.ts';
import type { Status } from '../events.ts';
import type { Plan } from '../plan.ts';
import type { Playbook } from '../playbook.ts';

export const TIMELINE_KINDS = [
  'incident',
  'people',
  'assessment',
  'severity',
  'decision',
  'status',
  'plan',
  'approval',
  'run',
  'freeze',
  'step',
  'verification',
  'monitoring',
  'quick-fix',
  'note',
] as const;

export type TimelineKind = (typeof TIMELINE_KINDS)[number];

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
    /** Becomes a part of the entry rather than counting: with words behind it, in place of those it has, or without any. */
    readonly joins?: { readonly adds?: string; readonly instead?: string };
    /** Takes the words of the entry away, which these put in their place; it gets an entry of its own besides. */
    readonly withdraws?: string;
  };
}

/** What was told so far, as far as later sentences need it. */
export interface Thread {
  answers: Answers;
  status: Status;
  readonly plans: Map<string, Plan>;
  /** In the order they were started. */
  readonly playbooks: Playbook[];
  /** What each freeze is of, and where it was last brought. */
  readonly freezes: Map<string, { readonly what: string; readonly to: 'set' | 'lifted' }>;
  /** What each task is about. */
  readonly tasks: Map<string, string>;
  /** The plan of each run. */
  readonly runs: Map<string, string>;
  /** Why each run was cancelled that was. */
  readonly cancelled: Map<string, string>;
  /** How often each step was begun, by run and step. */
  readonly attempts: Map<string, number>;
  /** From when until when each monitor window is, by its name. */
  readonly windows: Map<string, string>;
  /** Verification rounds told so far start anew with each verification. */
  verifications: number;
}

export function createThread(): Thread {
  return {
    answers: {},
    status: 'investigating',
    plans: new Map(),
    playbooks: [],
    freezes: new Map(),
    tasks: new Map(),
    runs: new Map(),
    cancelled: new Map(),
    attempts: new Map(),
    windows: new Map(),
    verifications: 0,
  };
}
