/** A plan says exactly what will change, in which order, and how to take it back. An approval binds to its hash. */

import { createHash } from 'node:crypto';
import type { ChangeSet, Version } from './component.ts';
import type { Change, Check, Guarantee, Json, Operation, OperationCall } from './operation.ts';
import type { ReleasePart } from './release.ts';

/**
 * `rollback` puts an earlier version back; `roll-forward` takes a rollback back; `quick-fix` opens the hotfix branch; `release`
 * captures and holds; `mitigation` buys time: flags, restarts, more instances.
 */
export type PlanKind =
  | 'rollback'
  | 'roll-forward'
  | 'undo'
  | 'quick-fix'
  | 'verify'
  | 'release'
  | 'mitigation';

export interface PlannedStep {
  readonly id: string;
  /** Imperative, for people: `Swap staging into production`. */
  readonly title: string;
  readonly component: string;
  readonly call: OperationCall;
  /** Ids of the steps that must have ended before this one starts. */
  readonly after: readonly string[];
  readonly effect: Operation['effect'];
  readonly guarantee: Guarantee;
  /** Fingerprint of the component when the plan was made; a difference is drift. */
  readonly before: string;
  readonly expected: string;
  readonly checks: readonly Check[];
  readonly changes: readonly Change[];
  /** Expected duration, milliseconds. */
  readonly usualMs: number;
  readonly manual: string;
  /** True when a second person is asked right before it runs. */
  readonly asksAgain?: boolean;
  /** True when a person does it, and reports it. */
  readonly byHand?: true;
  /** True when Backstop takes nothing of it back: it only makes a copy, or there is no way back. */
  readonly noWayBack?: true;
  /** What is left behind where it is ended before it is done; missing where nothing can end it. */
  readonly endingLeaves?: string;
  /** The id of the step whose hold it releases; it runs also when the run is cancelled. */
  readonly releases?: string;
  /** Steps of one group stand or fall together: when one fails for good, the others are put back. */
  readonly group?: string;
}

export interface PlannedComponent {
  readonly id: string;
  readonly title: string;
  readonly live: Version;
  readonly target: Version;
  readonly changes?: ChangeSet;
  /** Why `changes` is missing, where it could not be read. */
  readonly changesUnknown?: string;
}

export interface PlanContent {
  readonly kind: PlanKind;
  readonly service: string;
  readonly environment: string;
  /** One line: `Put checkout back to 2.3.1`. */
  readonly title: string;
  readonly components: readonly PlannedComponent[];
  readonly steps: readonly PlannedStep[];
  /** What would be lost by carrying it out; empty when nothing is. */
  readonly losses: readonly string[];
  readonly undo: string;
  /** What to know before deciding: what changed since an earlier plan, what speaks against the target. */
  readonly notes?: readonly string[];
  /** Of kind `release`: what it is for. */
  readonly part?: ReleasePart;
  /** Of kind `rollback`: the release whose restore point it goes back to. */
  readonly release?: string;
  /** The restore points that data or content go back to; times are epoch milliseconds. */
  readonly points?: readonly {
    readonly component: string;
    readonly label: string;
    readonly capturedAt: number;
  }[];
}

export interface Plan extends PlanContent {
  readonly id: string;
  readonly madeAt: number;
  readonly hash: string;
}

/** A plan without steps, whose run only verifies: after a fix that people deployed themselves. */
export function verifyOnly(service: string, environment: string): PlanContent {
  return {
    kind: 'verify',
    service,
    environment,
    title: `Verify ${service} ${environment}`,
    components: [],
    steps: [],
    losses: [],
    undo: 'Nothing is changed.',
  };
}

/**
 * The hash an approval binds to: over everything the plan shows and the state it was made against.
 * Two plans with the same hash would do the same to the same world.
 */
export function hashPlan(content: PlanContent): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** JSON with sorted keys and no `undefined`, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner as Record<string, Json>).sort(([a], [b]) => (a < b ? -1 : 1)),
        )
      : inner,
  );
}

/** The blocking checks that did not pass: with any of them the plan must not run. A blocking unknown blocks. */
export function blockersOf(
  plan: Pick<PlanContent, 'steps'>,
): readonly (Check & { readonly step: string })[] {
  return plan.steps.flatMap((step) =>
    step.checks.filter(isBlocking).map((check) => ({ ...check, step: step.id })),
  );
}

/** Whether it stands in the way. */
export function isBlocking({ blocking, verdict }: Check): boolean {
  return blocking && (verdict === 'fail' || verdict === 'unknown');
}

/** What to know of a step, besides what it changes, before it is agreed to. Short, for people. */
export function traitsOf({ effect, guarantee, asksAgain, byHand }: PlannedStep): readonly string[] {
  return [
    ...(effect === 'destructive' ? ['cannot be taken back'] : []),
    ...(guarantee === 'blind' && !byHand
      ? ['cannot be looked at, so a lost answer is for a person to judge']
      : []),
    ...(asksAgain ? ['asks a second person right before'] : []),
    ...(byHand ? ['done by a person'] : []),
  ];
}

/** Expected duration of the whole plan in milliseconds: the longest chain of steps. */
export function expectedMs(plan: PlanContent): number {
  const ends = new Map<string, number>();
  for (const step of inOrder(plan.steps)) {
    const start = Math.max(0, ...step.after.map((id) => ends.get(id) ?? 0));
    ends.set(step.id, start + step.usualMs);
  }
  return Math.max(0, ...ends.values());
}

/**
 * The steps so that each comes after those it waits for.
 * @throws Error when the graph has a cycle or names a step that is not there: a mistake in a planner, never user input.
 */
export function inOrder(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const placed = new Map<string, PlannedStep>();
  let left = [...steps];
  while (left.length > 0) {
    const ready = left.filter((step) => step.after.every((id) => placed.has(id)));
    if (ready.length === 0) {
      throw new Error(`Steps wait for each other: ${left.map((step) => step.id).join(', ')}`);
    }
    for (const step of ready) placed.set(step.id, step);
    left = left.filter((step) => !placed.has(step.id));
  }
  return [...placed.values()];
}
