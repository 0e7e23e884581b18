/** What is different from the plan before, when that went out of date and another one has to be agreed to. */

import type { Change, Check } from './operation.ts';
import type { PlanContent, PlannedComponent, PlannedStep } from './plan.ts';

/** So many are told one by one. */
const TOLD = 8;

/**
 * Each difference that people would see between the two plans, in words; one line saying that there is none where only
 * what is not shown has changed.
 */
export function planDifferences(before: PlanContent, after: PlanContent): readonly string[] {
  const found = differencesBetween(before, after);
  if (found.length === 0) return ['Nothing that the plan shows is different.'];
  const told = found.slice(0, TOLD).map((words) => `Different now: ${words}`);
  const rest = found.length - told.length;
  return rest > 0 ? [...told, `Different now: ${rest} more; compare the two plans.`] : told;
}

/** The same, each difference by itself and all of them; empty where there is none. */
export function differencesBetween(before: PlanContent, after: PlanContent): readonly string[] {
  return [
    ...matched(before.components, after.components, byId, component, (each) => each.title),
    ...matched(before.steps, after.steps, byId, step, (each) => each.title),
    ...lost(before, after),
    ...(before.undo === after.undo ? [] : [`to take it back: ${after.undo}`]),
  ];
}

function byId({ id }: { readonly id: string }): string {
  return id;
}

function component(before: PlannedComponent, after: PlannedComponent): readonly string[] {
  const live = sentence(`${after.title} is at`, before.live.label, after.live.label);
  return [...live, ...sentence(`${after.title} goes to`, before.target.label, after.target.label)];
}

function step(before: PlannedStep, after: PlannedStep): readonly string[] {
  return [
    ...sentence('the step is', before.title, after.title),
    ...matched(before.changes, after.changes, ({ what }) => what, change, whole),
    ...matched(
      before.checks,
      after.checks,
      ({ name }) => name,
      check,
      ({ name }) => name,
    ),
  ];
}

function change(before: Change, after: Change): readonly string[] {
  return sentence(`${after.what}:`, arrow(before), arrow(after));
}

function check(before: Check, after: Check): readonly string[] {
  if (before.verdict === after.verdict) return [];
  return [
    `the check "${after.name}" says ${after.verdict}, was ${before.verdict}: ${after.reason}`,
  ];
}

function arrow({ from, to }: Change): string {
  return `${from} → ${to}`;
}

function whole(one: Change): string {
  return `${one.what}: ${arrow(one)}`;
}

function lost(before: PlanContent, after: PlanContent): readonly string[] {
  return matched(
    before.losses,
    after.losses,
    (words) => words,
    () => [],
    (words) => `lost: ${words}`,
  );
}

function sentence(lead: string, before: string, after: string): readonly string[] {
  return before === after ? [] : [`${lead} ${after}, was ${before}`];
}

/** The differences of what is in both lists, and what is in one of them only. */
function matched<T>(
  before: readonly T[],
  after: readonly T[],
  key: (item: T) => string,
  compare: (before: T, after: T) => readonly string[],
  words: (item: T) => string,
): readonly string[] {
  const earlier = new Map(before.map((item) => [key(item), item]));
  const now = new Set(after.map(key));
  return [
    ...after.flatMap((item) => {
      const other = earlier.get(key(item));
      return other === undefined ? [`new: ${words(item)}`] : compare(other, item);
    }),
    ...before.flatMap((item) => (now.has(key(item)) ? [] : [`no more: ${words(item)}`])),
  ];
}
