/** Plans before people: wanted, shown, asked about, decided. */

import type { Actor, PlanWish, Recorded } from './events.ts';
import type { Plan } from './plan.ts';

/** A plan before people: shown, asked about, decided. */
export interface Proposal {
  readonly plan: Plan;
  readonly proposedBy: Actor;
  /** What was asked for, so that it can be asked for again. */
  readonly wish?: PlanWish;
  readonly state:
    | 'shown'
    | 'requested'
    | 'approved'
    | 'rejected'
    | 'expired'
    | 'stale'
    | 'superseded';
  readonly requestedBy?: Actor;
  readonly requestedAt?: number;
  /** Until when approvals count, epoch milliseconds. */
  readonly until?: number;
  readonly approvals: readonly {
    readonly by: Actor;
    readonly at: number;
    readonly breakGlass?: string;
  }[];
  readonly questions: readonly { readonly by: Actor; readonly at: number; readonly text: string }[];
  readonly ended?: { readonly by: Actor; readonly at: number; readonly reason: string };
}

/** What is planned: the plans that were shown, oldest first, and the one that is being made. */
export interface Planning {
  readonly proposals: readonly Proposal[];
  /** A plan that is being made. */
  readonly planWanted?: PlanWish & { readonly by: Actor; readonly at: number };
  readonly planRefused?: { readonly reason: string; readonly at: number };
}

type PlanningEvent = Extract<
  Recorded,
  { type: `plan.${string}` | `approval.${string}` | 'question.asked' }
>;

/** What is planned after one more event. */
export function applyToPlanning(planning: Planning, event: PlanningEvent): Planning {
  const { proposals } = planning;
  const find = (plan: string) => proposals.find((proposal) => proposal.plan.id === plan);
  const ended = (reason: string) => ({ by: event.actor, at: event.at, reason });
  switch (event.type) {
    case 'plan.proposed': {
      const earlier = proposals.map(
        (p): Proposal =>
          p.state === 'shown' || p.state === 'requested'
            ? { ...p, state: 'superseded', ended: ended('A newer plan took its place.') }
            : p,
      );
      const fresh: Proposal = {
        plan: event.data.plan,
        proposedBy: event.actor,
        state: 'shown',
        approvals: [],
        questions: [],
        ...(planning.planWanted ? { wish: wishIn(planning.planWanted) } : {}),
      };
      return { proposals: [...earlier, fresh] };
    }
    case 'plan.wanted':
      return { proposals, planWanted: { ...event.data, by: event.actor, at: event.at } };
    case 'plan.refused':
      return { proposals, planRefused: { reason: event.data.reason, at: event.at } };
    case 'approval.requested':
      return withProposal(planning, event.data.plan, {
        state: 'requested',
        requestedBy: event.actor,
        requestedAt: event.at,
        until: event.data.until,
      });
    case 'approval.given': {
      const before = find(event.data.plan)?.approvals ?? [];
      const { breakGlass } = event.data;
      const given = { by: event.actor, at: event.at, ...(breakGlass ? { breakGlass } : {}) };
      return withProposal(planning, event.data.plan, { approvals: [...before, given] });
    }
    case 'question.asked': {
      const before = find(event.data.plan)?.questions ?? [];
      const asked = { by: event.actor, at: event.at, text: event.data.text };
      return withProposal(planning, event.data.plan, { questions: [...before, asked] });
    }
    case 'approval.rejected':
      return withProposal(planning, event.data.plan, {
        state: 'rejected',
        ended: ended(event.data.reason),
      });
    case 'approval.expired':
      return withProposal(planning, event.data.plan, {
        state: 'expired',
        ended: ended('The approval was not complete in time.'),
      });
    case 'plan.went-stale':
      return withProposal(planning, event.data.plan, {
        state: 'stale',
        ended: ended(event.data.reason),
      });
  }
}

function wishIn({ by: _by, at: _at, ...wish }: NonNullable<Planning['planWanted']>): PlanWish {
  return wish;
}

function withProposal(planning: Planning, plan: string, patch: Partial<Proposal>): Planning {
  return {
    ...planning,
    proposals: planning.proposals.map((p) => (p.plan.id === plan ? { ...p, ...patch } : p)),
  };
}
