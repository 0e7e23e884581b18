import { Refusal } from '../errors.ts';
import type { Event, PlanWish } from '../events.ts';
import type { DeclareFlow } from '../loop.ts';
import type { Service } from '../service.ts';
import { declareIncident } from './declare.ts';

/** Declares an incident for a rollback that somebody wants, and calls for its plan. */
export function declareRollback(
  service: Service,
  environment: string,
  wish: PlanWish,
): DeclareFlow {
  if (wish.reset) {
    throw new Refusal(
      'forbidden',
      'Only an incident commander can rewrite shared history: declare the incident, take command, and ask in its channel.',
    );
  }
  return (id, context): readonly Event[] => [
    ...declareIncident({
      title: `Roll back ${service.name} ${environment}`,
      summary: '',
      service,
      environment,
    })(id, context),
    { type: 'plan.wanted', data: wish },
  ];
}
