import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { understood } from '../azure/errors.ts';
import type { Arm } from './client.ts';
import { type Revision, revisionFrom, ShownRevision } from './revision.ts';

const MOST_REVISIONS = 200;

const Shown = z.object({
  location: z.string(),
  provisioningState: z.string().nullish(),
  latestRevisionName: z.string().nullish(),
  configuration: z
    .object({
      activeRevisionsMode: z.string().nullish(),
      registries: z.array(z.object({ server: z.string().nullish() })).nullish(),
      secrets: z.array(z.object({ name: z.string().nullish() })).nullish(),
      ingress: z
        .object({
          traffic: z
            .array(
              z.object({
                revisionName: z.string().nullish(),
                latestRevision: z.boolean().nullish(),
                weight: z.number().nullish(),
                label: z.string().nullish(),
              }),
            )
            .nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

export interface Traffic {
  readonly revision: string;
  readonly weight: number;
  readonly label: string | undefined;
  /** It follows whatever is deployed next. */
  readonly followsLatest: boolean;
}

/** A container app and its revisions at one moment. */
export interface App {
  readonly location: string;
  /** `labels`: traffic goes to labels, which Azure moves by itself; also whatever mode there is yet to come. */
  readonly mode: 'single' | 'multiple' | 'labels';
  readonly isMoving: boolean;
  /** Undefined without ingress. */
  readonly traffic: readonly Traffic[] | undefined;
  /** Names of the secrets the app has. */
  readonly secrets: readonly string[];
  /** Hosts of the registries that the app signs in to. */
  readonly registries: readonly string[];
  /** Newest first. */
  readonly revisions: readonly Revision[];
}

/** @throws OutsideError */
export async function readApp(arm: Arm, signal: AbortSignal): Promise<App> {
  const { calls, client, settings } = arm;
  const { resourceGroup, app: name } = settings;
  const [app, revisions] = await Promise.all([
    calls.read(
      'read the container app',
      (o) => client.containerApps.get(resourceGroup, name, o),
      signal,
    ),
    calls.read(
      'read the revisions',
      async (o) => {
        const all: unknown[] = [];
        for await (const one of client.containerAppsRevisions.listRevisions(
          resourceGroup,
          name,
          o,
        )) {
          all.push(one);
          if (all.length === MOST_REVISIONS) break;
        }
        return all;
      },
      signal,
    ),
  ]);
  const shown = understood(Shown, app, 'read the container app', calls.subject);
  const listed = understood(z.array(ShownRevision), revisions, 'read the revisions', calls.subject);
  const { activeRevisionsMode, ingress, registries, secrets } = shown.configuration ?? {};
  const latest = shown.latestRevisionName ?? '';
  return {
    location: shown.location,
    mode: modeOf(activeRevisionsMode),
    isMoving: shown.provisioningState?.toLowerCase() === 'inprogress',
    traffic: ingress
      ? (ingress.traffic ?? []).map((one) => ({
          revision: one.revisionName ?? latest,
          weight: one.weight ?? 0,
          label: one.label ?? undefined,
          followsLatest: one.latestRevision === true,
        }))
      : undefined,
    secrets: (secrets ?? []).flatMap((one) => one.name ?? []),
    registries: (registries ?? []).flatMap((one) => one.server?.toLowerCase() ?? []),
    revisions: listed
      .map((one) => revisionFrom(one, settings))
      .sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0)),
  };
}

/** Azure keeps one revision where nothing is said. */
function modeOf(said: string | null | undefined): App['mode'] {
  const mode = said?.toLowerCase() ?? 'single';
  return mode === 'single' || mode === 'multiple' ? mode : 'labels';
}

/** How a change is made in this app: its traffic where several revisions share it, else by activating a revision. */
export function usesTraffic(app: App): boolean {
  return app.mode !== 'single' && app.traffic !== undefined;
}

/** Names of the revisions that do the work, sorted: those with traffic, or those that are active. */
export function inCharge(app: App): readonly string[] {
  const names = usesTraffic(app)
    ? (app.traffic ?? []).filter((one) => one.weight > 0).map((one) => one.revision)
    : app.revisions.filter((one) => one.isActive).map((one) => one.name);
  return [...new Set(names)].sort();
}

/** The one revision that does the work. @throws OutsideError when there is none, or more than one. */
export function liveRevision(app: App, { calls }: Arm): Revision {
  const names = inCharge(app);
  const found = app.revisions.find((one) => one.name === names[0]);
  if (found && names.length === 1) return found;
  throw new OutsideError({
    kind: 'malformed',
    system: calls.subject.system,
    attempted: 'tell which release is running',
    on: calls.subject.on,
    answer: names.length === 0 ? 'no revision is active' : `several are: ${shares(app, names)}`,
    next: 'Leave one revision active, or all traffic on one (`/rollback do traffic`), before a rollback is planned.',
  });
}

/** Each with its share of the traffic, where traffic is shared. */
function shares(app: App, names: readonly string[]): string {
  if (!usesTraffic(app)) return names.join(', ');
  const weight = (name: string): number =>
    (app.traffic ?? []).reduce((sum, one) => sum + (one.revision === name ? one.weight : 0), 0);
  return names.map((name) => `${name} (${weight(name)}%)`).join(', ');
}
