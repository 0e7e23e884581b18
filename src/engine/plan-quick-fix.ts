import type { Component } from '../component.ts';
import { Refusal } from '../errors.ts';
import type { Ground } from '../incident.ts';
import type { PlanContent } from '../plan.ts';
import { planStep } from './plan-step.ts';
import { readSignal } from './reads.ts';
import { hasVersions } from './targets.ts';

const HOTFIX_OPERATION = 'create-hotfix-branch';

/**
 * The plan that opens the hotfix branch at the live release's commit, and its branch. Reads only.
 * @throws Refusal when there is no repository, or nobody recorded the commit.
 */
export async function planQuickFix(
  { id, service, environment }: Ground,
  components: readonly Component[],
  signal: AbortSignal,
): Promise<{ readonly plan: PlanContent; readonly branch: string }> {
  const repository = components.find(({ operations }) => operations[HOTFIX_OPERATION]);
  const source = components.find(hasVersions);
  if (!repository || !source) {
    throw new Refusal(
      'not-possible',
      `${service} ${environment} has no code repository in backstop.yaml, so open the hotfix branch by hand.`,
    );
  }
  const live = await source.versions.live(readSignal(signal));
  if (!live.commit) {
    throw new Refusal(
      'not-possible',
      `Nobody recorded which commit ${live.label} was built from, so open the hotfix branch by hand.`,
    );
  }
  const branch = `hotfix/${id.toLowerCase()}`;
  const call = { operation: HOTFIX_OPERATION, input: { branch, commit: live.commit } };
  const title = `Open branch ${branch} at ${live.label} (${live.commit.slice(0, 7)})`;
  const step = await planStep(repository, call, title, signal);
  const undo = `Delete the branch ${branch}.`;
  return {
    branch,
    plan: {
      kind: 'quick-fix',
      service,
      environment,
      title,
      components: [],
      steps: [step],
      losses: [],
      undo,
    },
  };
}
