import type { Component } from '../component.ts';
import { Refusal } from '../errors.ts';
import type { OperationCall } from '../operation.ts';
import type { PlannedStep } from '../plan.ts';
import { readSignal } from './reads.ts';

/**
 * One step of a plan: what the operation would change, whether it may run, and what it will look at before and after.
 * Reads only, all of them at once.
 */
export async function planStep(
  component: Component,
  call: OperationCall,
  title: string,
  signal: AbortSignal,
): Promise<PlannedStep> {
  const operation = component.operations[call.operation];
  if (!operation) {
    throw new Refusal('not-possible', `${component.title} has no operation ${call.operation}.`);
  }
  const limited = readSignal(signal);
  const [seen, checks, changes] = await Promise.all([
    operation.observe(call.input, limited),
    operation.preflight(call.input, limited),
    operation.describe(call.input, limited),
  ]);
  return {
    id: component.id,
    title: operation.title?.(call.input) ?? title,
    component: component.id,
    call,
    after: [],
    effect: operation.effect,
    guarantee: operation.guarantee,
    before: seen.fingerprint,
    expected: seen.expected,
    checks,
    changes,
    usualMs: operation.usualMs,
    manual: operation.manual(call.input),
    ...(operation.asksAgain ? { asksAgain: true } : {}),
    ...(operation.byHand ? { byHand: true as const } : {}),
    ...(operation.undo?.(call.input) ? {} : { noWayBack: true as const }),
    ...(operation.ending ? { endingLeaves: operation.ending.leaves(call.input) } : {}),
  };
}
