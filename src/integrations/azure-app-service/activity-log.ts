import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import type { Arm } from './client.ts';
import { understood } from './slots.ts';

/** Resource Manager's clock and ours may differ by this much. */
const SKEW_MS = 5 * 60_000;
/** Azure gives a swap up after half an hour. */
const LONGEST_SWAP_MS = 30 * 60_000;
const API_VERSION = '2015-04-01';
const MOST_PAGES = 10;

const Log = z.object({
  nextLink: z.string().nullish(),
  value: z.array(
    z.object({
      operationName: z.object({ value: z.string() }),
      status: z.object({ value: z.string() }),
      eventTimestamp: z.string().nullish(),
      caller: z.string().nullish(),
      correlationId: z.string().nullish(),
      httpRequest: z.object({ clientRequestId: z.string().nullish() }).nullish(),
    }),
  ),
});

/** What Azure's activity log says of one request: nothing (yet, it lags by minutes), taken, or how it ended. */
export type Logged = 'nothing' | 'accepted' | 'succeeded' | 'failed';

/**
 * Looks up what became of the request `requestId` sent at `at` or later. @param action a part of the name of what it asked for.
 * @throws OutsideError, `permission` without `Microsoft.Insights/eventtypes/values/read`.
 */
export async function findRequest(
  arm: Arm,
  action: 'slotsswap' | 'restart',
  requestId: string,
  at: number,
  signal: AbortSignal,
): Promise<Logged> {
  const entries = await readActivityLog(arm, at - SKEW_MS, signal);
  const ours = entries.filter(
    (entry) =>
      entry.operationName.value.toLowerCase().includes(action) &&
      [entry.httpRequest?.clientRequestId, entry.correlationId].includes(requestId),
  );
  const statuses = ours.map((entry) => entry.status.value.toLowerCase());
  if (statuses.includes('failed')) return 'failed';
  if (statuses.includes('succeeded')) return 'succeeded';
  return statuses.length > 0 ? 'accepted' : 'nothing';
}

/**
 * Who asked for the swap that ended at `at`, by name. Undefined when the log does not tell, may not be read, or knows
 * only an object id.
 */
export async function findSwapCaller(
  arm: Arm,
  at: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const entries = await readActivityLog(arm, at - LONGEST_SWAP_MS, signal, at + SKEW_MS);
    const callers = entries
      .filter((entry) => /slotsswap/i.test(entry.operationName.value))
      .map((entry) => ({ caller: entry.caller, away: away(entry.eventTimestamp, at) }))
      .sort((a, b) => a.away - b.away);
    const caller = callers[0]?.caller;
    return caller && !/^[0-9a-f-]{36}$/i.test(caller) ? caller : undefined;
  } catch (error) {
    // A name is good to have; nothing is decided by it.
    if (error instanceof OutsideError) return undefined;
    throw error;
  }
}

function away(timestamp: string | null | undefined, at: number): number {
  const ms = Date.parse(timestamp ?? '');
  return Number.isNaN(ms) ? Number.POSITIVE_INFINITY : Math.abs(ms - at);
}

/**
 * The resource group's activity log from `from` until `until`, epoch milliseconds; its newest pages where there is very much.
 * @throws OutsideError
 */
export async function readActivityLog(
  arm: Arm,
  from: number,
  signal: AbortSignal,
  until?: number,
): Promise<z.infer<typeof Log>['value']> {
  const attempted = 'read the activity log';
  const times = [`eventTimestamp ge '${new Date(from).toISOString()}'`];
  if (until !== undefined) times.push(`eventTimestamp le '${new Date(until).toISOString()}'`);
  const query = new URLSearchParams({
    'api-version': API_VERSION,
    $filter: [...times, `resourceGroupName eq '${arm.group}'`].join(' and '),
  });
  const path = `/subscriptions/${arm.subscription}/providers/Microsoft.Insights/eventtypes/management/values`;
  const entries: z.infer<typeof Log>['value'] = [];
  // In a busy resource group one page is soon full of others' doings.
  let address: string | undefined = `${path}?${query.toString()}`;
  for (let page = 0; address !== undefined && page < MOST_PAGES; page++) {
    const answer: z.infer<typeof Log> = understood(
      Log,
      await arm.get(attempted, address, signal),
      attempted,
      arm,
    );
    entries.push(...answer.value);
    address = answer.nextLink ?? undefined;
  }
  return entries;
}
