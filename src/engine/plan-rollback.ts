import type { Component } from '../component.ts';
import { Refusal } from '../errors.ts';
import type { PlanWish } from '../events.ts';
import type { Ground, Incident } from '../incident.ts';
import type { PlanContent } from '../plan.ts';
import { aboutSchema, withCheck } from './about-schema.ts';
import { behindRelease, type RestoredPart } from './behind-release.ts';
import { flagsAsKept } from './pinned-flags.ts';
import { planMitigation } from './plan-mitigation.ts';
import { planVersions } from './plan-versions.ts';
import { readSignal } from './reads.ts';
import { apart, switchPart } from './switch-parts.ts';
import { chooseRestorePoint, hasRestorePoints, hasVersions, recordOf } from './targets.ts';

/** Guides 002 and 003: what writes is stopped first. */
const NOTHING_HELD =
  'Nothing in backstop.yaml stops what writes to the database, so stop it by hand before this is approved: what is written until the end is not in what is put back.';

/**
 * The plan that puts versions back, and data, content and flags where the wish names them. Reads only.
 * @param incidents every incident, for versions that failed.
 * @param began epoch milliseconds.
 * @throws Refusal when there is nothing that can be put back.
 */
export async function planRollback(
  ground: Ground,
  asked: PlanWish,
  components: readonly Component[],
  incidents: readonly Incident[],
  began: number,
  signal: AbortSignal,
): Promise<PlanContent> {
  const { wish, switches } = apart(asked, components);
  if (wish.only && !wish.restore) {
    return planMitigation(ground, { ...asked, switches }, components, began, signal);
  }
  const record = recordOf(ground, incidents);
  // Content and data go back only when somebody says so: they may hold newer work.
  const versioned = wish.only
    ? []
    : components.filter(hasVersions).filter(({ phase = 'code' }) => phase === 'code');
  const behind = behindRelease(incidents, ground, { ...wish, switches }, components);
  const [chosen, restored, asIs, kept] = await Promise.all([
    Promise.all(versioned.map((component) => behind.target(component, record, signal))),
    behind.restores((each) => restorePart(components, each, signal)),
    Promise.all(switches.map((each) => switchPart(components, each, signal))),
    flagsAsKept(components, behind.flags, signal),
  ]);
  const flags = [...asIs, ...kept.filter((each) => typeof each !== 'string')];
  const targets = chosen.filter((each) => each !== undefined);
  const restores = restored.filter((each) => typeof each !== 'string');
  if (targets.length + restores.length === 0) {
    throw new Refusal(
      'not-possible',
      `${ground.service} ${ground.environment} has no component whose version can be put back.`,
    );
  }
  const plan = await planVersions(
    ground,
    'rollback',
    components,
    targets,
    [...flags, ...restores.map(({ part }) => part)],
    behind.release !== undefined,
    signal,
  );
  const losses = restores.flatMap((restore) => restore.losses);
  const left = wish.only
    ? []
    : components.filter(({ id }) => !restores.some(({ part }) => part.component.id === id));
  const leftAsTheyAre = await Promise.all(
    left.map(async (component) => component.whenLeft?.(readSignal(signal))),
  );
  const schema = aboutSchema(
    leftAsTheyAre.filter((each) => each !== undefined),
    wish,
    new Set(restores.map(({ part }) => part.component.id)),
    behind.keepsSchema,
  );
  const together = targets.map(({ component }) => component.title);
  const notes = [
    ...(together.length > 1
      ? [`${together.join(' and ')} go together: when one fails, the others are put back at once.`]
      : []),
    ...behind.notes,
    ...(restores.some(({ part }) => part.component.phase === 'data') &&
    !components.some(({ hold }) => hold)
      ? [NOTHING_HELD]
      : []),
    ...restores.flatMap((restore) => restore.remarks),
    ...schema.notes,
    ...restored.filter((each) => typeof each === 'string'),
    ...kept.filter((each) => typeof each === 'string'),
    ...targets.flatMap((target) => target.notes),
    ...(plan.notes ?? []),
  ];
  // A state that is worked out while planning is no copy that was kept, and has no age.
  const points = restores
    .map(({ part, point: { label, capturedAt } }) => {
      return { component: part.component.id, label, capturedAt };
    })
    .filter(({ capturedAt }) => capturedAt < began);
  const code = new Set(targets.map(({ component }) => component.id));
  return {
    ...plan,
    ...(schema.check === undefined ? {} : { steps: withCheck(plan.steps, code, schema.check) }),
    losses,
    ...(points.length > 0 ? { points } : {}),
    ...(notes.length > 0 ? { notes } : {}),
    ...(behind.release === undefined ? {} : { release: behind.release }),
  };
}

/** What a wish to restore one component means: to the point that it names, or the newest usable one. Reads only. @throws Refusal */
async function restorePart(
  components: readonly Component[],
  wanted: { readonly component: string; readonly point?: string },
  signal: AbortSignal,
): Promise<RestoredPart> {
  const able = components.filter(hasRestorePoints);
  const component = able.find(({ id }) => id === wanted.component);
  if (!component) {
    const known = able.map(({ id }) => id).join(', ') || 'none';
    throw new Refusal(
      'not-found',
      `There is no component ${wanted.component} with restore points. There are: ${known}.`,
    );
  }
  const { point, notes } = await chooseRestorePoint(component, wanted.point, signal);
  const [losses, remarks] = await Promise.all([
    component.restorePoints.losses(point, readSignal(signal)),
    component.restorePoints.remarks?.(point, readSignal(signal)) ?? [],
  ]);
  const title = `Put ${component.title} back to ${point.label}`;
  const part = { component, calls: component.restorePoints.restore(point), title };
  return { part, point, losses, remarks: [...notes, ...remarks] };
}
