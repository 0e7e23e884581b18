/** The course of an incident: its statuses and what its probes read, for charts and tables. */

import type { Recorded, Status } from '../events.ts';
import type { Verdict } from '../operation.ts';
import { type Moment, momentOf } from '../timeline/moment.ts';
import type { PlainWords } from '../timeline/plain-words.ts';

export interface StatusRecord {
  readonly status: Status;
  readonly at: Moment;
  readonly by: string;
  readonly reason?: string;
}

export interface ProbeReading {
  readonly at: Moment;
  readonly probe: string;
  readonly verdict: Verdict;
  /** Measured numbers by name, such as `responseMs`. */
  readonly values: Readonly<Record<string, number>>;
}

/** The statuses the incident had, from its declaration on. */
export function statusesOf(
  events: readonly Recorded[],
  words: PlainWords,
): readonly StatusRecord[] {
  return events.flatMap((event): readonly StatusRecord[] => {
    const said = { at: momentOf(event.at), by: words.who(event.actor) };
    if (event.type === 'incident.declared' || event.type === 'release.prepared') {
      return [{ status: 'investigating', ...said }];
    }
    if (event.type !== 'status.changed') return [];
    return [{ status: event.data.status, ...said, reason: words.text(event.data.reason) }];
  });
}

/** Every reading that verification and monitoring took, oldest first. */
export function readingsOf(
  events: readonly Recorded[],
  words: PlainWords,
): readonly ProbeReading[] {
  return events.flatMap((event) => {
    if (event.type !== 'verification.read' && event.type !== 'monitor.read') return [];
    const at = momentOf(event.at);
    return event.data.readings.map(({ probe, verdict, values }) => ({
      at,
      probe: words.text(probe),
      verdict,
      values: values ?? {},
    }));
  });
}
