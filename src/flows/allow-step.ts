import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import { proposalOf } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { stepsToAllow } from '../run.ts';
import type { Membership } from './approve.ts';
import { isSamePerson, requireOpen } from './guards.ts';

/** A second person agrees to a step that asks again. Whoever asked for the plan or approved it does not count. */
export function allowStep(runId: string, step: string, member: Membership): Flow {
  return (incident, { actor }): readonly Event[] => {
    requireOpen(incident);
    const run = incident.runs.find(({ id }) => id === runId);
    const proposal = run && proposalOf(incident, run.plan);
    if (
      !run ||
      !proposal ||
      !stepsToAllow(run, proposal.plan.steps).some(({ id }) => id === step)
    ) {
      throw new Refusal('out-of-date', 'This step does not wait for an approval any more.');
    }
    requireMember(member);
    const before = [proposal.requestedBy, ...proposal.approvals.map(({ by }) => by)];
    if (before.some((earlier) => isSamePerson(earlier, actor))) {
      throw new Refusal(
        'forbidden',
        'You asked for the plan or approved it, so this step needs another person.',
      );
    }
    return [{ type: 'step.allowed', data: { run: runId, step } }];
  };
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
