import type { Component } from '../component.ts';
import { ownWork } from '../due-steps.ts';
import { Refusal } from '../errors.ts';
import type { PlanWish } from '../events.ts';
import type { Ground } from '../incident.ts';
import type { OperationCall } from '../operation.ts';
import { inOrder, type PlanContent, type PlannedStep } from '../plan.ts';
import { isOwnWork } from '../run.ts';
import { planStep } from './plan-step.ts';
import { readSignal } from './reads.ts';

interface Taken {
  readonly step: PlannedStep;
  readonly component: Component;
  readonly call: OperationCall;
}

/**
 * The plan that takes back what a run did, last step first, what people did by hand on its behalf among it. A step that found its work
 * done already was not this run's and stays; one that cannot be taken back is named in the notes. What would be hidden or written over is kept first.
 * @throws Refusal when nothing can be taken back.
 */
export async function planUndo(
  { id, service, environment, runs, proposals }: Ground,
  { run: runId, reason }: Pick<PlanWish, 'run' | 'reason'>,
  components: readonly Component[],
  signal: AbortSignal,
): Promise<PlanContent> {
  const run = runs.find((each) => each.id === runId);
  const plan = proposals.find((each) => each.plan.id === run?.plan)?.plan;
  if (!run || !plan) throw new Refusal('not-found', `${id} has no run ${runId ?? ''}.`);
  const done = inOrder(plan.steps)
    .filter((step) => {
      const state = run.steps[step.id];
      return step.releases === undefined && state !== undefined && isOwnWork(state);
    })
    .toReversed();
  const takable = done.flatMap((step): readonly Taken[] => {
    const component = components.find((each) => each.id === step.component);
    const call = component?.operations[step.call.operation]?.undo?.(step.call.input);
    return component && call ? [{ step, component, call }] : [];
  });
  const final = done.filter((step) => {
    const component = components.find(({ id: each }) => each === step.component);
    const isCopy = component?.operations[step.call.operation]?.copies === true;
    const stays = ownWork(run, plan.steps).includes(step);
    return stays && !isCopy && !takable.some((taken) => taken.step === step);
  });
  if (takable.length === 0) {
    const what =
      final.map(({ title }) => title).join('; ') ||
      'it only made copies, or held what is released again';
    throw new Refusal(
      'not-possible',
      `Nothing that ${run.id} did can be taken back by Backstop: ${what}.`,
    );
  }
  const parts = await Promise.all(takable.map((taken) => planTaking(taken, signal)));
  const steps = parts
    .flatMap((part) => part.steps)
    .map((step, index, all): PlannedStep => {
      const before = all[index - 1]?.id;
      return { ...step, after: before === undefined ? [] : [before] };
    });
  const notes = [
    ...(reason === undefined ? [] : [`Why: ${reason}`]),
    ...final.map(({ title }) => `Cannot be taken back by Backstop: ${title}.`),
  ];
  return {
    kind: 'undo',
    service,
    environment,
    title: `Take back what ${run.id} did on ${service} ${environment}`,
    components: [],
    steps,
    losses: parts.flatMap((part) => part.losses),
    undo: `Ask for the ${plan.kind === 'mitigation' ? 'mitigation' : 'rollback'} again.`,
    ...(notes.length > 0 ? { notes } : {}),
  };
}

/** One step taken back, after the copies of what that would hide. Reads only. */
async function planTaking(
  { step, component, call }: Taken,
  signal: AbortSignal,
): Promise<{ readonly steps: readonly PlannedStep[]; readonly losses: readonly string[] }> {
  const operation = component.operations[step.call.operation];
  const { copies = [], losses = [] } =
    (await operation?.beforeUndo?.(step.call.input, call, readSignal(signal))) ?? {};
  const kept = await Promise.all(
    copies.map((copy) => planStep(component, copy, `Keep what ${component.title} has now`, signal)),
  );
  const back = await planStep(component, call, `Take back: ${step.title}`, signal);
  return {
    steps: [
      ...kept.map((each, index) => ({ ...each, id: `${step.id}.kept.${index + 1}` })),
      { ...back, id: step.id },
    ],
    losses,
  };
}
