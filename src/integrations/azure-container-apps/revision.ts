import { z } from 'zod';
import { imageLabel } from '../azure/image.ts';
import type { AzureContainerAppsSettings } from './schema.ts';

const SecretRef = z.object({ secretRef: z.string().nullish() });

const Environment = z
  .array(SecretRef.extend({ name: z.string().nullish(), value: z.string().nullish() }))
  .nullish();

const Trigger = z.object({ auth: z.array(SecretRef).nullish() }).nullish();
const ScaleRule = z.object({ azureQueue: Trigger, custom: Trigger, http: Trigger, tcp: Trigger });

/** As Azure answers it. */
export const ShownRevision = z.object({
  name: z.string(),
  active: z.boolean(),
  createdTime: z.date().nullish(),
  provisioningState: z.string().nullish(),
  runningState: z.string().nullish(),
  healthState: z.string().nullish(),
  provisioningError: z.string().nullish(),
  template: z
    .object({
      containers: z
        .array(z.looseObject({ image: z.string().nullish(), env: Environment }))
        .nullish(),
      initContainers: z
        .array(z.object({ image: z.string().nullish(), env: Environment }))
        .nullish(),
      volumes: z.array(z.object({ secrets: z.array(SecretRef).nullish() })).nullish(),
      scale: z
        .object({
          minReplicas: z.number().nullish(),
          maxReplicas: z.number().nullish(),
          rules: z.array(ScaleRule).nullish(),
        })
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
  /** Its replicas are there, or it has none because nobody asks. */
  readonly isUp: boolean;
  readonly state: string;
  /** The same for revisions that run the same, however many replicas they have. */
  readonly runs: string;
  readonly replicas: Replicas;
  /** Names of the app's secrets that it reads. */
  readonly secrets: readonly string[];
}

/** What Azure shows of a revision, in the words of this integration. */
export function revisionFrom(
  one: z.infer<typeof ShownRevision>,
  settings: AzureContainerAppsSettings,
): Revision {
  const { containers, initContainers, volumes, scale } = one.template ?? {};
  const main = containers ?? [];
  const all = [...main, ...(initContainers ?? [])];
  const variables = main.flatMap((container) => container.env ?? []);
  const valueOf = (name: string) =>
    variables.find((each) => each.name === name)?.value?.trim() || undefined;
  const image = main[0]?.image ?? undefined;
  const fallback = image === undefined ? one.name : imageLabel(image);
  const provisioning = one.provisioningState?.toLowerCase() ?? '';
  const running = one.runningState?.toLowerCase() ?? '';
  const replicas = { min: scale?.minReplicas ?? UNSAID.min, max: scale?.maxReplicas ?? UNSAID.max };
  const references = [
    ...all.flatMap((container) => container.env ?? []),
    ...(volumes ?? []).flatMap((volume) => volume.secrets ?? []),
    ...(scale?.rules ?? []).flatMap((rule) => Object.values(rule).flatMap((by) => by?.auth ?? [])),
  ];
  return {
    name: one.name,
    label: valueOf(settings.versionVariable) ?? fallback,
    commit: valueOf(settings.commitVariable),
    image,
    images: all.flatMap((container) => container.image ?? []),
    createdAt: one.createdTime?.getTime(),
    isActive: one.active,
    isMoving: /^(de)?provisioning$/.test(provisioning) || /^(activating|processing)$/.test(running),
    failure:
      provisioning === 'failed' || running.endsWith('failed')
        ? (one.provisioningError ?? 'Azure does not tell why')
        : undefined,
    isUp: isUp(running, one.healthState?.toLowerCase(), replicas),
    runs: JSON.stringify(main),
    replicas,
    state: running || (one.active ? 'active' : 'inactive'),
    secrets: [...new Set(references.flatMap((each) => each.secretRef ?? []))],
  };
}

/** By its replicas; where Azure does not tell of them, by its health. One that may have none may be stopped. */
function isUp(running: string, health: string | undefined, { min }: Replicas): boolean {
  if (running === '' || running === 'unknown') return health !== 'unhealthy';
  if (min === 0 && /^(stopped|scaledtozero)$/.test(running)) return true;
  return running.startsWith('running') && health !== 'unhealthy';
}
