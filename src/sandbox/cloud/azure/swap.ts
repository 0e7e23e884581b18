import type { Answer, Call } from '../http.ts';
import { requestOf } from './activity-log.ts';
import { warmUpFailure, webError } from './errors.ts';
import { type AzureWorld, type SlotHandler, targetOf } from './lookup.ts';
import type { Operation } from './operations.ts';
import { listOf, operationRecord, siteRecord, slotDifferences, slotId } from './records.ts';
import { PRODUCTION, prepare, type Site, type Slot } from './world.ts';

/** Swaps in one and in two phases, what they would change, and the operations they start. */
export interface SwapHandlers {
  readonly swap: SlotHandler;
  readonly operationStatus: SlotHandler;
  readonly operationResult: SlotHandler;
  readonly applySlotConfig: SlotHandler;
  readonly differences: SlotHandler;
}

/** The handlers around a swap in this world. */
export function createSwapHandlers(world: AzureWorld): SwapHandlers {
  const swap: SlotHandler = (call, site, source) => {
    const target = targetOf(call, site, source);
    if ('status' in target) return target;
    if (isPrepared(site, source, target)) return preparedForSwap();
    const cold = [source, target].find((slot) => slot.name !== PRODUCTION && !slot.running);
    const operation = world.operations.swap({
      site,
      source,
      target,
      takesMs: call.operation?.takesMs ?? world.swapMs(),
      failsWith: call.operation?.failsWith ?? (cold && warmUpFailure(site.name, cold.name)),
      ended: (ended) => swapEnded(call, site, source, ended),
    });
    const address = (kind: string) =>
      `${call.origin}${slotId(site, source)}/${kind}/${operation.id}?api-version=${call.query.get('api-version')}`;
    return {
      status: 202,
      headers: {
        location: address('operationresults'),
        ...(world.sendsAsyncOperation() && { 'azure-asyncoperation': address('operations') }),
        'retry-after': world.retryAfter(),
      },
    };
  };

  function swapEnded(call: Call, site: Site, source: Slot, operation: Operation): void {
    if (operation.state === 'succeeded') {
      call.exchange.applied = true;
      world.swapApplied();
    }
    world.activity.write({
      ...requestOf(call),
      action: call.needs ?? call.exchange.call,
      resourceId: slotId(site, source),
      status: operation.state === 'succeeded' ? 'Succeeded' : 'Failed',
      caller: world.caller,
      message: operation.message,
    });
  }

  const operationOf = (call: Call, site: Site): Operation | Answer => {
    const operation = world.operations.find(call.params['operation'] ?? '');
    if (operation?.site === site) return operation;
    return webError(404, 'NotFound', 'Cannot find the operation.', '51004');
  };

  const operationStatus: SlotHandler = (call, site) => {
    const operation = operationOf(call, site);
    if ('status' in operation) return operation;
    const headers: Record<string, string> =
      operation.state === 'running' ? { 'retry-after': world.retryAfter() } : {};
    return { status: 200, headers, body: operationRecord(call.path, operation) };
  };

  const operationResult: SlotHandler = (call, site, slot) => {
    const operation = operationOf(call, site);
    if ('status' in operation) return operation;
    switch (operation.state) {
      case 'running':
        return {
          status: 202,
          headers: {
            location: `${call.origin}${call.path}?${call.query.toString()}`,
            'retry-after': world.retryAfter(),
          },
        };
      case 'failed':
        return webError(400, 'BadRequest', operation.message ?? 'The operation failed.', '51021');
      case 'succeeded':
        return { status: 200, body: siteRecord(site, slot, world.operations.running(site)) };
    }
  };

  const applySlotConfig: SlotHandler = (call, site, source) => {
    const target = targetOf(call, site, source);
    if ('status' in target) return target;
    if (site.slots.some((slot) => slot.prepared)) return preparedForSwap();
    prepare(site, source, target);
    return { status: 200 };
  };

  const differences: SlotHandler = (call, site, slot) => {
    const target = targetOf(call, site, slot);
    if ('status' in target) return target;
    return { status: 200, body: listOf(slotDifferences(site, slot, target)) };
  };

  return { swap, operationStatus, operationResult, applySlotConfig, differences };
}

function isPrepared(site: Site, source: Slot, target: Slot): boolean {
  const prepared = site.slots.find((slot) => slot.prepared);
  return (
    prepared !== undefined && (prepared !== source || prepared.prepared?.target !== target.name)
  );
}

function preparedForSwap(): Answer {
  return webError(
    409,
    'Conflict',
    'The slot cannot be changed because its configuration settings have been prepared for swap.',
    '59204',
  );
}
