import { stepsToAllow } from '../due-steps.ts';
import { Refusal } from '../errors.ts';
import type { Actor, Event } from '../events.ts';
import { type Incident, proposalOf } from '../incident.ts';
import type { Flow } from '../loop.ts';
import type { Proposal } from '../proposal.ts';
import type { ApprovalPolicy } from '../service.ts';
import { type Membership, ownChange } from './approve.ts';
import { isSamePerson, requireOpen } from './guards.ts';

/**
 * A second person agrees to a step that asks again, having been shown what it would do. Whoever asked for the plan or approved it
 * does not count, with one approval or many, and also not who broke the glass, nor who wrote a change that the plan takes back.
 */
export function allowStep(
  runId: string,
  step: string,
  member: Membership,
  policy: Pick<ApprovalPolicy, 'authors'> = {},
): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireOpen(incident);
    const run = incident.runs.find(({ id }) => id === runId);
    const proposal = run && proposalOf(incident, run.plan);
    if (
      !run ||
      !proposal ||
      !stepsToAllow(run, proposal.plan.steps).some(({ id }) => id === step)
    ) {
      throw new Refusal(
        'out-of-date',
        'This step is not waiting for approval, or no longer. Its newest card shows what it is waiting for.',
      );
    }
    requireMember(member);
    if (decidersOf(incident, proposal).some((earlier) => isSamePerson(earlier, actor))) {
      throw new Refusal(
        'forbidden',
        'You asked for the plan or approved it, so this step needs another person.',
      );
    }
    const written = ownChange(proposal, actor, policy);
    if (written !== undefined) {
      throw new Refusal(
        'forbidden',
        `You wrote a change that this plan takes back (${written}), so this step needs another person.`,
      );
    }
    return [{ type: 'step.allowed', data: { run: runId, step } }];
  };
}

/** Who asked and approved. Where a plan followed from an approved one, nobody but those of that one did. */
function decidersOf(
  incident: Incident,
  { requestedBy, approvals, wish }: Proposal,
): readonly (Actor | undefined)[] {
  const own = [requestedBy, ...approvals.map(({ by }) => by)];
  const earlier = wish?.approved && incident.runs.find(({ id }) => id === wish.run);
  const followed = earlier && proposalOf(incident, earlier.plan);
  return followed ? [...own, ...decidersOf(incident, followed)] : own;
}

function requireMember(member: Membership): void {
  if (member === 'yes') return;
  throw new Refusal(
    'forbidden',
    member === 'no'
      ? 'Only an approver of this environment can allow the step.'
      : 'Slack could not say whether you may approve, so nothing was allowed. Try again in a moment.',
  );
}
