/** What follows in a release by itself: from its plans, its runs and the clock. */

import type { Event } from '../events.ts';
import { activeRun, isOpen, openProposal, proposalOf } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { type ReleasePart, type ReleasePoint, settlesAt } from '../release.ts';
import {
  isHeld,
  isRelease,
  type ReleaseCase,
  releaseState,
  rollbackOf,
  runOfPart,
} from '../release-state.ts';

/** True from the end of the capture until it is recorded what it covers. */
export function needsRecord(incident: ReleaseCase): boolean {
  return !incident.release.point && runOfPart(incident, 'prepare')?.outcome === 'done';
}

/** Records what the restore point covers, once, as it was found in the systems. */
export function recordPoint(point: ReleasePoint): Flow {
  return (incident): readonly Event[] =>
    isRelease(incident) && isOpen(incident) && needsRecord(incident)
      ? [{ type: 'release.captured', data: point }]
      : [];
}

/** The next thing that follows; no event when nothing does. One thing at a time, so it is asked again after each. */
export function advanceRelease(): Flow {
  return (incident, { now, incidents }): readonly Event[] => {
    if (!isRelease(incident) || !isOpen(incident)) return [];
    const { release } = incident;
    const back = release.rolledBack ? undefined : rollbackOf(incident, incidents);
    if (back) return [{ type: 'release.rolled-back', data: back }];
    if (incident.planWanted || activeRun(incident)) return [];
    const end = settlesAt(release);
    const stands = ['verified', 'rolled-back'].includes(releaseState(incident));
    if (stands && end !== undefined && now >= end) return [{ type: 'release.settled', data: {} }];
    const over = release.settledAt ?? release.calledOff?.at;
    if (over !== undefined) return windDown(incident, over);
    // What waits for a person, or could not be planned, is not asked for again and again.
    if (openProposal(incident) || incident.planRefused) return [];
    const part = nextPart(incident);
    return part === undefined ? [] : [wanted(part)];
  };
}

function windDown(incident: ReleaseCase, over: number): readonly Event[] {
  const isWaiting = openProposal(incident)?.plan.part === 'wind-down';
  if (isWaiting || (incident.planRefused?.at ?? 0) > over) return [];
  const run = runOfPart(incident, 'wind-down');
  const isOver =
    run?.outcome === 'done' || (!isHeld(incident) && !incident.release.point?.points.length);
  if (!isOver) return run ? [] : [wanted('wind-down')];
  const reason = ENDINGS[releaseState(incident)] ?? 'The release has settled.';
  return [{ type: 'status.changed', data: { status: 'resolved', reason } }];
}

const ENDINGS: Readonly<Record<string, string>> = {
  'called-off': 'The release was called off.',
  'rolled-back': 'The release was rolled back, and its time is over.',
};

function nextPart(incident: ReleaseCase): ReleasePart | undefined {
  const last = incident.runs.at(-1);
  const madeRoom =
    last?.outcome === 'done' &&
    proposalOf(incident, last.plan)?.plan.part === 'make-room' &&
    incident.proposals.at(-1)?.plan.id === last.plan;
  if (madeRoom) return 'prepare';
  const mayRelease = releaseState(incident) === 'verified' && isHeld(incident);
  return mayRelease && !runOfPart(incident, 'release-holds') ? 'release-holds' : undefined;
}

/** What only ends what the release began was agreed to with it, so that it runs at once. */
function wanted(part: ReleasePart): Event {
  const approved = part === 'release-holds' || part === 'wind-down';
  const data = { kind: 'release', part, ...(approved ? { approved } : {}) } as const;
  return { type: 'plan.wanted', data };
}
