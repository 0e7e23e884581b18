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
