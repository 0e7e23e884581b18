/** How far a release has come, read from its plans and runs. */

import { type Incident, isOpen, proposalOf } from './incident.ts';
import { isUnsettled, type Release, type ReleasePart } from './release.ts';
import type { Run, RunOutcome } from './run.ts';

export type ReleaseState =
  | 'preparing'
  | 'ready'
  | 'out'
  | 'verified'
  | 'troubled'
  | 'rolled-back'
  | 'called-off'
  | 'settled';

/** An incident's state that is a release's. */
export type ReleaseCase = Incident & { readonly release: Release };

export function isRelease(incident: Incident): incident is ReleaseCase {
  return incident.release !== undefined;
}

export function releaseState({ release, runs }: ReleaseCase): ReleaseState {
  if (release.calledOff) return 'called-off';
  if (release.rolledBack) return 'rolled-back';
  if (release.settledAt !== undefined) return 'settled';
  if (!release.out) return release.point ? 'ready' : 'preparing';
  const outcome = runs.find(({ id }) => id === release.out?.run)?.outcome;
  if (outcome === undefined) return 'out';
  return outcome === 'recovered' || outcome === 'done' ? 'verified' : 'troubled';
}

/** The newest run of a part of the release. */
export function runOfPart(incident: Incident, part: ReleasePart): Run | undefined {
  return incident.runs.findLast((run) => proposalOf(incident, run.plan)?.plan.part === part);
}

/** Whether something is still held for the release: acquired by it, and released by nobody since. */
export function isHeld(incident: ReleaseCase): boolean {
  const acquired = incident.runs.some(
    (run) =>
      proposalOf(incident, run.plan)?.plan.part === 'prepare' &&
      Object.values(run.steps).some(
        ({ id, status }) => id.endsWith('.hold') && status !== 'waiting',
      ),
  );
  const released = (['release-holds', 'wind-down'] as const).some(
    (part) => runOfPart(incident, part)?.outcome === 'done',
  );
  return acquired && !released && incident.release.rolledBack === undefined;
}

/** The release whose restore point a rollback of the environment goes back to. @param incidents newest first. */
export function unsettledRelease(
  incidents: readonly Incident[],
  service: string,
  environment: string,
): ReleaseCase | undefined {
  return incidents
    .filter(isRelease)
    .find(
      (each) =>
        each.service === service &&
        each.environment === environment &&
        isOpen(each) &&
        isUnsettled(each.release),
    );
}

const WELL: readonly RunOutcome[] = ['recovered', 'done'];

/** The run that rolled the release back, in its own channel or in that of an incident. @param outcomes how it ended. */
export function rollbackOf(
  { id }: Incident,
  incidents: readonly Incident[],
  outcomes = WELL,
): { readonly incident: string; readonly run: string } | undefined {
  for (const incident of incidents) {
    // In the journal that it comes from, releases of these ids were others.
    if (incident.imported) continue;
    const run = incident.runs.find(
      (each) =>
        each.outcome !== undefined &&
        outcomes.includes(each.outcome) &&
        proposalOf(incident, each.plan)?.plan.release === id,
    );
    if (run) return { incident: incident.id, run: run.id };
  }
  return undefined;
}
