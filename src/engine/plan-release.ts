/** The plans of a coordinated release: hold and capture, make room for it, release what is held, end the restore point. */

import type { Component, RestorePoint } from '../component.ts';
import { Refusal } from '../errors.ts';
import type { Ground, Incident } from '../incident.ts';
import { blockersOf, type PlanContent, type PlannedStep } from '../plan.ts';
import type { ReleasePart } from '../release.ts';
import { isHeld, isRelease, type ReleaseCase } from '../release-state.ts';
import { readFlags } from './pinned-flags.ts';
import { planStep } from './plan-step.ts';
import { readSignal } from './reads.ts';
import { hasSwitches } from './switch-parts.ts';
import { hasRestorePoints, hasVersions, keepsRestorePoints, type Restorable } from './targets.ts';

type Content = Pick<PlanContent, 'title' | 'steps' | 'undo'> & Partial<PlanContent>;

/** @throws Refusal when there is nothing that such a plan could do, OutsideError when a system could not be read. */
export async function planRelease(
  ground: Ground,
  part: ReleasePart,
  components: readonly Component[],
  signal: AbortSignal,
): Promise<PlanContent> {
  // A release is planned on its whole state; a look has none.
  const incident = ground as Incident;
  if (!isRelease(incident)) {
    throw new Refusal('not-possible', `${ground.id} is not a release; use \`/release\` for one.`);
  }
  const { service, environment } = ground;
  const content = await PARTS[part](incident, components, signal);
  return { kind: 'release', part, service, environment, components: [], losses: [], ...content };
}

type MakePart = (
  incident: ReleaseCase,
  components: readonly Component[],
  signal: AbortSignal,
) => Promise<Content>;

const PARTS: Readonly<Record<ReleasePart, MakePart>> = {
  prepare,
  'make-room': makeRoom,
  'release-holds': async (incident, components, signal) => ({
    title: `Release what is held for ${incident.title}`,
    steps: await releases(components, signal),
    undo: 'Hold it again.',
  }),
  'wind-down': windDown,
};

/** What the name of a restore point says, so that a repeat finds it. */
export function pointName({ id, title }: ReleaseCase): string {
  return `${id} before ${title}`;
}

/** First everything is held, then everything is captured, side by side. */
async function prepare(
  incident: ReleaseCase,
  components: readonly Component[],
  signal: AbortSignal,
): Promise<Content> {
  const [holds, captures, pinned, { flags, notCovered }] = await Promise.all([
    Promise.all(
      components.flatMap((component) =>
        component.hold
          ? [step(component, `${component.id}.hold`, component.hold.acquire(), 'Hold', signal)]
          : [],
      ),
    ),
    Promise.all(
      components
        .filter(keepsRestorePoints)
        .map((component) => capture(component, pointName(incident), signal)),
    ),
    Promise.all(
      components.filter(hasVersions).map(async ({ id, title, versions }) => {
        const live = await versions.live(readSignal(signal));
        return { id, title, live, target: live, changesUnknown: 'It is pinned as it is live.' };
      }),
    ),
    readFlags(components, signal),
  ]);
  const after = holds.map(({ id }) => id);
  return {
    title: `Capture the restore point of ${incident.title}`,
    components: pinned,
    steps: [...holds, ...captures.map((each) => ({ ...each, after }))],
    undo: 'Call the release off: what is held is released, and what was captured deleted.',
    notes: [
      ...(flags.length > 0
        ? [
            `Flags are kept as they are: ${flags.map(({ name, state }) => `${name} ${state}`).join(', ')}.`,
          ]
        : []),
      ...notCovered,
      ...uncovered(components),
    ],
  };
}

/** What nobody can put back from this restore point. */
export function uncovered(components: readonly Component[]): readonly string[] {
  return (
    components
      .filter((component) => !hasVersions(component) && !hasRestorePoints(component))
      .filter((component) => !hasSwitches(component))
      // What only holds still or tells changes is nothing that goes back.
      .filter(({ hold, changes }) => !hold && !changes)
      .map(({ title }) => `Not covered: ${title}.`)
  );
}

function capture(component: Restorable, name: string, signal: AbortSignal): Promise<PlannedStep> {
  return step(component, component.id, component.restorePoints.capture(name), 'Capture', signal);
}

/**
 * Where a capture is blocked, what a failed one left behind goes, else the oldest restore point of Backstop's own; never
 * anybody else's, nor what cannot be deleted.
 */
async function makeRoom(
  incident: ReleaseCase,
  components: readonly Component[],
  signal: AbortSignal,
): Promise<Content> {
  const blocked = await Promise.all(
    components.filter(keepsRestorePoints).map(async (component) => {
      const planned = await capture(component, pointName(incident), signal);
      return blockersOf({ steps: [planned] }).length > 0 ? [component] : [];
    }),
  );
  const rooms = await Promise.all(
    blocked.flat().map(async (component) => {
      const points = await component.restorePoints.list(readSignal(signal));
      const oldestFirst = points.toReversed();
      const candidates = [
        ...oldestFirst.filter(({ isLeftover }) => isLeftover),
        ...oldestFirst.filter(({ available }) => available),
      ];
      for (const point of candidates) {
        const deletion = await discard(component, point, signal);
        if (!deletion || blockersOf({ steps: [deletion] }).length > 0) continue;
        const lost = `Restore point ${point.label} (${component.title}): nobody can go back to it afterwards.`;
        return { deletion, losses: point.isLeftover ? [] : [lost] };
      }
      return undefined;
    }),
  );
  const found = rooms.filter((each) => each !== undefined);
  if (found.length === 0) {
    throw new Refusal(
      'not-possible',
      'Nothing that stands in the way is Backstop’s to delete. Make room by hand, then refresh the plan.',
    );
  }
  return {
    title: `Make room for the restore point of ${incident.title}`,
    steps: found.map(({ deletion }) => deletion),
    losses: found.flatMap(({ losses }) => losses),
    undo: 'What is deleted is gone.',
  };
}

/** Releases what is still held and deletes the release's own restore point; what is live by now stays. */
async function windDown(
  incident: ReleaseCase,
  components: readonly Component[],
  signal: AbortSignal,
): Promise<Content> {
  const own = incident.release.point?.points ?? [];
  const undeletable = own.filter(
    ({ component }) => !components.find(({ id }) => id === component)?.restorePoints?.discard,
  );
  const [released, discarded] = await Promise.all([
    isHeld(incident) ? releases(components, signal) : [],
    Promise.all(
      components.filter(keepsRestorePoints).map(async (component) => {
        const ids = own
          .filter((each) => each.component === component.id)
          .map(({ point }) => point.id);
        const points = await component.restorePoints.list(readSignal(signal));
        const point = points.find(({ id }) => ids.includes(id));
        return point ? discard(component, point, signal) : undefined;
      }),
    ),
  ]);
  const all = discarded.filter((each) => each !== undefined);
  const kept = all.filter((each) => blockersOf({ steps: [each] }).length > 0);
  const notes = [
    ...undeletable.map(
      ({ title, point }) =>
        `${point.label} of ${title} is kept: Backstop cannot delete it. Delete it where it lies.`,
    ),
    ...kept.flatMap((each) =>
      blockersOf({ steps: [each] }).map(({ reason }) => `Kept, and not: ${each.title}. ${reason}`),
    ),
  ];
  return {
    title: `Wind down ${incident.title}`,
    steps: [...released, ...all.filter((each) => !kept.includes(each))],
    undo: 'What is deleted is gone.',
    ...(notes.length > 0 ? { notes } : {}),
  };
}

function discard(
  component: Restorable,
  point: RestorePoint,
  signal: AbortSignal,
): Promise<PlannedStep> | undefined {
  const call = component.restorePoints.discard?.(point);
  if (!call) return undefined;
  return step(component, `${component.id}.discard`, call, `Delete ${point.label} of`, signal);
}

function releases(
  components: readonly Component[],
  signal: AbortSignal,
): Promise<readonly PlannedStep[]> {
  return Promise.all(
    components.flatMap((component) =>
      component.hold
        ? [step(component, `${component.id}.release`, component.hold.release(), 'Release', signal)]
        : [],
    ),
  );
}

async function step(
  component: Component,
  id: string,
  call: Parameters<typeof planStep>[1],
  verb: string,
  signal: AbortSignal,
): Promise<PlannedStep> {
  const planned = await planStep(component, call, `${verb} ${component.title}`, signal);
  return { ...planned, id };
}
