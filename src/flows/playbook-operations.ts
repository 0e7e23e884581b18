/** What Backstop does at a step of a playbook: each is a flow that people also reach without one. */

import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import { activeRun, type Incident } from '../incident.ts';
import type { Context, Flow } from '../loop.ts';
import { hashPlan, verifyOnly } from '../plan.ts';
import type { PlaybookOperation } from '../playbook.ts';
import { waitOf, watchOf } from '../playbook-waits.ts';
import type { Service } from '../service.ts';
import { callContacts } from './call-contacts.ts';
import { clockTime, requireFree, requireOpen } from './guards.ts';
import { done, onward, requireStep, respond } from './playbook.ts';
import { askForPlan } from './propose-plan.ts';
import { watching } from './watch.ts';

/** What an operation of a playbook needs to know besides the incident. */
export interface Ground {
  readonly service: Service;
  /** Ids of the components that have restore points. */
  readonly restorable: readonly string[];
}

/** Has Backstop do what the step is about. The step is done with it, but for what has to be waited for. */
export function operatePlaybook(number: number, step: string, ground: Ground): Flow {
  return (incident, context): readonly Event[] => {
    const { progress, current } = requireStep(incident, number, step);
    requireOpen(incident);
    // What is to be done a form asks.
    if (current.kind === 'operation' && current.operation !== 'plan-mitigation') {
      const events = operationOf(current.operation, ground)(incident, context);
      return [...events, ...onward(incident, context, number, [done(progress, step, 'done')])];
    }
    if (current.kind === 'verification') return verifyAgain(incident, context);
    if (current.kind === 'monitor') {
      const wait = waitOf(incident, progress);
      if (wait?.for === 'another-try') return [watching(incident, watchOf(current, context.now))];
    }
    throw new Refusal('already-done', 'That is on its way already; nothing was changed.');
  };
}

function operationOf(
  operation: Exclude<PlaybookOperation, 'plan-mitigation'>,
  { service, restorable }: Ground,
): Flow {
  switch (operation) {
    case 'plan-rollback':
      return askForPlan({ kind: 'rollback' });
    case 'plan-restore':
      requireRestorable(service, restorable);
      return askForPlan({ kind: 'rollback', restore: named(restorable), only: true });
    case 'plan-full-rollback':
      requireRestorable(service, restorable);
      return askForPlan({ kind: 'rollback', restore: named(restorable) });
    case 'call-contacts':
      return callContacts(service);
    case 'start-quick-fix':
      return (incident, context) => respond(incident, context, 'quick-fix');
    case 'mitigate':
      return (incident, context) => respond(incident, context, 'mitigate');
  }
}

function named(components: readonly string[]): readonly { readonly component: string }[] {
  return components.map((component) => ({ component }));
}

function requireRestorable({ name }: Service, restorable: readonly string[]): void {
  if (restorable.length > 0) return;
  throw new Refusal(
    'not-possible',
    `Nothing of ${name} that is in backstop.yaml has restore points, so Backstop cannot restore it. Restore it by hand, and say so with *Done by hand…*.`,
  );
}

/** A run without steps, which reads the probes. */
function verifyAgain(incident: Incident, { now, incidents }: Context): readonly Event[] {
  const { id, service, environment } = incident;
  const run = activeRun(incident);
  if (run)
    throw new Refusal(
      'not-possible',
      `${run.id} has been at work here since ${clockTime(run.startedAt)}. Wait for it to end.`,
    );
  requireFree(service, environment, incidents, 'Verify again when it has ended.');
  const content = verifyOnly(service, environment);
  const hash = hashPlan(content);
  const plan = `${id}-P${incident.proposals.length + 1}`;
  return [
    { type: 'plan.proposed', data: { plan: { ...content, id: plan, hash, madeAt: now } } },
    { type: 'run.started', data: { run: `${id}-R${incident.runs.length + 1}`, plan, hash } },
  ];
}
