import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import { proposalOf } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { requireOpen, requireReason } from './guards.ts';

/** Puts a question about a plan before the responders. The plan waits; its time to be approved goes on. */
export function askQuestion(plan: string, text: string): Flow {
  return (incident): readonly Event[] => {
    requireOpen(incident);
    const proposal = proposalOf(incident, plan);
    if (proposal?.state !== 'requested' && proposal?.state !== 'shown') {
      throw new Refusal('out-of-date', 'This plan is decided; ask in the channel instead.');
    }
    return [{ type: 'question.asked', data: { plan, text: requireReason(text, 'question') } }];
  };
}
