/** What a rollback and its way back share: components put to versions, one plan of all of them. */

import type { Component } from '../component.ts';
import type { Ground } from '../incident.ts';
import type { PlanContent, PlannedComponent } from '../plan.ts';
import { changesBetween } from './changes-between.ts';
import { correctionsOf } from './corrections.ts';
import { type Part, planSteps } from './plan-graph.ts';
import type { Target } from './targets.ts';
import { undoWords } from './undo-words.ts';

/**
 * The plan that puts each component to its target, with the other parts around it in the order of the guides. Reads only.
 * @param restores what is put back besides: data, content, flags.
 * @param endsRelease whether it is behind a release, which holds all that can be held.
 */
export async function planVersions(
  ground: Ground,
  kind: 'rollback' | 'roll-forward',
  components: readonly Component[],
  targets: readonly Target[],
  restores: readonly Part[],
  endsRelease: boolean,
  signal: AbortSignal,
): Promise<PlanContent> {
  const { service, environment } = ground;
  const corrections = await correctionsOf(components, targets, signal);
  const parts: readonly Part[] = [
    ...restores,
    ...targets.map(({ component, live, target }) => ({
      component,
      calls: [
        ...(component.versions.prepare ? [component.versions.prepare(target, live)] : []),
        component.versions.putBack(target, live),
      ],
      title:
        kind === 'rollback'
          ? `Put ${component.title} back to ${target.label}`
          : `Roll ${component.title} forward again to ${target.label}`,
    })),
    ...corrections.parts,
  ];
  const [steps, planned] = await Promise.all([
    planSteps(
      parts,
      components.filter((each) => endsRelease || isHeldFor(each, parts)),
      signal,
    ),
    Promise.all(
      targets.map(async ({ component, live, target }): Promise<PlannedComponent> => {
        const { id, title } = component;
        const order = kind === 'rollback' ? ([target, live] as const) : ([live, target] as const);
        return {
          id,
          title,
          live,
          target,
          ...(await changesBetween(components, component, order, signal)),
        };
      }),
    ),
  ]);
  return {
    kind,
    service,
    environment,
    title: titleOf(kind, ground, targets, restores),
    components: planned,
    steps,
    losses: [],
    undo: undoWords(parts),
    ...(corrections.notes.length > 0 ? { notes: corrections.notes } : {}),
  };
}

/**
 * Editors are held where content goes back, and where a release held them before: a rollback of code alone leaves them be,
 * and must not depend on the content system's being there.
 */
function isHeldFor({ phase }: Component, parts: readonly Part[]): boolean {
  return phase !== 'content' || parts.some(({ component }) => component.phase === 'content');
}

function titleOf(
  kind: 'rollback' | 'roll-forward',
  { service, environment }: Ground,
  targets: readonly Target[],
  restores: readonly Part[],
): string {
  const labels = [...new Set(targets.map(({ target }) => target.label))];
  if (kind === 'roll-forward') {
    return `Roll ${service} ${environment} forward again to ${labels.join(', ')}`;
  }
  const back = labels.length > 0 ? [`${service} ${environment} back to ${labels.join(', ')}`] : [];
  const titles = restores.map(({ title }) => title.replace(/^Put /, ''));
  return `Put ${[...back, ...titles].join(' and ')}`;
}
