import type { Component } from '../component.ts';
import { Refusal } from '../errors.ts';
import type { Ground } from '../incident.ts';
import type { PlanContent } from '../plan.ts';
import { planSteps } from './plan-graph.ts';

/** The three requests of a revert, in their order: a branch, a pull request, its merge. */
const REVERT = ['create-revert-branch', 'open-revert-pull', 'revert-merge'];

/**
 * The plan that reverts a merge in the repository by a pull request, never by a forced push; the pipeline then releases
 * it (guides 001 and 002).
 * @throws Refusal when the environment has no repository that can revert.
 */
export async function planRevert(
  { id, service, environment, proposals }: Ground,
  merge: string,
  components: readonly Component[],
  signal: AbortSignal,
): Promise<PlanContent> {
  const repository = components.find(({ operations }) => REVERT.every((name) => operations[name]));
  if (!repository) {
    throw new Refusal(
      'not-possible',
      `${service} ${environment} has no code repository in backstop.yaml, so revert ${merge.slice(0, 7)} by hand.`,
    );
  }
  const branch = `revert/${id.toLowerCase().replaceAll(' ', '-')}-${proposals.length + 1}`;
  const title = `Revert ${merge.slice(0, 7)} in ${repository.title}`;
  const calls = REVERT.map((operation) => ({ operation, input: { merge, branch } }));
  const steps = await planSteps([{ component: repository, calls, title }], [], signal);
  return {
    kind: 'rollback',
    service,
    environment,
    title,
    components: [],
    steps,
    losses: [],
    undo: 'Revert the revert the same way.',
    notes: [
      'The pipeline releases the revert once it is merged; the recovery is verified after that.',
    ],
  };
}
