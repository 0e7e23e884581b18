/** Makes plans: reads every component of an environment in parallel and says what would change. Reads only. */

import type { Component } from '../component.ts';
import { Refusal } from '../errors.ts';
import type { PlanWish } from '../events.ts';
import type { Ground, Incident } from '../incident.ts';
import type { PlanContent, PlannedComponent } from '../plan.ts';
import { planDifferences } from '../plan-difference.ts';
import type { Catalogue } from '../service.ts';
import { aboutFreezes } from './about-freezes.ts';
import { aboutSchema, withCheck } from './about-schema.ts';
import { behindRelease, type RestoredPart } from './behind-release.ts';
import { changesBetween } from './changes-between.ts';
import { correctionsOf } from './corrections.ts';
import { usualDurations } from './past-durations.ts';
import { flagsAsKept } from './pinned-flags.ts';
import { type Part, planSteps } from './plan-graph.ts';
import { planMitigation } from './plan-mitigation.ts';
import { planRelease } from './plan-release.ts';
import { planReset } from './plan-reset.ts';
import { planRevert } from './plan-revert.ts';
import { planStep } from './plan-step.ts';
import { planUndo } from './plan-undo.ts';
import { readSignal } from './reads.ts';
import { apart, flagsBack, switchPart } from './switch-parts.ts';
import {
  chooseRestorePoint,
  hasRestorePoints,
  hasVersions,
  recordOf,
  type Target,
} from './targets.ts';
import { undoWords } from './undo-words.ts';

export interface Planner {
  /**
   * The plan that fulfils the wish for the service and environment it is made on.
   * @throws Refusal when no such plan exists, OutsideError when a system could not be read.
   */
  readonly plan: (ground: Ground, wish: PlanWish, signal: AbortSignal) => Promise<PlanContent>;
  /** The plan that opens the hotfix branch at the live release's commit, and its branch. @throws as `plan`. */
  quickFix(
    ground: Ground,
    signal: AbortSignal,
  ): Promise<{ readonly plan: PlanContent; readonly branch: string }>;
}

/**
 * @param incidents every incident, for what past runs teach: durations, and versions that failed.
 * @param now epoch milliseconds.
 */
export function createPlanner(
  catalogue: Catalogue,
  incidents: () => readonly Incident[],
  now: () => number = Date.now,
): Planner {
  async function componentsOf({ service, environment }: Ground): Promise<readonly Component[]> {
    return (await catalogue.systems(service, environment)).components;
  }

  async function rollback(
    ground: Ground,
    asked: PlanWish,
    signal: AbortSignal,
  ): Promise<PlanContent> {
    const began = now();
    const components = await componentsOf(ground);
    const { wish, switches } = apart(asked, components);
    if (wish.only && !wish.restore) {
      return planMitigation(ground, { ...asked, switches }, components, now(), signal);
    }
    const record = recordOf(ground, incidents());
    // Content and data go back only when somebody says so: they may hold newer work.
    const versioned = wish.only
      ? []
      : components.filter(hasVersions).filter(({ phase = 'code' }) => phase === 'code');
    const behind = behindRelease(incidents(), ground, { ...wish, switches }, components);
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
    const plan = await assemble(
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
        ? [
            `${together.join(' and ')} go together: when one fails, the others are put back at once.`,
          ]
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

  async function rollForward(
    ground: Ground,
    wish: PlanWish,
    signal: AbortSignal,
  ): Promise<PlanContent> {
    const run = ground.runs.find(({ id }) => id === wish.run);
    const earlier = ground.proposals.find(({ plan }) => plan.id === run?.plan)?.plan;
    if (!run || !earlier) {
      throw new Refusal('not-found', `${ground.id} has no run ${wish.run ?? ''}.`);
    }
    const components = await componentsOf(ground);
    const targets = await Promise.all(
      earlier.components.map(async (planned): Promise<Target> => {
        const component = components.filter(hasVersions).find(({ id }) => id === planned.id);
        if (!component) {
          throw new Refusal('not-possible', `${planned.title} is no longer in backstop.yaml.`);
        }
        const live = await component.versions.live(readSignal(signal));
        if (live.id === planned.live.id) {
          throw new Refusal('not-possible', `${planned.title} runs ${live.label} already.`);
        }
        return { component, live, target: planned.live };
      }),
    );
    const flags = flagsBack(earlier, components);
    return assemble(ground, 'roll-forward', components, targets, flags, false, signal);
  }

  async function assemble(
    ground: Ground,
    kind: 'rollback' | 'roll-forward',
    components: readonly Component[],
    targets: readonly Target[],
    restores: readonly Part[],
    endsRelease: boolean,
    signal: AbortSignal,
  ): Promise<PlanContent> {
    const { service, environment } = ground;
    const corrections = await correctionsOf(components, targets, signal);
    const parts: readonly Part[] = [
      ...restores,
      ...targets.map(({ component, live, target }) => ({
        component,
        calls: [
          ...(component.versions.prepare ? [component.versions.prepare(target, live)] : []),
          component.versions.putBack(target, live),
        ],
        title:
          kind === 'rollback'
            ? `Put ${component.title} back to ${target.label}`
            : `Roll ${component.title} forward again to ${target.label}`,
      })),
      ...corrections.parts,
    ];
    const [steps, planned] = await Promise.all([
      planSteps(
        parts,
        components.filter((each) => endsRelease || isHeldFor(each, parts)),
        signal,
      ),
      Promise.all(
        targets.map(async ({ component, live, target }): Promise<PlannedComponent> => {
          const { id, title } = component;
          const order = kind === 'rollback' ? ([target, live] as const) : ([live, target] as const);
          return {
            id,
            title,
            live,
            target,
            ...(await changesBetween(components, component, order, signal)),
          };
        }),
      ),
    ]);
    const usual = usualDurations(incidents());
    return {
      kind,
      service,
      environment,
      title: titleOf(kind, ground, targets, restores),
      components: planned,
      steps: steps.map((step) => ({ ...step, usualMs: usual(step) ?? step.usualMs })),
      losses: [],
      undo: undoWords(parts),
      ...(corrections.notes.length > 0 ? { notes: corrections.notes } : {}),
    };
  }

  async function bare(ground: Ground, wish: PlanWish, signal: AbortSignal): Promise<PlanContent> {
    switch (wish.kind) {
      case 'rollback':
        if (wish.reset) {
          return planReset(ground, wish.reset, await componentsOf(ground), signal);
        }
        return wish.revert === undefined
          ? rollback(ground, wish, signal)
          : planRevert(ground, wish.revert, await componentsOf(ground), signal);
      case 'roll-forward':
        return rollForward(ground, wish, signal);
      case 'undo':
        return planUndo(ground, wish, await componentsOf(ground), signal);
      case 'mitigation':
        return planMitigation(ground, wish, await componentsOf(ground), now(), signal);
      case 'release':
        return planRelease(ground, wish.part ?? 'prepare', await componentsOf(ground), signal);
    }
  }

  return {
    async plan(ground, wish, signal) {
      const [plan, freezes] = await Promise.all([
        bare(ground, wish, signal),
        componentsOf(ground).then((components) => aboutFreezes(components, ground, wish, signal)),
      ]);
      const notes = [...sinceTheLast(ground, wish, plan), ...(plan.notes ?? []), ...freezes];
      return notes.length === 0 ? plan : { ...plan, notes };
    },
    async quickFix(ground, signal) {
      const components = await componentsOf(ground);
      return planQuickFix(ground, components, signal);
    },
  };
}

/** Why another plan is needed, and what is different from the one that went out of date. */
function sinceTheLast(
  { proposals }: Ground,
  { because }: PlanWish,
  plan: PlanContent,
): readonly string[] {
  if (because === undefined) return [];
  const stale = proposals.findLast(({ state }) => state === 'stale');
  return [because, ...(stale ? planDifferences(stale.plan, plan) : [])];
}

/**
 * Editors are held where content goes back, and where a release held them before: a rollback of code alone leaves them be,
 * and must not depend on the content system's being there.
 */
function isHeldFor({ phase }: Component, parts: readonly Part[]): boolean {
  return phase !== 'content' || parts.some(({ component }) => component.phase === 'content');
}

/** Guides 002 and 003: what writes is stopped first. */
const NOTHING_HELD =
  'Nothing in backstop.yaml stops what writes to the database, so stop it by hand before this is approved: what is written until the end is not in what is put back.';

const HOTFIX_OPERATION = 'create-hotfix-branch';

async function planQuickFix(
  { id, service, environment }: Ground,
  components: readonly Component[],
  signal: AbortSignal,
): Promise<{ readonly plan: PlanContent; readonly branch: string }> {
  const repository = components.find(({ operations }) => operations[HOTFIX_OPERATION]);
  const source = components.find(hasVersions);
  if (!repository || !source) {
    throw new Refusal(
      'not-possible',
      `${service} ${environment} has no code repository in backstop.yaml, so open the hotfix branch by hand.`,
    );
  }
  const live = await source.versions.live(readSignal(signal));
  if (!live.commit) {
    throw new Refusal(
      'not-possible',
      `Nobody recorded which commit ${live.label} was built from, so open the hotfix branch by hand.`,
    );
  }
  const branch = `hotfix/${id.toLowerCase()}`;
  const call = { operation: HOTFIX_OPERATION, input: { branch, commit: live.commit } };
  const title = `Open branch ${branch} at ${live.label} (${live.commit.slice(0, 7)})`;
  const step = await planStep(repository, call, title, signal);
  const undo = `Delete the branch ${branch}.`;
  return {
    branch,
    plan: {
      kind: 'quick-fix',
      service,
      environment,
      title,
      components: [],
      steps: [step],
      losses: [],
      undo,
    },
  };
}

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

function titleOf(
  kind: 'rollback' | 'roll-forward',
  { service, environment }: Ground,
  targets: readonly Target[],
  restores: readonly Part[],
): string {
  const labels = [...new Set(targets.map(({ target }) => target.label))];
  if (kind === 'roll-forward') {
    return `Roll ${service} ${environment} forward again to ${labels.join(', ')}`;
  }
  const back = labels.length > 0 ? [`${service} ${environment} back to ${labels.join(', ')}`] : [];
  const titles = restores.map(({ title }) => title.replace(/^Put /, ''));
  return `Put ${[...back, ...titles].join(' and ')}`;
}
