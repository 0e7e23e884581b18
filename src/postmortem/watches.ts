/** What was kept an eye on in an incident: the monitor windows after a recovery, and the quick fix's clock. */

import type { Recorded } from '../events.ts';
import { type Incident, isOpen } from '../incident.ts';
import { allPass } from '../run.ts';
import { type Moment, momentOf } from '../timeline/moment.ts';
import type { PlainWords } from '../timeline/plain-words.ts';
import { type ReadingRecord, readingRecord } from './runs.ts';

export interface MonitorRecord {
  readonly run: string;
  readonly window: string;
  readonly from: Moment;
  readonly until: Moment;
  readonly rounds: number;
  /** Rounds in which every probe passed. */
  readonly passed: number;
  readonly last: readonly ReadingRecord[];
  /** The first round in which a probe did not pass, with what did not. */
  readonly firstFailed?: { readonly at: Moment; readonly readings: readonly ReadingRecord[] };
  /**
   * `cut-short` when the incident was resolved before its end, `superseded` when a later recovery was watched instead, `not-ended` when nobody
   * recorded its end.
   */
  readonly result:
    | 'passed'
    | 'failed'
    | 'open'
    | 'cut-short'
    | 'superseded'
    | 'not-ended'
    | 'not-begun';
}

export interface QuickFixRecord {
  readonly branch: string;
  readonly startedAt: Moment;
  readonly startedBy: string;
  /** The time on its clock at first, milliseconds; guide 002, Procedure 1 gives a quick fix 15 minutes. */
  readonly limitMs: number;
  readonly extensions: readonly {
    readonly at: Moment;
    readonly by: string;
    readonly until: Moment;
  }[];
  /** When its time ran out, the last time it did. */
  readonly timeUpAt?: Moment;
  readonly deployedAt?: Moment;
  readonly deployedBy?: string;
  /** From its start to its being reported as deployed; null when it never was. */
  readonly ms: number | null;
  /** Null when it was never reported as deployed. */
  readonly withinLimit: boolean | null;
}

/**
 * Every monitor window that was scheduled, oldest first.
 * @param now epoch milliseconds of the document; a window that lies ahead of it has not begun.
 */
export function monitoringOf(
  incident: Incident,
  events: readonly Recorded[],
  words: PlainWords,
  now: number,
): readonly MonitorRecord[] {
  let records: MonitorRecord[] = [];
  const watchedUntil = isOpen(incident) ? now : incident.statusSince;
  const change = (name: string, patch: (record: MonitorRecord) => Partial<MonitorRecord>): void => {
    const index = records.findLastIndex(({ window }) => window === name);
    const record = records[index];
    if (record) records[index] = { ...record, ...patch(record) };
  };

  for (const event of events) {
    if (event.type === 'monitor.started') {
      const { windows } = event.data;
      const goesOn = ({ window, from, until }: MonitorRecord): boolean =>
        windows.some((one) => one.name === window && isAt(one, { from, until }));
      // What watched an earlier recovery ends here; a window that had not begun leaves nothing to tell.
      records = records.flatMap((record) => {
        const isOver = record.result === 'passed' || record.result === 'failed';
        if (isOver || goesOn(record) || Date.parse(record.until) <= event.at) return [record];
        const hasBegun = Date.parse(record.from) <= event.at;
        return hasBegun ? [{ ...record, result: 'superseded' as const }] : [];
      });
      for (const { name, from, until } of windows) {
        if (records.some(({ window, ...one }) => window === name && isAt({ from, until }, one))) {
          continue;
        }
        const result = unended({ from, until }, watchedUntil, isOpen(incident));
        const times = { from: momentOf(from), until: momentOf(until) };
        const { run } = event.data;
        records.push({ run, window: name, ...times, rounds: 0, passed: 0, last: [], result });
      }
    }
    if (event.type === 'monitor.read') {
      const { window, readings } = event.data;
      const good = allPass(readings) ? 1 : 0;
      const last = readings.map((reading) => readingRecord(reading, words));
      const bad = last.filter(({ verdict }) => verdict !== 'pass');
      change(window, ({ rounds, passed, firstFailed }) => ({
        rounds: rounds + 1,
        passed: passed + good,
        last,
        ...(good || firstFailed ? {} : { firstFailed: { at: momentOf(event.at), readings: bad } }),
      }));
    }
    if (event.type === 'monitor.ended') {
      const { window, passed } = event.data;
      change(window, () => ({ result: passed ? 'passed' : 'failed' }));
    }
  }
  return records;
}

/** True when both are from the same moment to the same moment. */
function isAt(
  { from, until }: { readonly from: number; readonly until: number },
  record: Pick<MonitorRecord, 'from' | 'until'>,
): boolean {
  return momentOf(from) === record.from && momentOf(until) === record.until;
}

/** What can be said of a window before its end was recorded. */
function unended(
  { from, until }: { readonly from: number; readonly until: number },
  watchedUntil: number,
  isOpenIncident: boolean,
): MonitorRecord['result'] {
  if (from > watchedUntil) return 'not-begun';
  if (until <= watchedUntil) return 'not-ended';
  return isOpenIncident ? 'open' : 'cut-short';
}

/** Every quick fix, oldest first. */
export function quickFixesOf(
  events: readonly Recorded[],
  words: PlainWords,
): readonly QuickFixRecord[] {
  const records: QuickFixRecord[] = [];
  let startedAt = 0;
  const change = (patch: (record: QuickFixRecord) => Partial<QuickFixRecord>): void => {
    const record = records.pop();
    if (record) records.push({ ...record, ...patch(record) });
  };

  for (const event of events) {
    const at = momentOf(event.at);
    const by = words.who(event.actor);
    if (event.type === 'quick-fix.started') {
      startedAt = event.at;
      records.push({
        branch: words.text(event.data.branch),
        startedAt: at,
        startedBy: by,
        limitMs: event.data.until - event.at,
        extensions: [],
        ms: null,
        withinLimit: null,
      });
    }
    if (event.type === 'quick-fix.ended') change(() => ({ timeUpAt: at }));
    if (event.type === 'quick-fix.extended') {
      const until = momentOf(event.data.until);
      change(({ extensions }) => ({ extensions: [...extensions, { at, by, until }] }));
    }
    if (event.type === 'quick-fix.deployed') {
      const ms = Math.max(0, event.at - startedAt);
      change(({ limitMs }) => ({ deployedAt: at, deployedBy: by, ms, withinLimit: ms <= limitMs }));
    }
  }
  return records;
}
