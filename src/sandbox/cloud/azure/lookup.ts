import type { Answer, Call } from '../http.ts';
import type { ActivityLog } from './activity-log.ts';
import { armError, webError } from './errors.ts';
import type { Operations } from './operations.ts';
import { findSlot, type Site, type Slot } from './world.ts';

/** What the routes read and change. */
export interface AzureWorld {
  readonly subscription: string;
  readonly sites: readonly Site[];
  readonly operations: Operations;
  readonly activity: ActivityLog;
  /** The most entries of the activity log in one answer. */
  activityPage(): number;
  readonly caller: string;
  swapMs(): number;
  /** Does something after so many milliseconds of the cloud's clock. */
  later(ms: number, work: () => void): void;
  /** Whether a swap is answered with `Azure-AsyncOperation` beside `Location`. */
  sendsAsyncOperation(): boolean;
  /** The value of `Retry-After` on operations. */
  retryAfter(): string;
  swapApplied(): void;
}

/** Answers a call on a slot that exists; a call without a slot is on production. */
export type SlotHandler = (call: Call, site: Site, slot: Slot) => Answer;

/** The site a call names, or the error that says what does not exist. */
export function findSite(world: AzureWorld, call: Call): Site | Answer {
  const { group = '', site: name = '' } = call.params;
  const inGroup = world.sites.filter((site) => same(site.resourceGroup, group));
  if (inGroup.length === 0) {
    return armError(404, 'ResourceGroupNotFound', `Resource group '${group}' could not be found.`);
  }
  return inGroup.find((site) => same(site.name, name)) ?? notFound(call, `sites/${name}`);
}

/** What Resource Manager answers for a resource that is not there. */
export function notFound(call: Call, resource: string): Answer {
  const { group = '' } = call.params;
  return armError(
    404,
    'ResourceNotFound',
    `The Resource 'Microsoft.Web/${resource}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

/** The slot a swap names as its target, or why it cannot be one. */
export function targetOf(call: Call, site: Site, source: Slot): Slot | Answer {
  const body: { targetSlot?: unknown; preserveVnet?: unknown } = call.body ?? {};
  if (typeof body.targetSlot !== 'string' || typeof body.preserveVnet !== 'boolean') {
    return webError(
      400,
      'BadRequest',
      'The parameter slotSwapEntity has an invalid value.',
      '51008',
    );
  }
  const target = findSlot(site, body.targetSlot);
  if (!target) {
    return webError(
      404,
      'NotFound',
      `Cannot find slot with name ${body.targetSlot} for site ${site.name}.`,
      '51004',
    );
  }
  if (target !== source) return target;
  return webError(400, 'BadRequest', 'Cannot swap a slot with itself.', '51021');
}

/** Compares names as Azure does: in any case. */
export function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
