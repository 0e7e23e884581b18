/** Which components an event is about: those of its step, its freeze, or of the plan that it decides on or carries out. */

import type { Recorded } from '../events.ts';
import type { Plan } from '../plan.ts';
import type { Thread } from './thread.ts';

/**
 * Ids of components, each once; none for what is about the incident as a whole. A run's start, halt and end, and the decisions on a plan,
 * are about every component that the plan changes.
 * @param thread after the event was told.
 */
export function componentsIn(event: Recorded, thread: Thread): readonly string[] {
  switch (event.type) {
    case 'step.intended':
    case 'step.submitted':
    case 'step.progressed':
    case 'step.lost':
    case 'step.succeeded':
    case 'step.failed':
    case 'step.allowed':
    case 'step.skipped':
    case 'step.retried':
    case 'run.halted': {
      const { run, step } = event.data;
      const found = planOfRun(run, thread)?.steps.find(({ id }) => id === step);
      return found ? [found.component] : [];
    }
    case 'run.started':
    case 'run.cancelling':
    case 'run.finished':
      return changedBy(planOfRun(event.data.run, thread));
    case 'plan.proposed':
      return changedBy(event.data.plan);
    case 'plan.went-stale':
    case 'approval.requested':
    case 'approval.given':
    case 'approval.rejected':
    case 'approval.expired':
    case 'question.asked':
      return changedBy(thread.plans.get(event.data.plan));
    case 'plan.wanted': {
      const { restore = [], mitigate } = event.data;
      return unique([
        ...restore.map(({ component }) => component),
        ...(mitigate?.components ?? []),
      ]);
    }
    case 'freeze.turned':
    case 'freeze.stepped':
      return [event.data.component];
    case 'release.captured': {
      const { pins, points } = event.data;
      return unique([...pins, ...points].map(({ component }) => component));
    }
    default:
      return [];
  }
}

function planOfRun(run: string, { runs, plans }: Thread): Plan | undefined {
  return plans.get(runs.get(run) ?? '');
}

function changedBy(plan: Plan | undefined): readonly string[] {
  return unique((plan?.steps ?? []).map(({ component }) => component));
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}
