/** The plans that were shown in an incident, what each would change, and what became of it. */

import type { Recorded } from '../events.ts';
import type { Incident } from '../incident.ts';
import type { Verdict } from '../operation.ts';
import {
  expectedMs,
  type Plan,
  type PlanKind,
  type PlannedComponent,
  type PlannedStep,
} from '../plan.ts';
import { differencesBetween } from '../plan-difference.ts';
import type { Proposal } from '../proposal.ts';
import { type Moment, momentOf } from '../timeline/moment.ts';
import type { PlainWords } from '../timeline/plain-words.ts';
import { sentence } from '../timeline/wording.ts';

export interface PlanRecord {
  readonly id: string;
  readonly kind: PlanKind;
  readonly title: string;
  readonly hash: string;
  readonly shownAt: Moment;
  readonly shownBy: string;
  /** Expected duration in milliseconds. */
  readonly expectedMs: number;
  /** What it would put back, or forward. */
  readonly components: readonly {
    readonly title: string;
    readonly from: string;
    readonly to: string;
  }[];
  readonly steps: readonly PlannedStepRecord[];
  /** What it would lose; empty when nothing. */
  readonly losses: readonly string[];
  /** True once a step was begun that is more than a copy, so that what would be lost may be. */
  readonly mayHaveLost: boolean;
  readonly undo: string;
  readonly request?: { readonly by: string; readonly at: Moment; readonly until: Moment };
  readonly approvals: readonly ApprovalRecord[];
  readonly fate: Proposal['state'];
  /** The fate in a sentence. */
  readonly fateWords: string;
  /** The plan before it, where that went out of date before anything of it was carried out, and what is different from it. */
  readonly insteadOf?: { readonly plan: string; readonly different: readonly string[] };
}

interface PlannedStepRecord {
  readonly id: string;
  readonly title: string;
  readonly component: string;
  /** True for what is held while the plan is carried out, and its release. */
  readonly isHold: boolean;
  /** Set for what only takes a copy, a backup or an export, and so changes nothing for people. */
  readonly isCopy?: true;
  readonly changes: readonly {
    readonly what: string;
    readonly from: string;
    readonly to: string;
  }[];
  /** The preflight checks that did not simply pass. */
  readonly warnings: readonly {
    readonly name: string;
    readonly verdict: Verdict;
    readonly reason: string;
  }[];
}

export interface ApprovalRecord {
  readonly by: string;
  readonly at: Moment;
  /** Break-glass: went ahead without the approvals the policy asks for, for this reason. */
  readonly breakGlass?: string;
}

/** What lies between the release that was suspected and the one to go back to. */
export interface ReleaseChange {
  readonly component: string;
  readonly suspect: string;
  readonly target: string;
  readonly commits: readonly {
    readonly id: string;
    readonly title: string;
    readonly author: string;
  }[];
  readonly pullRequests: readonly {
    readonly number: number;
    readonly title: string;
    readonly author: string;
    readonly url: string;
  }[];
  readonly url?: string;
  readonly truncated: boolean;
  /** Why the changes are missing, where they could not be read. */
  readonly unknown?: string;
}

/** A plan that could not be made. */
export interface RefusedPlan {
  readonly at: Moment;
  readonly reason: string;
}

/** Every plan of the incident, oldest first. */
export function plansOf(incident: Incident, words: PlainWords): readonly PlanRecord[] {
  return incident.proposals.map((proposal, index): PlanRecord => {
    const before = outdatedBefore(incident, index);
    const { plan, requestedBy, requestedAt, until } = proposal;
    const held = new Set(plan.steps.map(({ releases }) => releases));
    const asked = requestedBy && requestedAt !== undefined && until !== undefined;
    return {
      id: plan.id,
      kind: plan.kind,
      title: words.text(plan.title),
      hash: plan.hash,
      shownAt: momentOf(plan.madeAt),
      shownBy: words.who(proposal.proposedBy),
      expectedMs: expectedMs(plan),
      components: plan.components.map(({ title, live, target }) => ({
        title,
        from: live.label,
        to: target.label,
      })),
      steps: plan.steps.map((step) => ({
        id: step.id,
        title: words.text(step.title),
        component: plan.components.find(({ id }) => id === step.component)?.title ?? step.component,
        ...(isCopy(step) ? { isCopy: true as const } : {}),
        isHold: step.releases !== undefined || held.has(step.id),
        changes: step.changes.map(({ what, from, to }) => ({ what, from, to })),
        warnings: step.checks
          .filter(({ verdict }) => verdict !== 'pass')
          .map(({ name, verdict, reason }) => ({ name, verdict, reason })),
      })),
      losses: plan.losses,
      mayHaveLost: plan.losses.length > 0 && hasTouched(incident, plan),
      undo: plan.undo,
      ...(asked
        ? {
            request: {
              by: words.who(requestedBy),
              at: momentOf(requestedAt),
              until: momentOf(until),
            },
          }
        : {}),
      approvals: proposal.approvals.map(({ by, at, breakGlass }) => ({
        by: words.who(by),
        at: momentOf(at),
        ...(breakGlass === undefined ? {} : { breakGlass: words.text(breakGlass) }),
      })),
      fate: proposal.state,
      fateWords: fateWords(proposal, isBegun(incident, plan.id), words),
      ...(before
        ? {
            insteadOf: {
              plan: before.plan.id,
              different: differencesBetween(before.plan, plan).map((each) => words.text(each)),
            },
          }
        : {}),
    };
  });
}

/** What only adds something may also be a deployment, a restart or a script: an operation of these names is a copy. */
const COPIES: ReadonlySet<string> = new Set([
  'backup',
  'take-backup',
  'safety-backup',
  'clone-environment',
  'export-since',
  'export-written',
  'export-entries',
]);

function isCopy({ effect, call }: PlannedStep): boolean {
  return effect === 'append' && COPIES.has(call.operation);
}

/** The proposal right before that one, where it is of the same kind and went out of date without a trace. */
function outdatedBefore(incident: Incident, index: number): Proposal | undefined {
  const [before, after] = [incident.proposals[index - 1], incident.proposals[index]];
  const isSame = before?.plan.kind === after?.plan.kind && before?.state === 'stale';
  return before && isSame && !isBegun(incident, before.plan.id) ? before : undefined;
}

/** The plans that could not be made, oldest first. */
export function refusedPlansOf(
  events: readonly Recorded[],
  words: PlainWords,
): readonly RefusedPlan[] {
  return events
    .filter((event) => event.type === 'plan.refused')
    .map(({ at, data }) => ({ at: momentOf(at), reason: words.text(data.reason) }));
}

/** What changed in each release that a rollback plan would take back; each pair of releases once. */
export function releaseChangesOf(incident: Incident, words: PlainWords): readonly ReleaseChange[] {
  const found = new Map<string, ReleaseChange>();
  for (const { plan } of incident.proposals) {
    if (plan.kind !== 'rollback') continue;
    for (const component of plan.components) {
      const { id, live, target } = component;
      found.set(JSON.stringify([id, live.id, target.id]), releaseChange(component, words));
    }
  }
  return [...found.values()];
}

function releaseChange(component: PlannedComponent, words: PlainWords): ReleaseChange {
  const { title, live, target, changes, changesUnknown } = component;
  return {
    component: title,
    suspect: live.label,
    target: target.label,
    commits: (changes?.commits ?? []).map(({ id, title, author }) => ({
      id,
      title: words.text(title),
      author,
    })),
    pullRequests: (changes?.pullRequests ?? []).map(({ number, title, author, url }) => ({
      number,
      title: words.text(title),
      author,
      url,
    })),
    ...(changes?.url ? { url: changes.url } : {}),
    truncated: changes?.truncated ?? false,
    ...(changes ? {} : { unknown: changesUnknown ?? 'The plan did not say what changed.' }),
  };
}

/** True once a run of the plan began a step that does more than add a copy. */
function hasTouched({ runs }: Incident, { id, steps }: Plan): boolean {
  const touching = steps.filter(({ effect }) => effect !== 'append');
  return runs.some(
    (run) =>
      run.plan === id && touching.some((step) => run.steps[step.id]?.startedAt !== undefined),
  );
}

/** True when a run of the plan left the first step behind. */
function isBegun({ runs }: Incident, plan: string): boolean {
  return runs.some((run) => {
    return run.plan === plan && Object.values(run.steps).some(({ status }) => status !== 'waiting');
  });
}

/** Why a plan of that kind runs without approvals of its own. */
const UNASKED: Readonly<Partial<Record<PlanKind, string>>> = {
  verify: 'Needed no approval: it only reads.',
  'quick-fix': 'Needed no approval of its own: the commander’s decision was its approval.',
  undo: 'Needed no approval of its own: the plan before it said that this would follow.',
  release: 'Needed no approval of its own: it ends what the release began.',
};

/** Approvals are told beside it; a plan that ran without any says why that was right. */
function fateWords(
  { plan, state, approvals, ended }: Proposal,
  begun: boolean,
  words: PlainWords,
): string {
  const why = ended ? ` ${sentence(words.text(ended.reason))}` : '';
  switch (state) {
    case 'approved':
      if (approvals.length > 0) return 'Approved.';
      return UNASKED[plan.kind] ?? 'Needed no approval: what was decided before was its approval.';
    case 'rejected':
      return `Declined by ${ended ? words.who(ended.by) : 'somebody'}.${why}`;
    case 'expired':
      return 'Expired before it had its approvals.';
    case 'stale':
      return `Went out of date${begun ? '' : ', so nothing of it was carried out'}.${why}`;
    case 'superseded':
      return 'Replaced by a newer plan.';
    case 'requested':
      return 'Still waiting for approval.';
    case 'shown':
      return 'Shown; nobody asked for its approval.';
  }
}
