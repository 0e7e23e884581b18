/** Which components an event is about: those of its step, its freeze, or of the plan that it decides on or carries out. */

import type { Recorded } from '../events.ts';
import type { Plan } from '../plan.ts';
import type { Thread } from './thread.ts';

/**
 * Ids of components, each once; none for what is about the incident as a whole. What a run and its verification say, and the
 * decisions on a plan, are about every component that the plan changes.
 * @param thread after the event was told.
 */
export function componentsIn(event: Recorded, thread: Thread): readonly string[] {
  if (event.type === 'plan.proposed') return changedBy(event.data.plan);
  if (event.type === 'plan.wanted') {
    const { restore = [], mitigate } = event.data;
    const named = restore.map(({ component }) => component);
    return unique([...named, ...(mitigate?.components ?? [])]);
  }
  if (event.type === 'release.captured') {
    const { pins, points } = event.data;
    return unique([...pins, ...points].map(({ component }) => component));
  }
  const { data } = event;
  if ('component' in data) return [data.component];
  if ('run' in data) {
    const plan = thread.plans.get(thread.runs.get(data.run) ?? '');
    if (!('step' in data)) return changedBy(plan);
    const step = plan?.steps.find(({ id }) => id === data.step);
    return step ? [step.component] : [];
  }
  return 'plan' in data ? changedBy(thread.plans.get(data.plan)) : [];
}

function changedBy(plan: Plan | undefined): readonly string[] {
  return unique((plan?.steps ?? []).map(({ component }) => component));
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}
