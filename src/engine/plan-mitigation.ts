/** The plan that buys time: flags set, instances restarted or added, a configured command run (guide 002, Procedure 3 and Example 3). */

import type { Component } from '../component.ts';
import { Refusal } from '../errors.ts';
import type { PlanWish } from '../events.ts';
import type { Ground } from '../incident.ts';
import { resolveMitigation } from '../mitigations.ts';
import type { PlanContent } from '../plan.ts';
import { type Part, planSteps } from './plan-graph.ts';
import { readSignal } from './reads.ts';
import { switchPart } from './switch-parts.ts';
import { undoWords } from './undo-words.ts';

/** @param at when it is planned, epoch milliseconds. @throws Refusal when nothing here can do what is asked for, OutsideError when a system could not be read. */
export async function planMitigation(
  { id, service, environment, proposals }: Ground,
  { switches = [], mitigate, because }: PlanWish,
  components: readonly Component[],
  at: number,
  signal: AbortSignal,
): Promise<PlanContent> {
  const key = `${id.replaceAll(' ', '-')}-P${proposals.length + 1}`;
  const parts = await Promise.all([
    ...switches.map((wanted) => switchPart(components, wanted, signal)),
    ...(mitigate ? mitigationParts(components, mitigate, { key, at }, signal) : []),
  ]);
  if (parts.length === 0) {
    throw new Refusal('invalid-input', 'Name what is to be done, such as `do restart`.');
  }
  const steps = await planSteps(parts, [], signal);
  return {
    kind: 'mitigation',
    service,
    environment,
    title: steps.map(({ title }) => title).join(' and '),
    components: [],
    steps,
    losses: [],
    undo: undoWords(parts),
    ...(because ? { notes: [because] } : {}),
  };
}

function mitigationParts(
  components: readonly Component[],
  wanted: NonNullable<PlanWish['mitigate']>,
  mark: { readonly key: string; readonly at: number },
  signal: AbortSignal,
): readonly Promise<Part>[] {
  const { offers, value } = resolveMitigation(components, wanted);
  return offers.map(async ({ component, mitigation }): Promise<Part> => {
    const call = await mitigation.call({ value, ...mark }, readSignal(signal));
    const calls = [...(mitigation.before?.(call) ?? []), call];
    return { component, calls, title: mitigation.title, phase: 'beforehand' };
  });
}
