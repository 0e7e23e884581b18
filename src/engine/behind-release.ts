/** A rollback behind a release that has not settled goes back to its restore point (guide 000, recommendation 1). */

import type { Component, RestorePoint } from '../component.ts';
import { Refusal } from '../errors.ts';
import type { PlanWish } from '../events.ts';
import type { Ground, Incident } from '../incident.ts';
import type { PinnedFlag } from '../release.ts';
import { type ReleaseCase, rollbackOf, unsettledRelease } from '../release-state.ts';
import type { Part } from './plan-graph.ts';
import { readSignal } from './reads.ts';
import { chooseVersion, type Target, type TrackRecord, type Versioned } from './targets.ts';

type Restore = NonNullable<PlanWish['restore']>[number];

export interface RestoredPart {
  readonly part: Part;
  readonly point: RestorePoint;
  readonly losses: readonly string[];
  readonly remarks: readonly string[];
}

/** What a release has to say about a rollback. Without one every component is asked as usual. */
export interface Behind {
  /** The release's id, where the plan goes back to its restore point. */
  readonly release?: string;
  readonly notes: readonly string[];
  /** True where whoever prepared the release said that older code can run with the schema as it is. */
  readonly keepsSchema: boolean;
  /** Where the component goes; undefined where the release has left it as it was. */
  target(
    component: Versioned,
    record: TrackRecord,
    signal: AbortSignal,
  ): Promise<(Target & { readonly notes: readonly string[] }) | undefined>;
  /** How flags were kept, unless the wish says otherwise; none where only data is to go back. */
  readonly flags: readonly PinnedFlag[];
  /** Named points first; the release's content with them, unless only code is wanted. */
  restores(
    restore: (each: Restore) => Promise<RestoredPart>,
  ): Promise<readonly (RestoredPart | string)[]>;
}

/**
 * Why the schema stays although older code will run: whoever prepared the release ticked that its migrations are backward compatible, which is
 * promised until it has settled (guide 001, guide 004's checklist).
 */
function promiseOfSchema(
  { id, release }: ReleaseCase,
  components: readonly Component[],
  named: readonly Restore[],
): readonly string[] {
  const said = release.ticks['migrations'];
  const stays = components.filter(
    (each) => each.whenLeft && !named.some(({ component }) => component === each.id),
  );
  if (!said || stays.length === 0) return [];
  const who = said.by.kind === 'person' ? (said.by.name ?? 'somebody') : 'somebody';
  return [
    `The migrations of ${id} are backward compatible, as ${who} ticked when it was prepared: the schema stays as it is until ${id} has settled.`,
  ];
}

/** @param incidents newest first, releases among them. */
export function behindRelease(
  incidents: readonly Incident[],
  { service, environment }: Ground,
  wish: PlanWish,
  components: readonly Component[],
): Behind {
  const found = unsettledRelease(incidents, service, environment);
  const point = found?.release.point;
  const named = (wish.restore ?? []).map((each): Restore => {
    const own = point?.points.find(({ component }) => component === each.component);
    return own && each.point === undefined ? { ...each, point: own.point.id } : each;
  });
  // Where going back to the point was no help, the next older version is looked for as usual.
  const inVain = found && rollbackOf(found, incidents, ['not-recovered']);
  if (!found || !point || inVain || wish.target !== undefined) {
    return {
      notes: [],
      keepsSchema: false,
      flags: [],
      target: (component, record, signal) => chooseVersion(component, wish.target, record, signal),
      restores: (restore) => Promise.all(named.map(restore)),
    };
  }

  const others = point.points.filter(
    ({ component }) => !named.some((each) => each.component === component),
  );
  const isContent = (id: string): boolean =>
    components.find((component) => component.id === id)?.phase === 'content';
  const content =
    wish.codeOnly || wish.only ? [] : others.filter(({ component }) => isContent(component));
  const left = others.filter((each) => !content.includes(each));
  const schema = promiseOfSchema(found, components, named);
  return {
    release: found.id,
    keepsSchema: schema.length > 0,
    flags: wish.only
      ? []
      : (point.flags ?? []).filter(({ name }) => !wish.switches?.some((one) => one.name === name)),
    notes: [
      `This goes back to the restore point of ${found.id} (${found.title}).`,
      ...left.map(
        ({ component, title }) =>
          `${title} stays as it is; \`with ${component}\` puts it back too, to the point captured before the release.`,
      ),
      ...schema,
    ],
    async target(component, record, signal) {
      const pin = point.pins.find((each) => each.component === component.id);
      if (!pin) return chooseVersion(component, undefined, record, signal);
      const live = await component.versions.live(readSignal(signal));
      if (live.id === pin.version.id) return undefined;
      return chooseVersion(component, pin.version.id, record, signal);
    },
    restores: (restore) =>
      Promise.all([
        ...named.map(restore),
        ...content.map(({ component, title, point: { id } }) =>
          restore({ component, point: id }).catch((error: unknown): string => {
            // Code must not wait for content that cannot go back, such as what is back already.
            if (!(error instanceof Refusal)) throw error;
            return `${title} stays as it is. ${error.message}`;
          }),
        ),
      ]),
  };
}
