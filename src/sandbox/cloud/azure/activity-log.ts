import { randomUUID } from 'node:crypto';
import type { Clock } from '../agenda.ts';
import type { Call } from '../http.ts';

/** One entry of the subscription's activity log. */
export interface Activity {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly resourceId: string;
  readonly status: 'Started' | 'Accepted' | 'Succeeded' | 'Failed';
  readonly caller: string;
  readonly correlationId: string;
  readonly clientRequestId: string;
  readonly message?: string | undefined;
}

export interface ActivityLog {
  /** Writes what happens now, or happened at `at` (epoch milliseconds). */
  write(entry: Omit<Activity, 'id' | 'at'>, at?: number): void;
  /** Newest first, limited by the OData `$filter`: time bounds, resource group and resource are understood. */
  read(filter: string): readonly Activity[];
}

/** What the log says of the request that caused an entry. */
export function requestOf(call: Call): Pick<Activity, 'correlationId' | 'clientRequestId'> {
  return {
    correlationId: header(call, 'x-ms-correlation-request-id') ?? call.exchange.id,
    clientRequestId: header(call, 'x-ms-client-request-id') ?? '',
  };
}

/** An activity log that shows an entry `lagMs()` milliseconds after it was written. */
export function createActivityLog(clock: Clock, lagMs: () => number): ActivityLog {
  const entries: Activity[] = [];
  return {
    write(entry, at = clock.now()) {
      entries.push({ ...entry, id: randomUUID(), at: new Date(at).toISOString() });
    },
    read(filter) {
      const from = quoted(filter, /eventTimestamp ge '([^']+)'/i);
      const until = quoted(filter, /eventTimestamp le '([^']+)'/i);
      const group = quoted(filter, /resourceGroupName eq '([^']+)'/i)?.toLowerCase();
      const resource = quoted(filter, /resourceUri eq '([^']+)'/i)?.toLowerCase();
      const shown = clock.now() - lagMs();
      return entries
        .filter((entry) => {
          const at = Date.parse(entry.at);
          const id = entry.resourceId.toLowerCase();
          if (at > shown) return false;
          if (from && at < Date.parse(from)) return false;
          if (until && at > Date.parse(until)) return false;
          if (group && !id.includes(`/resourcegroups/${group}/`)) return false;
          return !resource || id === resource;
        })
        .reverse();
    },
  };
}

function quoted(filter: string, pattern: RegExp): string | undefined {
  return pattern.exec(filter)?.[1];
}

function header(call: Call, name: string): string | undefined {
  const value = call.headers[name];
  return typeof value === 'string' ? value : undefined;
}
