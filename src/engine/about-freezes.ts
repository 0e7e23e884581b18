import type { Component } from '../component.ts';
import { messageOf } from '../errors.ts';
import type { PlanWish } from '../events.ts';
import type { Ground } from '../incident.ts';
import { readSignal } from './reads.ts';

/**
 * What a plan says of freezes, one sentence each: what is kept from being deployed to while it runs, and what cannot be.
 * Never throws: a freeze does not stand in the way of a plan. Reads only.
 */
export async function aboutFreezes(
  components: readonly Component[],
  { id }: Ground,
  wish: PlanWish,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const able = components.filter(({ freeze }) => freeze !== undefined);
  return Promise.all(able.map((component) => about(component, id, wish, signal)));
}

async function about(
  { freeze, operations }: Component,
  id: string,
  wish: PlanWish,
  signal: AbortSignal,
): Promise<string> {
  const what = freeze?.what ?? '';
  if (wish.revert !== undefined || wish.reset !== undefined) {
    return `While this runs ${what} is not frozen: Backstop has to change it.`;
  }
  try {
    const call = freeze?.set(id);
    const operation = call && operations[call.operation];
    const checks = (await operation?.preflight(call?.input ?? null, readSignal(signal))) ?? [];
    const bad = checks.find(({ verdict }) => verdict === 'fail' || verdict === 'unknown');
    if (bad) return cannot(what, bad.reason);
  } catch (error) {
    return cannot(what, messageOf(error));
  }
  return `While this runs ${what} is frozen: nothing can be merged there. Backstop lifts it afterwards, or once no SEV1 is open any more.`;
}

function cannot(what: string, reason: string): string {
  return `While this runs ${what} cannot be frozen, so ask people not to merge: ${reason}`;
}
