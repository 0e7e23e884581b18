/** What many incidents tell together: how fast people were, whether rollbacks held, what led to incidents. */

import type { Response, Severity } from '../assessment.ts';
import type { Recorded, Status } from '../events.ts';
import { type Incident, proposalOf } from '../incident.ts';
import { type Moment, momentOf } from '../timeline/moment.ts';
import { createPlainWords } from '../timeline/plain-words.ts';
import { severityTerm } from '../vocabulary.ts';
import { durationsOf, type Milestone } from './durations.ts';
import { runsOf } from './runs.ts';
import { quickFixesOf } from './watches.ts';

/** One incident. Lengths of time are milliseconds; undefined where it never came to it, or nobody knows. */
export interface InsightRow {
  readonly id: string;
  readonly service: string;
  readonly environment: string;
  readonly severity?: Severity;
  readonly status: Status;
  readonly declaredAt: Moment;
  readonly response?: Response;
  readonly took: Readonly<Partial<Record<Milestone, number>>>;
  readonly rollbacks: readonly RollbackRow[];
  readonly quickFixes: readonly {
    readonly ms?: number;
    readonly limitMs: number;
    /** Undefined when it was never reported as deployed. */
    readonly withinLimit?: boolean;
  }[];
  /** How old the restore point was that its newest plan would go back to, when it was declared. */
  readonly restorePointAgeMs?: number;
  /** What set it off, as far as the record shows. */
  readonly cause: Cause;
  /** The versions that were live at the first plan, and for how long they had been when it was declared. */
  readonly suspects: readonly {
    readonly component: string;
    readonly version: string;
    readonly liveForMs: number;
  }[];
}

/**
 * `release`: rolling it back recovered the service. `data`: putting data or content back did, and no release with it.
 * `fresh-release`: one had gone live within the day before, and nothing proves that it was the cause. What people found out afterwards is in the post-mortem, not in the record.
 */
export type Cause = 'release' | 'data' | 'fresh-release' | 'unknown';

export const CAUSE_WORDS: Readonly<Record<Cause, string>> = {
  release: 'A release: its rollback recovered the service',
  data: 'Data or content: putting it back recovered the service',
  'fresh-release': 'A release of the day before, perhaps',
  unknown: 'Not known from the record',
};

/** A version that was live for less when an incident was declared may well have led to it. */
export const FRESH_MS = 24 * 3_600_000;

export interface RollbackRow {
  readonly run: string;
  readonly outcome: 'recovered' | 'not-recovered' | 'cancelled' | 'done' | 'open';
  /** From its start to the start of its verification, or to its end where there was none. */
  readonly ms?: number;
  readonly expectedMs: number;
}

export interface Insights {
  readonly rows: readonly InsightRow[];
  readonly all: Group;
  readonly byService: readonly Group[];
  readonly bySeverity: readonly Group[];
  readonly byCause: readonly Group[];
  readonly rollbacks: {
    readonly ended: number;
    readonly recovered: number;
    readonly cancelled: number;
    /** The middle one of how long it took, divided by how long the plan said. */
    readonly againstPlan?: number;
  };
  readonly quickFixes: {
    readonly started: number;
    readonly deployed: number;
    readonly withinLimit: number;
  };
  /** Private incidents and drills, which are left out. */
  readonly leftOut: { readonly private: number; readonly drills: number };
  readonly generatedAt: Moment;
}

export interface Group {
  readonly name: string;
  readonly incidents: number;
  /** The middle one of those that are known, milliseconds. */
  readonly median: Readonly<Partial<Record<Milestone, number>>>;
  /** Of how many incidents it is known. */
  readonly known: Readonly<Partial<Record<Milestone, number>>>;
}

/** Of fewer than these a median or a share says little. */
export const FEW = 5;

export const INSIGHT_MILESTONES: readonly Milestone[] = [
  'acknowledge',
  'decide',
  'recover',
  'resolve',
];

/**
 * What the incidents tell. Private incidents and drills are left out, and releases are none.
 * @param eventsOf all events of one of them, in order.
 * @param now epoch milliseconds.
 */
export function insightsOf(
  incidents: readonly Incident[],
  eventsOf: (incident: Incident) => readonly Recorded[],
  now: number,
): Insights {
  const real = incidents.filter(({ release }) => !release);
  const counted = real
    .filter((incident) => !incident.private && !incident.drill)
    .toSorted((a, b) => a.declaredAt - b.declaredAt);
  const releases = new Map(incidents.map((incident) => [incident.id, incident.release]));
  const rows = counted.map((incident) => rowOf(incident, eventsOf(incident), releases));
  const rollbacks = rows.flatMap((row) => row.rollbacks);
  const quickFixes = rows.flatMap((row) => row.quickFixes);
  const recovered = rollbacks.filter(({ outcome }) => outcome === 'recovered');
  const againstPlan = median(
    rollbacks.flatMap(({ ms, expectedMs, outcome }) =>
      ms !== undefined && expectedMs > 0 && outcome !== 'cancelled' ? [ms / expectedMs] : [],
    ),
  );
  return {
    rows,
    all: groupOf('All', rows),
    byService: groupsOf(rows, ({ service }) => service),
    bySeverity: groupsOf(rows, ({ severity }) =>
      severity ? severityTerm(severity).label : 'Not set',
    ),
    byCause: groupsOf(rows, ({ cause }) => CAUSE_WORDS[cause]),
    rollbacks: {
      ended: rollbacks.filter(({ outcome }) => outcome !== 'open' && outcome !== 'cancelled')
        .length,
      recovered: recovered.length,
      cancelled: rollbacks.filter(({ outcome }) => outcome === 'cancelled').length,
      ...(againstPlan === undefined ? {} : { againstPlan }),
    },
    quickFixes: {
      started: quickFixes.length,
      deployed: quickFixes.filter(({ ms }) => ms !== undefined).length,
      withinLimit: quickFixes.filter(({ withinLimit }) => withinLimit).length,
    },
    leftOut: {
      private: real.filter((incident) => incident.private).length,
      drills: real.filter((incident) => incident.drill && !incident.private).length,
    },
    generatedAt: momentOf(now),
  };
}

function rowOf(
  incident: Incident,
  events: readonly Recorded[],
  releases: ReadonlyMap<string, Incident['release']>,
): InsightRow {
  const words = createPlainWords((id) => id);
  const took = Object.fromEntries(
    durationsOf(incident, events, undefined).flatMap(({ milestone, ms }) =>
      ms === null ? [] : [[milestone, ms]],
    ),
  );
  const age = restorePointAge(incident, releases);
  const suspects = suspectsOf(incident);
  const rollbacks: readonly RollbackRow[] = runsOf(incident, events, words)
    .filter(({ kind }) => kind === 'rollback')
    .map(({ id, outcome, startedAt, endedAt, verification, expectedMs }) => {
      const until = verification?.startedAt ?? endedAt;
      const ms = until === undefined ? undefined : Date.parse(until) - Date.parse(startedAt);
      return {
        run: id,
        outcome: outcome ?? 'open',
        expectedMs,
        ...(ms === undefined ? {} : { ms }),
      };
    });
  return {
    id: incident.id,
    service: incident.service,
    environment: incident.environment,
    ...(incident.severity ? { severity: incident.severity.is } : {}),
    status: incident.status,
    declaredAt: momentOf(incident.declaredAt),
    ...(incident.response ? { response: incident.response.is } : {}),
    took,
    rollbacks,
    cause: causeOf(incident, suspects),
    quickFixes: quickFixesOf(events, words).map(({ ms, limitMs, withinLimit }) => ({
      limitMs,
      ...(ms === null ? {} : { ms }),
      ...(withinLimit === null ? {} : { withinLimit }),
    })),
    ...(age === undefined ? {} : { restorePointAgeMs: age }),
    suspects,
  };
}

function causeOf(incident: Incident, suspects: InsightRow['suspects']): Cause {
  const recovered = incident.runs.filter(
    ({ kind, outcome }) => kind === 'rollback' && outcome === 'recovered',
  );
  const isOfData = recovered.map(({ plan }) => proposalOf(incident, plan)?.wish?.only === true);
  if (isOfData.includes(false)) return 'release';
  if (isOfData.includes(true)) return 'data';
  return suspects.some(({ liveForMs }) => liveForMs < FRESH_MS) ? 'fresh-release' : 'unknown';
}

function restorePointAge(
  { proposals, declaredAt }: Incident,
  releases: ReadonlyMap<string, Incident['release']>,
): number | undefined {
  const plan = proposals.findLast(
    ({ plan: { release, points } }) => release !== undefined || points !== undefined,
  )?.plan;
  const release = plan?.release === undefined ? undefined : releases.get(plan.release)?.point?.at;
  // Of several, the oldest: so far back the service goes.
  const captured = release ?? plan?.points?.map(({ capturedAt }) => capturedAt).toSorted(byTime)[0];
  return captured !== undefined && captured <= declaredAt ? declaredAt - captured : undefined;
}

function byTime(a: number, b: number): number {
  return a - b;
}

function suspectsOf({ proposals, declaredAt }: Incident): InsightRow['suspects'] {
  const first = proposals.find(({ plan }) => plan.kind === 'rollback')?.plan;
  return (first?.components ?? []).flatMap(({ title, live }) =>
    live.since !== undefined && live.since <= declaredAt
      ? [{ component: title, version: live.label, liveForMs: declaredAt - live.since }]
      : [],
  );
}

function groupsOf(
  rows: readonly InsightRow[],
  nameOf: (row: InsightRow) => string,
): readonly Group[] {
  const names = [...new Set(rows.map(nameOf))].sort();
  return names.map((name) =>
    groupOf(
      name,
      rows.filter((row) => nameOf(row) === name),
    ),
  );
}

function groupOf(name: string, rows: readonly InsightRow[]): Group {
  const times = INSIGHT_MILESTONES.map((milestone) => {
    return [milestone, rows.flatMap(({ took }) => took[milestone] ?? [])] as const;
  }).filter(([, known]) => known.length > 0);
  return {
    name,
    incidents: rows.length,
    median: Object.fromEntries(times.map(([milestone, known]) => [milestone, median(known)])),
    known: Object.fromEntries(times.map(([milestone, known]) => [milestone, known.length])),
  };
}

/** The middle one, or the mean of the two in the middle. */
function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)];
  const lower = sorted[Math.ceil(middle) - 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}
