/** Makes plans: reads every component of an environment in parallel and says what would change. Reads only. */

import type { Candidate, Component, OperationCall, Version, Versions } from '../component.ts';
import { Refusal } from '../errors.ts';
import type { PlanWish } from '../events.ts';
import type { Incident } from '../incident.ts';
import type { PlanContent, PlannedComponent } from '../plan.ts';
import type { Catalogue } from '../service.ts';
import { changesBetween } from './changes-between.ts';
import { planStep } from './plan-step.ts';
import { readSignal } from './reads.ts';

export interface Planner {
  /**
   * The plan that fulfils the wish for the incident's service and environment.
   * @throws Refusal when no such plan exists, OutsideError when a system could not be read.
   */
  plan(incident: Incident, wish: PlanWish, signal: AbortSignal): Promise<PlanContent>;
  /** The plan that opens the hotfix branch at the live release's commit, and its branch. @throws as `plan`. */
  quickFix(
    incident: Incident,
    signal: AbortSignal,
  ): Promise<{ readonly plan: PlanContent; readonly branch: string }>;
}

type Versioned = Component & { readonly versions: Versions };

interface Target {
  readonly component: Versioned;
  readonly live: Version;
  readonly target: Version;
}

/** A planner over the catalogue's live systems. */
export function createPlanner(catalogue: Catalogue): Planner {
  async function rollback(
    incident: Incident,
    wish: PlanWish,
    signal: AbortSignal,
  ): Promise<PlanContent> {
    const components = await componentsOf(incident);
    const versioned = components.filter(hasVersions);
    if (versioned.length === 0) {
      throw new Refusal(
        'not-possible',
        `${incident.service} ${incident.environment} has no component whose version can be put back.`,
      );
    }
    const tried = versionsTried(incident);
    const targets = await Promise.all(
      versioned.map((component) => chooseTarget(component, wish.target, tried, signal)),
    );
    return assemble(incident, 'rollback', components, targets, signal);
  }

  async function rollForward(
    incident: Incident,
    wish: PlanWish,
    signal: AbortSignal,
  ): Promise<PlanContent> {
    const run = incident.runs.find((r) => r.id === wish.run);
    const earlier = incident.proposals.find((p) => p.plan.id === run?.plan)?.plan;
    if (!run || !earlier)
      throw new Refusal('not-found', `${incident.id} has no run ${wish.run ?? ''}.`);
    const components = await componentsOf(incident);
    const targets = await Promise.all(
      earlier.components.map(async (planned): Promise<Target> => {
        const component = components.filter(hasVersions).find((c) => c.id === planned.id);
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
    return assemble(incident, 'roll-forward', components, targets, signal);
  }

  async function componentsOf({ service, environment }: Incident): Promise<readonly Component[]> {
    return (await catalogue.systems(service, environment)).components;
  }

  return {
    plan: (incident, wish, signal) =>
      wish.kind === 'rollback'
        ? rollback(incident, wish, signal)
        : rollForward(incident, wish, signal),
    async quickFix(incident, signal) {
      const components = await componentsOf(incident);
      const repository = components.find((c) => c.operations[HOTFIX_OPERATION]);
      const source = components.find(hasVersions);
      if (!repository || !source) {
        throw new Refusal(
          'not-possible',
          `${incident.service} ${incident.environment} has no code repository in backstop.yaml, so open the hotfix branch by hand.`,
        );
      }
      const live = await source.versions.live(readSignal(signal));
      if (!live.commit) {
        throw new Refusal(
          'not-possible',
          `Nobody recorded which commit ${live.label} was built from, so open the hotfix branch by hand.`,
        );
      }
      const branch = `hotfix/${incident.id.toLowerCase()}`;
      const call = { operation: HOTFIX_OPERATION, input: { branch, commit: live.commit } };
      const title = `Open branch ${branch} at ${live.label} (${live.commit.slice(0, 7)})`;
      const step = await planStep(repository, call, title, signal);
      const { service, environment } = incident;
      const plan: PlanContent = {
        kind: 'quick-fix',
        service,
        environment,
        title,
        components: [],
        steps: [step],
        losses: [],
        undo: `Delete the branch ${branch}.`,
      };
      return { plan, branch };
    },
  };
}

const HOTFIX_OPERATION = 'create-hotfix-branch';

function hasVersions(component: Component): component is Versioned {
  return component.versions !== undefined;
}

/** Versions that this incident ran or rolled back from, by component and id: no default goes back to them. */
function versionsTried(incident: Incident): ReadonlySet<string> {
  const plans = incident.runs
    .filter((run) => Object.values(run.steps).some((step) => step.status === 'succeeded'))
    .map((run) => incident.proposals.find((p) => p.plan.id === run.plan)?.plan);
  const pairs = plans.flatMap((plan) =>
    (plan?.components ?? []).flatMap(({ id, live, target }) => [key(id, live), key(id, target)]),
  );
  return new Set(pairs);
}

function key(component: string, version: Version): string {
  return `${component} ${version.id}`;
}

async function chooseTarget(
  component: Versioned,
  wanted: string | undefined,
  tried: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Target> {
  const limited = readSignal(signal);
  const [live, history] = await Promise.all([
    component.versions.live(limited),
    component.versions.history(limited),
  ]);
  const older = history.filter(({ version }) => version.id !== live.id);
  const target =
    wanted === undefined
      ? previous(component, live, older, tried)
      : named(component, live, older, wanted);
  return { component, live, target };
}

function previous(
  component: Component,
  live: Version,
  older: readonly Candidate[],
  tried: ReadonlySet<string>,
): Version {
  const fresh = older.filter(({ version }) => !tried.has(key(component.id, version)));
  const found = fresh.find((candidate) => candidate.available);
  if (found) return found.version;
  const seen = fresh.map(({ version, reason }) => `${version.label}: ${reason ?? 'not available'}`);
  throw new Refusal(
    'not-possible',
    seen.length === 0
      ? `${component.title} runs ${live.label}, and no older version that was not tried yet is known.`
      : `${component.title} runs ${live.label}, and no older version can be put back. ${seen.join('; ')}`,
  );
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
  if (!found.available) {
    throw new Refusal(
      'not-possible',
      `${found.version.label} cannot be put back: ${found.reason ?? 'it is not available'}`,
    );
  }
  return found.version;
}

async function assemble(
  { service, environment }: Incident,
  kind: 'rollback' | 'roll-forward',
  components: readonly Component[],
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<PlanContent> {
  const planned = await Promise.all(
    targets.map(async ({ component, live, target }) => {
      const call: OperationCall = component.versions.putBack(target, live);
      const title =
        kind === 'rollback'
          ? `Put ${component.title} back to ${target.label}`
          : `Roll ${component.title} forward again to ${target.label}`;
      const [step, changes] = await Promise.all([
        planStep(component, call, title, signal),
        changesBetween(components, component, kind === 'rollback' ? [target, live] : [live, target], signal),
      ]);
      const shown: PlannedComponent = {
        id: component.id,
        title: component.title,
        live,
        target,
        ...changes,
      };
      return { step, shown };
    }),
  );
  const labels = [...new Set(targets.map(({ target }) => target.label))].join(', ');
  return {
    kind,
    service,
    environment,
    title: `${kind === 'rollback' ? 'Put' : 'Roll'} ${service} ${environment} ${kind === 'rollback' ? 'back' : 'forward again'} to ${labels}`,
    components: planned.map(({ shown }) => shown),
    steps: planned.map(({ step }) => step),
    losses: [],
    undo: undoWords(targets),
  };
}

function undoWords(targets: readonly Target[]): string {
  const final = targets.filter(({ component, target, live }) => {
    const { operation, input } = component.versions.putBack(target, live);
    return !component.operations[operation]?.undo?.(input);
  });
  if (final.length === 0) {
    const labels = [...new Set(targets.map(({ live }) => live.label))].join(', ');
    return `Backstop can go to ${labels} again the same way.`;
  }
  return `Backstop cannot take this back for ${final.map(({ component }) => component.title).join(', ')}.`;
}
