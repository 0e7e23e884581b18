/** How long an incident took to each of its turning points. */

import type { Recorded } from '../events.ts';
import type { Incident } from '../incident.ts';

export type Milestone = 'detect' | 'acknowledge' | 'decide' | 'approve' | 'recover' | 'resolve';

export interface DurationRecord {
  readonly milestone: Milestone;
  /** Milliseconds; null when it is not known, or never came to it. */
  readonly ms: number | null;
  /** What it was measured from and to; or why it is not known. */
  readonly meaning: string;
}

/**
 * The six durations, in the order things happen; of a release, those that it has.
 * @param began when the trouble itself began, epoch milliseconds, where somebody knows.
 */
export function durationsOf(
  incident: Incident,
  events: readonly Recorded[],
  began: number | undefined,
): readonly DurationRecord[] {
  if (incident.release) return ofRelease(incident, events);
  const declared = incident.declaredAt;
  const commander = events.find((e) => e.type === 'role.claimed' && e.data.role === 'commander');
  const chosen = events.find(({ type }) => type === 'response.chosen');
  // Where a playbook led the response, the first plan is the first thing that was decided.
  const decided = chosen ?? events.find(({ type }) => type === 'plan.wanted');
  const recovered = lastingRecovery(events);
  const isOver = incident.status === 'resolved' || incident.status === 'closed';
  const resolved = isOver
    ? events.findLast((e) => e.type === 'status.changed' && e.data.status === 'resolved')
    : undefined;
  return [
    measured('detect', began, declared, {
      known: 'From the start of the trouble to the declaration.',
      unknown: 'Nobody has said yet when the trouble began: fill it in.',
    }),
    measured('acknowledge', declared, commander?.at, {
      known: 'From the declaration to the first incident commander.',
      unknown: 'Nobody took command.',
    }),
    measured('decide', declared, decided?.at, {
      known: chosen
        ? 'From the declaration to the first decision.'
        : 'From the declaration to the first plan that was asked for.',
      unknown: 'No response was decided on.',
    }),
    approval(incident),
    measured('recover', declared, recovered?.at, {
      known: 'From the declaration to the verified recovery.',
      unknown:
        'No run ended in a verified recovery. If the service recovered otherwise, fill it in.',
    }),
    measured('resolve', declared, resolved?.at, {
      known: 'From the declaration to its being resolved.',
      unknown: 'The incident is not resolved.',
    }),
  ];
}

/** The first verified recovery after which nothing failed any more; the last one, where something did. */
function lastingRecovery(events: readonly Recorded[]): Recorded | undefined {
  const trouble = events.findLastIndex(
    (e) =>
      (e.type === 'run.finished' && e.data.outcome === 'not-recovered') ||
      (e.type === 'monitor.ended' && !e.data.passed) ||
      (e.type === 'status.changed' && ['investigating', 'identified'].includes(e.data.status)),
  );
  const isRecovery = (e: Recorded): boolean =>
    e.type === 'run.finished' && e.data.outcome === 'recovered';
  return events.slice(trouble + 1).find(isRecovery) ?? events.findLast(isRecovery);
}

/** Nobody detects or acknowledges a release; what counts is how soon one that was rolled back was healthy again. */
function ofRelease(incident: Incident, events: readonly Recorded[]): readonly DurationRecord[] {
  const { out, rolledBack } = incident.release ?? {};
  const recovered = events.findLast(
    (e) => e.type === 'run.finished' && e.data.run === rolledBack?.run,
  );
  return [
    approval(incident),
    ...(rolledBack
      ? [
          measured('recover', out?.at, recovered?.at, {
            known: 'From the release being out to its verified rollback.',
            unknown: 'It was rolled back by another incident, which tells when.',
          }),
        ]
      : []),
  ];
}

/** Of the first plan that got its approvals. */
function approval({ proposals }: Incident): DurationRecord {
  const proposal = proposals.find(({ approvals, state }) => {
    return approvals.length > 0 && (state === 'approved' || state === 'stale');
  });
  const given = proposal?.approvals.at(-1)?.at;
  const asked = proposal?.requestedAt ?? proposal?.plan.madeAt;
  const since = proposal?.requestedAt === undefined ? 'the showing' : 'the request';
  return measured('approve', asked, given, {
    known: `From ${since} to the last approval of plan ${proposal?.plan.id}.`,
    unknown: 'No plan was approved.',
  });
}

function measured(
  milestone: Milestone,
  from: number | undefined,
  until: number | undefined,
  meaning: { readonly known: string; readonly unknown: string },
): DurationRecord {
  if (from === undefined || until === undefined) {
    return { milestone, ms: null, meaning: meaning.unknown };
  }
  if (until < from) {
    return {
      milestone,
      ms: null,
      meaning: 'The recorded times run backwards, so it cannot be told.',
    };
  }
  return { milestone, ms: until - from, meaning: meaning.known };
}

/** Milliseconds to a milestone; null where that is not known. */
export function msOf(milestone: Milestone, durations: readonly DurationRecord[]): number | null {
  return durations.find((duration) => duration.milestone === milestone)?.ms ?? null;
}
