import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { understood } from '../azure/errors.ts';
import { imageLabel } from '../azure/image.ts';
import type { Arm } from './client.ts';
import type { AzureContainerAppsSettings } from './schema.ts';

const MOST_REVISIONS = 200;

const Shown = z.object({
  location: z.string(),
  provisioningState: z.string().nullish(),
  latestRevisionName: z.string().nullish(),
  configuration: z
    .object({
      activeRevisionsMode: z.string().nullish(),
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

const ShownRevision = z.object({
  name: z.string(),
  active: z.boolean(),
  createdTime: z.date().nullish(),
  provisioningState: z.string().nullish(),
  runningState: z.string().nullish(),
  provisioningError: z.string().nullish(),
  template: z
    .object({
      containers: z
        .array(
          z.looseObject({
            image: z.string().nullish(),
            env: z
              .array(
                z.object({
                  name: z.string().nullish(),
                  value: z.string().nullish(),
                  secretRef: z.string().nullish(),
                }),
              )
              .nullish(),
          }),
        )
        .nullish(),
      initContainers: z.array(z.object({ image: z.string().nullish() })).nullish(),
      scale: z
        .object({ minReplicas: z.number().nullish(), maxReplicas: z.number().nullish() })
        .nullish(),
    })
    .nullish(),
});

/** How many replicas there are at the least and at the most. */
export interface Replicas {
  readonly min: number;
  readonly max: number;
}

/** What Azure does where nobody says: none while nobody asks, and up to ten. */
const UNSAID: Replicas = { min: 0, max: 10 };

export interface Revision {
  readonly name: string;
  readonly label: string;
  readonly commit: string | undefined;
  /** Of the container that tells the release. */
  readonly image: string | undefined;
  /** Of all its containers, those that begin it among them. */
  readonly images: readonly string[];
  readonly createdAt: number | undefined;
  readonly isActive: boolean;
  /** Azure is starting or stopping it. */
  readonly isMoving: boolean;
  /** Why it cannot run, where Azure says that it failed. */
  readonly failure: string | undefined;
  readonly state: string;
  /** The same for revisions that run the same, however many replicas they have. */
  readonly runs: string;
  readonly replicas: Replicas;
  /** Names of the app's secrets that it reads. */
  readonly secrets: readonly string[];
}

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
  readonly mode: 'single' | 'multiple';
  readonly isMoving: boolean;
  /** Undefined without ingress. */
  readonly traffic: readonly Traffic[] | undefined;
  /** Names of the secrets the app has. */
  readonly secrets: readonly string[];
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
  const { activeRevisionsMode, ingress, secrets } = shown.configuration ?? {};
  const mode = activeRevisionsMode?.toLowerCase() === 'multiple' ? 'multiple' : 'single';
  const latest = shown.latestRevisionName ?? '';
  return {
    location: shown.location,
    mode,
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
    revisions: listed
      .map((one) => revisionFrom(one, settings))
      .sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0)),
  };
}

/** How a change is made in this app: its traffic where several revisions share it, else by activating a revision. */
export function usesTraffic(app: App): boolean {
  return app.mode === 'multiple' && app.traffic !== undefined;
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

function revisionFrom(
  one: z.infer<typeof ShownRevision>,
  settings: AzureContainerAppsSettings,
): Revision {
  const containers = one.template?.containers ?? [];
  const variables = containers.flatMap((container) => container.env ?? []);
  const valueOf = (name: string) =>
    variables.find((each) => each.name === name)?.value?.trim() || undefined;
  const image = containers[0]?.image ?? undefined;
  const fallback = image === undefined ? one.name : imageLabel(image);
  const provisioning = one.provisioningState?.toLowerCase() ?? '';
  const running = one.runningState?.toLowerCase() ?? '';
  return {
    name: one.name,
    label: valueOf(settings.versionVariable) ?? fallback,
    commit: valueOf(settings.commitVariable),
    image,
    images: [...containers, ...(one.template?.initContainers ?? [])].flatMap(
      (container) => container.image ?? [],
    ),
    createdAt: one.createdTime?.getTime(),
    isActive: one.active,
    isMoving: /^(de)?provisioning$/.test(provisioning) || /^(activating|processing)$/.test(running),
    failure:
      provisioning === 'failed' || running === 'failed'
        ? (one.provisioningError ?? 'Azure does not tell why')
        : undefined,
    runs: JSON.stringify(containers),
    replicas: {
      min: one.template?.scale?.minReplicas ?? UNSAID.min,
      max: one.template?.scale?.maxReplicas ?? UNSAID.max,
    },
    state: running || (one.active ? 'active' : 'inactive'),
    secrets: [...new Set(variables.flatMap((each) => each.secretRef ?? []))],
  };
}
