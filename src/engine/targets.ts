/** Which version or restore point a component goes back to. Reads only. */

import type {
  Candidate,
  Component,
  RestorePoint,
  RestorePoints,
  Version,
  Versions,
} from '../component.ts';
import { Refusal } from '../errors.ts';
import type { Ground, Incident } from '../incident.ts';
import { readSignal } from './reads.ts';

export type Versioned = Component & { readonly versions: Versions };
export type Restorable = Component & { readonly restorePoints: RestorePoints };

/** More than these are counted. */
const MOST_PASSED_OVER = 3;

export interface Target {
  readonly component: Versioned;
  readonly live: Version;
  readonly target: Version;
}

/** Versions that speak for themselves: which were tried or blamed, by component and version id. */
export interface TrackRecord {
  /** Ran in this incident, or were rolled back from in it. */
  readonly tried: ReadonlySet<string>;
  /** Rolled back from in another incident, which recovered by that. By whom it says. */
  readonly blamed: ReadonlyMap<string, string>;
}

export function hasVersions(component: Component): component is Versioned {
  return component.versions !== undefined;
}

export function hasRestorePoints(component: Component): component is Restorable {
  return component.restorePoints !== undefined;
}

/** Whether it has points of its own: those of another component are captured and counted there. */
export function keepsRestorePoints(component: Component): component is Restorable {
  return hasRestorePoints(component) && component.restorePoints.of === undefined;
}

/**
 * What past runs of a service and environment say about versions. A version is good when it ran without an incident; one
 * that an incident recovered from by leaving it is not.
 */
export function recordOf(incident: Ground, others: readonly Incident[]): TrackRecord {
  const tried = versionsIn(incident, ({ live, target }) => [live, target]);
  const blamed = new Map<string, string>();
  for (const other of others) {
    if (other.id === incident.id) continue;
    if (other.service !== incident.service || other.environment !== incident.environment) continue;
    for (const name of versionsIn(other, ({ live }) => [live], 'recovered'))
      blamed.set(name, other.id);
  }
  return { tried: new Set(tried), blamed };
}

function versionsIn(
  { runs, proposals }: Ground,
  pick: (component: { readonly live: Version; readonly target: Version }) => readonly Version[],
  outcome?: 'recovered',
): readonly string[] {
  const done = runs.filter(
    (run) => run.kind === 'rollback' && (outcome === undefined || run.outcome === outcome),
  );
  return done.flatMap((run) => {
    const plan = proposals.find((proposal) => proposal.plan.id === run.plan)?.plan;
    // A run that halted before a component's turn says nothing about its versions.
    const moved = (plan?.components ?? []).filter(({ id }) => {
      // Of several steps the last one moves it; what comes before prepares.
      const last = plan?.steps.findLast((step) => step.component === id && isOwn(step.id, id));
      return last !== undefined && run.steps[last.id]?.status === 'succeeded';
    });
    return moved.flatMap((planned) => pick(planned).map((version) => nameOf(planned.id, version)));
  });
}

/**
 * The previous good version, or the one that is named by id or label. The notes say which newer ones were passed over, and why.
 * @throws Refusal when it cannot be put back.
 */
export async function chooseVersion(
  component: Versioned,
  wanted: string | undefined,
  record: TrackRecord,
  signal: AbortSignal,
): Promise<Target & { readonly notes: readonly string[] }> {
  const limited = readSignal(signal);
  const [live, history] = await Promise.all([
    component.versions.live(limited),
    component.versions.history(limited),
  ]);
  const older = history.filter(({ version }) => version.id !== live.id);
  if (wanted === undefined) {
    const fresh = older.filter(({ version }) => !record.tried.has(nameOf(component.id, version)));
    const target = previous(component, live, fresh, record);
    const newer = fresh.slice(
      0,
      fresh.findIndex(({ version }) => version === target),
    );
    const over = newer.map((one) => [one.version.label, whyNot(component, one, record)] as const);
    return { component, live, target, notes: passedOver(component, over) };
  }
  const target = named(component, live, older, wanted);
  const incident = record.blamed.get(nameOf(component.id, target));
  const notes = incident ? [`${target.label} was itself rolled back from in ${incident}.`] : [];
  return { component, live, target, notes };
}

function previous(
  component: Component,
  live: Version,
  fresh: readonly Candidate[],
  record: TrackRecord,
): Version {
  const found = fresh.find(
    ({ version, available }) => available && !record.blamed.has(nameOf(component.id, version)),
  );
  if (found) return found.version;
  const seen = fresh.map((one) => `${one.version.label}: ${whyNot(component, one, record)}`);
  throw new Refusal(
    'not-possible',
    seen.length === 0
      ? `${component.title} runs ${live.label}, and no older version that was not tried yet is known.`
      : `${component.title} runs ${live.label}, and no older version can be put back. ${seen.join('; ')}`,
  );
}

function whyNot(
  component: Component,
  { version, reason }: Candidate,
  { blamed }: TrackRecord,
): string {
  const incident = blamed.get(nameOf(component.id, version));
  return incident ? `it was rolled back from in ${incident}` : (reason ?? 'not available');
}

/** One sentence each, newest first, three at most, with a count of the rest. */
function passedOver(
  { title }: Component,
  newer: readonly (readonly [label: string, why: string])[],
): readonly string[] {
  const rest = newer.length - MOST_PASSED_OVER;
  return [
    ...newer
      .slice(0, MOST_PASSED_OVER)
      .map(([label, why]) => `${title} passes over ${label}: ${why.replace(/\.+$/, '')}.`),
    ...(rest > 0 ? [`${title} passes over ${rest} more for reasons of that kind.`] : []),
  ];
}

function named(
  component: Component,
  live: Version,
  older: readonly Candidate[],
  wanted: string,
): Version {
  const is = (version: Version): boolean => version.id === wanted || version.label === wanted;
  if (is(live)) throw new Refusal('not-possible', `${component.title} runs ${live.label} already.`);
  const found = older.find(({ version }) => is(version));
  if (!found) {
    const known = older.map(({ version }) => version.label).join(', ') || 'none';
    throw new Refusal(
      'not-found',
      `${component.title} has no version ${wanted}. Older ones: ${known}.`,
    );
  }
  if (found.available) return found.version;
  throw new Refusal(
    'not-possible',
    `${found.version.label} cannot be put back: ${found.reason ?? 'it is not available'}`,
  );
}

/**
 * The newest usable restore point that is no safety copy, or the one that is named. The notes say which newer ones were passed
 * over, and why. @throws Refusal
 */
export async function chooseRestorePoint(
  component: Restorable,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly point: RestorePoint; readonly notes: readonly string[] }> {
  const points = await component.restorePoints.list(readSignal(signal));
  const known = points.map(({ id }) => id).join(', ') || 'none';
  const isNewest = wanted === undefined || wanted === 'newest';
  const found = isNewest
    ? points.find(({ available, isSafety }) => available && !isSafety)
    : points.find(({ id, label }) => id === wanted || label === wanted);
  if (!found) {
    throw new Refusal(
      'not-found',
      `${component.title} has no usable restore point ${wanted ?? ''}. There are: ${known}.`,
    );
  }
  if (found.available) {
    const newer = isNewest ? points.slice(0, points.indexOf(found)) : [];
    const over = newer
      .filter(({ isSafety }) => !isSafety)
      .map(({ label, reason }) => [label, reason ?? 'it is not available'] as const);
    return { point: found, notes: passedOver(component, over) };
  }
  throw new Refusal(
    'not-possible',
    `${found.label} cannot be put back: ${found.reason ?? 'it is not available'}`,
  );
}

/** A step that puts the component itself back, such as `web`, or `web.1` and `web.2`; not `web.hold` nor `web-correction`. */
function isOwn(step: string, component: string): boolean {
  if (step === `${component}-correction`) return false;
  return !step.startsWith(`${component}.`) || /^\d+$/.test(step.slice(component.length + 1));
}

function nameOf(component: string, version: Version): string {
  return `${component} ${version.id}`;
}
