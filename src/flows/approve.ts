import { Refusal } from '../errors.ts';
import type { Actor, Event } from '../events.ts';
import { type Incident, proposalOf } from '../incident.ts';
import type { Context, Flow } from '../loop.ts';
import { blockersOf } from '../plan.ts';
import type { Proposal } from '../proposal.ts';
import { type ApprovalPolicy, approvalsNeeded } from '../service.ts';
import { theirWords } from '../words.ts';
import {
  inSlack,
  isSamePerson,
  requireFree,
  requireOpen,
  requireReason,
  sentence,
} from './guards.ts';

/** Whether the person belongs to a list of the policy; `unknown` when Slack could not say. */
export type Membership = 'yes' | 'no' | 'unknown';

/** Asks for approval of the plan that was shown. A blocked plan cannot be asked about. */
export function requestApproval(plan: string, policy: ApprovalPolicy): Flow {
  return (incident, { now }): readonly Event[] => {
    requireOpen(incident);
    const proposal = requireProposal(incident, plan);
    if (proposal.state === 'requested') {
      throw new Refusal(
        'already-done',
        `${name(proposal.requestedBy)} asked for approval already. Now an approver has to press *Approve*.`,
      );
    }
    requireState(proposal, 'shown');
    requireNoBlockers(proposal);
    const until = now + policy.validFor;
    return [{ type: 'approval.requested', data: { plan, hash: proposal.plan.hash, until } }];
  };
}

/** Approves the plan that was shown; the last approval needed starts the run in the same decision. */
export function approve(plan: string, policy: ApprovalPolicy, member: Membership): Flow {
  return (incident, context): readonly Event[] => {
    const proposal = requirePending(incident, plan, context);
    const { actor } = context;
    const own = isSamePerson(proposal.requestedBy, actor);
    if (own && !policy.requesterMayApprove) {
      throw new Refusal(
        'forbidden',
        'You asked for this approval, so somebody else has to give it. Ask one of the approvers.',
      );
    }
    const written = ownChange(proposal, actor, policy);
    if (written !== undefined) {
      throw new Refusal(
        'forbidden',
        `You wrote a change that this plan takes back (${written}). Ask another approver.`,
      );
    }
    if (proposal.approvals.some((given) => isSamePerson(given.by, actor))) {
      throw new Refusal(
        'already-done',
        'You approved this already; nothing more is needed from you.',
      );
    }
    if (member === 'unknown') {
      throw new Refusal(
        'forbidden',
        'Slack could not say whether you may approve, so nothing was approved. Try again in a moment, or use break-glass.',
      );
    }
    if (member === 'no') {
      throw new Refusal(
        'forbidden',
        policy.from.length === 0
          ? 'Nobody may approve this yet: name approvers in backstop.yaml (approval.from).'
          : `Only ${policy.from.map(mention).join(', ')} can approve this. Ask one of them.`,
      );
    }
    const given: Event = { type: 'approval.given', data: { plan, hash: proposal.plan.hash } };
    const needed = approvalsNeeded(policy, incident.severity?.is);
    const enough = proposal.approvals.length + 1 >= needed;
    return enough ? [given, ...startRun(incident, proposal, context)] : [given];
  };
}

/** A change of their own that the plan takes back, where the policy tells who wrote under which name. */
export function ownChange(
  { plan }: Proposal,
  actor: Actor,
  { authors = {} }: Pick<ApprovalPolicy, 'authors'>,
): string | undefined {
  const login = authors[inSlack(actor) ?? '']?.toLowerCase();
  if (login === undefined || plan.kind !== 'rollback') return undefined;
  for (const { changes } of plan.components) {
    const pull = changes?.pullRequests.find(({ author }) => author.toLowerCase() === login);
    if (pull) return `#${pull.number}`;
    const commit = changes?.commits.find(({ author }) => author.toLowerCase() === login);
    if (commit) return `commit ${commit.id.slice(0, 7)}`;
  }
  return undefined;
}

/** Goes ahead alone, with a written reason, where the policy gives the person that right. */
export function breakGlass(plan: string, reason: string, member: Membership): Flow {
  return (incident, context): readonly Event[] => {
    requireOpen(incident);
    const proposal = requireProposal(incident, plan);
    if (proposal.state !== 'shown') requireState(proposal, 'requested');
    requireTime(proposal, context);
    requireNoBlockers(proposal);
    if (member === 'unknown') {
      throw new Refusal(
        'forbidden',
        'Slack could not say whether you may break the glass, so nothing was approved. Try again in a moment.',
      );
    }
    if (member === 'no') {
      throw new Refusal(
        'forbidden',
        'You do not have the right to break the glass here. Ask for approval instead.',
      );
    }
    const why = requireReason(reason);
    return [
      { type: 'approval.given', data: { plan, hash: proposal.plan.hash, breakGlass: why } },
      ...startRun(incident, proposal, context),
    ];
  };
}

/** Says no, with a reason. Approvers may, and so may the incident commander. */
export function reject(plan: string, reason: string, member: Membership): Flow {
  return (incident, context): readonly Event[] => {
    const proposal = requirePending(incident, plan, context);
    const commander = incident.roles.commander;
    const commands = context.actor.kind === 'person' && context.actor.id === commander;
    if (member !== 'yes' && !commands) {
      throw new Refusal(
        'forbidden',
        member === 'unknown'
          ? 'Slack could not say whether you are an approver, so nothing was declined. Try again in a moment, or ask the incident commander.'
          : 'Only an approver or the incident commander can decline this. Tell them why you would.',
      );
    }
    const why = requireReason(reason);
    return [{ type: 'approval.rejected', data: { plan: proposal.plan.id, reason: why } }];
  };
}

/** Ends a request whose time is up. */
export function expireApproval(plan: string): Flow {
  return (incident, { now }): readonly Event[] => {
    const proposal = proposalOf(incident, plan);
    if (proposal?.state !== 'requested' || now < (proposal.until ?? 0)) return [];
    return [{ type: 'approval.expired', data: { plan } }];
  };
}

/** The event that starts the run of an approved plan. @throws Refusal when another run holds the environment. */
export function startRun(
  incident: Incident,
  { plan }: Proposal,
  { incidents }: Context,
): readonly Event[] {
  requireFree(plan.service, plan.environment, incidents, 'Approve again when it has ended.');
  const run = `${incident.id}-R${incident.runs.length + 1}`;
  return [{ type: 'run.started', data: { run, plan: plan.id, hash: plan.hash } }];
}

function requirePending(incident: Incident, plan: string, context: Context): Proposal {
  requireOpen(incident);
  const proposal = requireProposal(incident, plan);
  requireState(proposal, 'requested');
  requireTime(proposal, context);
  return proposal;
}

function requireTime({ until }: Proposal, { now }: Context): void {
  if (until === undefined || now < until) return;
  throw new Refusal(
    'out-of-date',
    'The time to approve this has passed. Use `/rollback` for a fresh plan.',
  );
}

function requireProposal(incident: Incident, plan: string): Proposal {
  const proposal = proposalOf(incident, plan);
  if (!proposal) {
    throw new Refusal(
      'not-found',
      `${incident.id} has no plan ${plan}. Use \`/rollback\` for one.`,
    );
  }
  return proposal;
}

function requireState(proposal: Proposal, wanted: Proposal['state']): void {
  if (proposal.state === wanted) return;
  throw new Refusal(
    proposal.state === 'approved' ? 'already-done' : 'out-of-date',
    ended(proposal),
  );
}

function ended({ state, approvals, ended: end }: Proposal): string {
  switch (state) {
    case 'approved':
      return `This was approved already by ${approvals.map((a) => name(a.by)).join(' and ') || 'the choice of the incident commander'}.`;
    case 'rejected':
      return `This was declined by ${name(end?.by)}: ${theirWords(sentence(end?.reason))} Use \`/rollback\` for a fresh plan.`;
    case 'expired':
      return 'The time to approve this has passed. Use `/rollback` for a fresh plan.';
    case 'stale':
      return `This plan is out of date: ${sentence(end?.reason)} Use the newer one.`;
    case 'superseded':
      return 'A newer plan took the place of this one. Use the newer one.';
    case 'shown':
      return 'Nobody asked for approval yet. Press *Request approval* first.';
    case 'requested':
      return 'Approval was asked for already.';
  }
}

/** @throws Refusal while a blocking check of the plan has not passed. */
export function requireNoBlockers({ plan }: Proposal): void {
  const blockers = blockersOf(plan);
  if (blockers.length === 0) return;
  const reasons = blockers.map((check) => sentence(`${check.name}: ${check.reason}`)).join(' ');
  throw new Refusal(
    'not-possible',
    `This plan cannot run yet. ${reasons} When that is put right, use \`/rollback\` for a fresh plan.`,
  );
}

function name(actor: Proposal['requestedBy']): string {
  if (actor?.kind === 'person') return `<@${actor.id}>`;
  return actor?.kind === 'operator' ? actor.name : 'Backstop';
}

function mention(principal: string): string {
  return principal.startsWith('S') ? `<!subteam^${principal}>` : `<@${principal}>`;
}
