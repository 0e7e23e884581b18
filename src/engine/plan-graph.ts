/**
 * The order of a plan's steps, as the guides demand it: hold what writes, then flags, then data (each with its safety copy first), then
 * content, then code side by side, then release what was held (guide 000, guide 002 "Database rollback").
 */

import type { Component, Phase } from '../component.ts';
import type { OperationCall } from '../operation.ts';
import type { PlannedStep } from '../plan.ts';
import { planStep } from './plan-step.ts';

/** What one component contributes: calls that follow each other. */
export interface Part {
  readonly component: Component;
  readonly calls: readonly OperationCall[];
  /** The step's title where the operation has none of its own. */
  readonly title: string;
  /** The component's own phase unless given; `beforehand` comes before all others, `afterwards` after them. */
  readonly phase?: Phase | 'beforehand' | 'afterwards';
  /** Of several parts of one component, what tells their steps apart. */
  readonly id?: string;
}

interface Draft {
  readonly id: string;
  readonly part: Part;
  readonly call: OperationCall;
  readonly after: readonly string[];
  readonly releases?: string;
  readonly group?: string;
}

const PHASES = ['beforehand', 'data', 'content', 'code', 'afterwards'] as const;

/** The steps of the parts, with a hold around them for each component that offers one. Reads everything at once. */
export async function planSteps(
  parts: readonly Part[],
  holders: readonly Component[],
  signal: AbortSignal,
): Promise<readonly PlannedStep[]> {
  const drafts = inPhases(parts, holders);
  return Promise.all(
    drafts.map(async ({ id, part, call, after, releases, group }): Promise<PlannedStep> => {
      const step = await planStep(part.component, call, part.title, signal);
      return { ...step, id, after, ...(releases ? { releases } : {}), ...(group ? { group } : {}) };
    }),
  );
}

function inPhases(parts: readonly Part[], holders: readonly Component[]): readonly Draft[] {
  const holds = holders.flatMap(acquire);
  const drafts: Draft[] = [...holds];
  let before: readonly string[] = holds.map(({ id }) => id);
  for (const phase of PHASES) {
    const here = parts.filter((part) => (part.phase ?? part.component.phase ?? 'code') === phase);
    if (here.length === 0) continue;
    const group = phase === 'code' && here.length > 1 ? phase : undefined;
    const chains = inTurn(here, before, group);
    drafts.push(...chains.flat());
    before = chains.flatMap((steps) => steps.slice(-1).map(({ id }) => id));
  }
  const last = before;
  return [...drafts, ...holders.flatMap((holder) => release(holder, last))];
}

/** Side by side, but for parts that lead: the others come after them. */
function inTurn(
  parts: readonly Part[],
  before: readonly string[],
  group: string | undefined,
): readonly (readonly Draft[])[] {
  const leading = parts.filter(({ component }) => component.leads === true);
  const first = leading.map((part) => chain(part, before, group));
  const ends = first.flatMap((steps) => steps.slice(-1).map(({ id }) => id));
  const rest = parts.filter((part) => !leading.includes(part));
  const then = rest.map((part) => chain(part, ends.length > 0 ? ends : before, group));
  return [...first, ...then];
}

function chain(part: Part, before: readonly string[], group: string | undefined): readonly Draft[] {
  let after = before;
  return part.calls.map((call, index) => {
    const own = part.id ?? part.component.id;
    const id = part.calls.length === 1 ? own : `${own}.${index + 1}`;
    const draft: Draft = { id, part, call, after, ...(group ? { group } : {}) };
    after = [id];
    return draft;
  });
}

function acquire(component: Component): readonly Draft[] {
  if (!component.hold) return [];
  const call = component.hold.acquire();
  const part: Part = { component, calls: [call], title: `Hold ${component.title}` };
  return [{ id: `${component.id}.hold`, part, call, after: [] }];
}

function release(component: Component, after: readonly string[]): readonly Draft[] {
  if (!component.hold) return [];
  const call = component.hold.release();
  const part: Part = { component, calls: [call], title: `Release ${component.title}` };
  return [{ id: `${component.id}.release`, part, call, after, releases: `${component.id}.hold` }];
}
