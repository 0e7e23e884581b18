/** A plan before those who have to agree to it: what changes, in which order, what it costs, how to take it back. */

import type { KnownBlock } from '@slack/types';
import type { Incident } from '../incident.ts';
import { isOpen } from '../incident.ts';
import { blockersOf, expectedMs, type Plan, type PlanContent, type PlanKind } from '../plan.ts';
import type { Proposal } from '../proposal.ts';
import { approvalsNeeded, type Service } from '../service.ts';
import { ACTION } from './actions.ts';
import { actions, areYouSure, blocksOf, button, context, header, section } from './elements.ts';
import type { Dated, Reply } from './message.ts';
import { at, count, line, linesThatFit, listed, prose, roughly, who } from './mrkdwn.ts';
import { changes, pinned, versions } from './planned-changes.ts';
import { blockerLines, inOneLine, plannedSteps } from './planned-steps.ts';
import { placeOf } from './words.ts';

/** A quick fix and a verification need nobody's approval, so they are shown as runs only. */
const SHOWN: readonly PlanKind[] = ['rollback', 'roll-forward', 'undo', 'release', 'mitigation'];

/** The plans that people are asked about, oldest first. */
export function planMessages(incident: Incident, service: Service): readonly Dated[] {
  return incident.proposals
    .filter(({ plan }) => SHOWN.includes(plan.kind))
    .map((proposal) => ({
      since: proposal.plan.madeAt,
      message: {
        key: `plan/${proposal.plan.id}`,
        where: 'incident',
        text: inWords(incident, proposal),
        blocks: isOver(proposal)
          ? overtaken(incident, proposal)
          : whole(incident, proposal, service),
      },
    }));
}

/** How far a plan has come, in one line. */
export function stateLine(incident: Incident, { state, plan, approvals, ended }: Proposal): string {
  if (!isOpen(incident) && (state === 'shown' || state === 'requested')) {
    return `*Not carried out*: ${incident.id} was resolved first.`;
  }
  const by = listed(approvals.map((given) => who(given.by)));
  const last = approvals.at(-1);
  switch (state) {
    case 'shown':
      return blockersOf(plan).length > 0
        ? '*Cannot run yet.*'
        : `*Nothing has been changed.* ${isStarted(plan) ? 'It runs once the owner starts it.' : 'It runs once it is approved.'}`;
    case 'requested':
      return '*Waiting for approval.* Nothing has been changed.';
    case 'approved':
      if (!last) return unasked(plan);
      return last.breakGlass === undefined
        ? `*Approved* by ${by} at ${at(last.at)}.`
        : `*Approved alone, by break-glass*: ${who(last.by)} at ${at(last.at)}.`;
    case 'rejected':
      return `*Declined*${ended ? ` by ${who(ended.by)} at ${at(ended.at)}: ${line(ended.reason, 1000)}` : '.'}`;
    case 'expired':
      return `*Expired*${ended ? ` at ${at(ended.at)}` : ''}: it was not approved in time. Nothing of it was carried out.`;
    case 'stale':
      return `*Out of date*: ${line(ended?.reason ?? '', 1000)} Nothing of it was carried out.`;
    case 'superseded':
      return '*Replaced* by a newer plan. Nothing of it was carried out.';
  }
}

function isOver({ state }: Proposal): boolean {
  return state === 'rejected' || state === 'expired' || state === 'stale' || state === 'superseded';
}

function overtaken(incident: Incident, proposal: Proposal): readonly KnownBlock[] {
  const { plan } = proposal;
  return blocksOf(
    section(`*${line(plan.title, 300)}*`, stateLine(incident, proposal)),
    context(`Plan ${plan.id}`),
  );
}

function whole(incident: Incident, proposal: Proposal, service: Service): readonly KnownBlock[] {
  const { plan } = proposal;
  const blockers = blockerLines(plan);
  return blocksOf(
    header(plan.title),
    section(
      stateLine(incident, proposal),
      blockers.length > 0 ? linesThatFit(blockers, 1000) : undefined,
    ),
    notes(plan),
    plan.kind === 'release' ? pinned(plan) : versions(plan),
    plannedSteps(plan),
    section(cost(plan), `*To take it back:* ${prose(plan.undo, 450)}`),
    plan.kind === 'release' ? undefined : changes(plan),
    questions(proposal),
    approval(incident, proposal, service),
    isOpen(incident) ? actions(...buttons(incident, proposal, service)) : undefined,
  );
}

/** What speaks for a second look before deciding. */
function notes({ notes: words = [] }: Plan): KnownBlock | undefined {
  if (words.length === 0) return undefined;
  return section(
    linesThatFit(
      words.map((note) => `:warning: ${line(note, 500)}`),
      1200,
    ),
  );
}

function questions({ questions: asked }: Proposal): KnownBlock | undefined {
  if (asked.length === 0) return undefined;
  const lines = asked.map(
    ({ by, at: when, text }) => `• ${who(by)} asks (${at(when)}): ${line(text, 500)}`,
  );
  return section('*Questions*, to be answered in the channel:', linesThatFit(lines, 1200));
}

/** The plan of somebody who only wants to look: the same, with nothing to press. */
export function planToLookAt(plan: PlanContent): Reply {
  const shown: Plan = { ...plan, id: '', hash: '', madeAt: 0 };
  const blockers = blockerLines(shown);
  const state = blockers.length > 0 ? '*Could not run now.*' : '*Could run now.*';
  return {
    text: `A look at a plan: ${line(plan.title, 300)} (${placeOf(plan)}).`,
    blocks: [
      ...blocksOf(
        header(plan.title),
        section(
          `${state} This is only a look; nothing was asked for.`,
          linesThatFit(blockers, 1000),
        ),
        notes(shown),
        versions(shown),
        plannedSteps(shown),
        section(cost(shown), `*To take it back:* ${prose(plan.undo, 450)}`),
        changes(shown),
      ),
    ],
  };
}

function cost(plan: Plan): string {
  const takes = `*Takes* ${roughly(expectedMs(plan))}.`;
  if (plan.losses.length === 0) return `${takes} *Nothing is lost.*`;
  const losses = plan.losses.map((loss) => `• ${line(loss, 250)}`);
  return `${takes} *This would be lost:*\n${linesThatFit(losses, 800)}`;
}

function approval(incident: Incident, proposal: Proposal, service: Service): KnownBlock {
  const { plan, requestedBy, until, approvals } = proposal;
  const asked = requestedBy
    ? `Approval asked for by ${who(requestedBy)}`
    : `Made at ${at(plan.madeAt)}`;
  const facts = [`Plan ${plan.id}`, asked];
  if (proposal.state === 'requested') {
    const needed = neededFor(incident, proposal, service);
    if (until !== undefined) facts.push(`valid until ${at(until)}`);
    facts.push(
      needed === undefined
        ? count(approvals.length, 'approval')
        : `${approvals.length} of ${count(needed, 'approval')}`,
    );
    if (approvals.length > 0) facts.push(`so far ${listed(approvals.map(({ by }) => who(by)))}`);
  }
  return context(facts.join('  |  '));
}

function buttons(
  incident: Incident,
  proposal: Proposal,
  service: Service,
): readonly ReturnType<typeof button>[] {
  const { plan, state } = proposal;
  const ids = [incident.id, plan.id];
  if (plan.part && state === 'shown' && blockersOf(plan).length > 0) {
    return [
      button(ACTION.planPart, 'Make room…', [incident.id, 'make-room'], { choice: 'make-room' }),
      button(ACTION.planPart, 'Refresh the plan', [incident.id, plan.part], { choice: plan.part }),
    ];
  }
  if (state === 'shown' && isStarted(plan)) {
    return [
      button(ACTION.startRelease, 'Start', ids, {
        style: 'primary',
        label: `Start plan ${plan.id}`,
      }),
    ];
  }
  if (state === 'shown' && blockersOf(plan).length > 0) {
    return [refresh(incident, plan)];
  }
  if (state === 'shown') {
    return [button(ACTION.requestApproval, 'Request approval', ids, { style: 'primary' })];
  }
  if (state !== 'requested') return [];
  const approve = button(ACTION.approve, 'Approve', ids, {
    style: 'danger',
    confirm: areYouSure('Approve this plan?', whatHappens(incident, proposal, service), 'Approve'),
    label: `Approve plan ${plan.id}: ${plan.title}`,
  });
  return [
    approve,
    button(ACTION.reject, 'Decline…', ids, { label: `Decline plan ${plan.id}` }),
    button(ACTION.askQuestion, 'Ask…', ids, { label: `Ask about plan ${plan.id}` }),
    button(ACTION.breakGlass, 'Break glass…', ids, { label: `Approve plan ${plan.id} alone` }),
  ];
}

/** A release's own plan is its owner's to start, unless something of it cannot be taken back. */
function isStarted({ kind, steps }: Plan): boolean {
  return kind === 'release' && steps.every(({ effect }) => effect !== 'destructive');
}

/** The same plan made anew. */
function refresh({ id }: Incident, plan: Plan): ReturnType<typeof button> {
  return button(ACTION.refreshPlan, 'Refresh the plan', [id, plan.id]);
}

function whatHappens(incident: Incident, proposal: Proposal, service: Service): string {
  const { plan, approvals } = proposal;
  const left = (neededFor(incident, proposal, service) ?? 1) - approvals.length - 1;
  const then = left > 0 ? `Needs ${count(left, 'more approval')} after yours.` : 'Runs at once.';
  const moves = [
    ...new Set(plan.components.map(({ live, target }) => `${live.label} → ${target.label}`)),
  ];
  const where = `${plan.service} ${plan.environment}`;
  return `${then} ${[where, ...(moves.length > 0 ? [listed(moves)] : [])].join(': ')}. ${inOneLine(plan)}`;
}

function neededFor(incident: Incident, { plan }: Proposal, service: Service): number | undefined {
  const policy = service.environments[plan.environment]?.approval;
  return policy && approvalsNeeded(policy, incident.severity?.is);
}

function inWords(incident: Incident, proposal: Proposal): string {
  const { plan } = proposal;
  const state = stateLine(incident, proposal).replaceAll('*', '');
  return `Plan ${plan.id}: ${line(plan.title, 300)} (${placeOf(plan)}). ${state}`;
}

/** What runs by itself says why it may. */
function unasked({ kind }: Plan): string {
  if (kind === 'release')
    return '*Runs without being asked again*: it ends what the release began.';
  return '*Runs without being asked again*: what was approved before said that this follows.';
}
