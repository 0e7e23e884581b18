import type { Component } from '../component.ts';
import { Refusal } from '../errors.ts';
import type { PlanWish } from '../events.ts';
import type { Ground } from '../incident.ts';
import type { PlanContent } from '../plan.ts';
import { planSteps } from './plan-graph.ts';
import { planStep } from './plan-step.ts';

const FORCE_BRANCH = 'force-branch';

/**
 * The last resort of guide 002, "danger": the branch is moved back by force. Only the commander can ask for it, with a
 * written reason; the danger stands in the plan, and a second person is asked right before it.
 * @throws Refusal when the environment has no repository that can do it.
 */
export async function planReset(
  { service, environment }: Ground,
  { commit, reason }: NonNullable<PlanWish['reset']>,
  components: readonly Component[],
  signal: AbortSignal,
): Promise<PlanContent> {
  const repository = components.find(({ operations }) => operations[FORCE_BRANCH]);
  if (!repository) {
    throw new Refusal(
      'not-possible',
      `${service} ${environment} has no code repository in backstop.yaml whose branch could be moved.`,
    );
  }
  // Where the branch is now is part of what is approved, and of how it is taken back.
  const seen = await planStep(
    repository,
    { operation: FORCE_BRANCH, input: { commit } },
    '',
    signal,
  );
  const from = seen.before;
  if (from === commit) throw new Refusal('already-done', `The branch is at ${commit} already.`);
  const call = { operation: FORCE_BRANCH, input: { commit, from } };
  const title = `Force ${repository.title} back to ${commit.slice(0, 7)}`;
  const [step, ...more] = await planSteps(
    [{ component: repository, calls: [call], title }],
    [],
    signal,
  );
  return {
    kind: 'rollback',
    service,
    environment,
    title,
    components: [],
    steps: step ? [step, ...more] : [],
    losses: (step?.changes ?? [])
      .filter(({ to }) => to.startsWith('no longer on'))
      .map(({ what, from: title_, to }) => `${what} (${title_}) is ${to}.`),
    undo: `Backstop can force it forward again to ${from.slice(0, 7)}, as long as nobody pushes.`,
    notes: [
      'Danger: this rewrites history that others share. Their clones no longer fit, open pull requests change, and anybody who pushes an old clone brings everything back. A revert (`/rollback revert <commit>`) does the same to the code and rewrites nothing.',
      `The commander overrides that: ${reason}`,
      'The pipeline releases it only where it runs on a forced push.',
    ],
  };
}
