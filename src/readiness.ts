/** Whether a service and environment could be rolled back right now, and how long it would take. */

import type { Verdict } from './operation.ts';

export interface ReadinessFinding {
  /** What was looked at: a plan, a restore point, a credential. */
  readonly what: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** What to do about it; empty when nothing is to be done. */
  readonly next: string;
  /** True for what a plan has to say beside its steps, which may be as it should be: settings that differ between slots. */
  readonly remark?: true;
}

export interface Readiness {
  readonly service: string;
  readonly environment: string;
  /** Milliseconds a rollback would take; undefined when none can be planned. */
  readonly expectedMs: number | undefined;
  readonly findings: readonly ReadinessFinding[];
}

/** The worst of what was found: `fail` means that a rollback would not work now. */
export function worstOf({ findings }: Readiness): Verdict {
  const order: readonly Verdict[] = ['fail', 'unknown', 'warn', 'pass'];
  return order.find((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? 'pass';
}
