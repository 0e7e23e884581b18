import { resourceId } from './async-operations.ts';

/** The resource type of container apps. */
export const CONTAINER_APPS = 'Microsoft.App/containerApps';

export interface RevisionOptions {
  /** Without the app's name: `checkout-worker--<suffix>`. */
  readonly suffix: string;
  readonly image: string;
  readonly createdAt: number;
  readonly active?: boolean;
  readonly environment?: Readonly<Record<string, string>>;
  /** Variables that take their value from a secret of the app, by the secret's name. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly failed?: boolean;
  /** Variables of a container that begins it, from a secret of the app. */
  readonly initSecrets?: Readonly<Record<string, string>>;
  /** `runningState` once it is active and has started; `Running` unless given. */
  readonly runningState?: string;
  /** One unless given. */
  readonly scale?: { readonly minReplicas: number; readonly maxReplicas: number };
}

export interface Traffic {
  readonly revisionName?: string;
  readonly latestRevision?: boolean;
  readonly weight?: number;
  readonly label?: string;
}

export type AppMode = 'Single' | 'Multiple' | 'Labels';

export interface ContainerAppOptions {
  readonly resourceGroup: string;
  readonly name: string;
  readonly mode?: AppMode;
  /** Hosts of the registries that it signs in to. */
  readonly registries?: readonly string[];
  /** Oldest first. */
  readonly revisions: readonly RevisionOptions[];
  /** Absent for an app without ingress. */
  readonly traffic?: readonly Traffic[];
  readonly secrets?: readonly string[];
}

export interface Revision extends RevisionOptions {
  readonly name: string;
  active: boolean;
  isStarting: boolean;
  runningState: string;
  /** How often it was restarted: its replicas are named by it. */
  restarts: number;
}

export interface App {
  readonly resourceGroup: string;
  readonly name: string;
  readonly mode: AppMode;
  readonly registries: readonly string[];
  readonly revisions: Revision[];
  traffic: readonly Traffic[] | undefined;
  readonly secrets: readonly string[];
  isChanging: boolean;
}

function templateOf(revision: Revision) {
  return {
    revisionSuffix: revision.suffix,
    containers: [
      {
        name: 'worker',
        image: revision.image,
        resources: { cpu: 0.5, memory: '1Gi' },
        env: [
          ...Object.entries(revision.environment ?? {}).map(([name, value]) => ({ name, value })),
          ...Object.entries(revision.secrets ?? {}).map(([name, secretRef]) => ({
            name,
            secretRef,
          })),
        ],
      },
    ],
    ...(revision.initSecrets && {
      initContainers: [
        {
          name: 'migrate',
          image: revision.image,
          env: Object.entries(revision.initSecrets).map(([name, secretRef]) => ({
            name,
            secretRef,
          })),
        },
      ],
    }),
    scale: revision.scale ?? { minReplicas: 1, maxReplicas: 1 },
  };
}

/** A template as it is sent. */
export interface SentTemplate {
  readonly revisionSuffix?: string;
  readonly containers?: readonly {
    readonly image?: string;
    readonly env?: readonly {
      readonly name: string;
      readonly value?: string;
      readonly secretRef?: string;
    }[];
  }[];
  readonly scale?: { readonly minReplicas?: number; readonly maxReplicas?: number };
}

/** The revision that a template asks for; undefined where it has no suffix or container. */
export function revisionSent(template: SentTemplate, at: number): RevisionOptions | undefined {
  const [container] = template.containers ?? [];
  const { revisionSuffix: suffix, scale } = template;
  if (!suffix || !container?.image) return undefined;
  const env = container.env ?? [];
  return {
    suffix,
    image: container.image,
    createdAt: at,
    environment: Object.fromEntries(
      env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
    ),
    secrets: Object.fromEntries(
      env.flatMap(({ name, secretRef }) => (secretRef === undefined ? [] : [[name, secretRef]])),
    ),
    scale: { minReplicas: scale?.minReplicas ?? 0, maxReplicas: scale?.maxReplicas ?? 10 },
  };
}

/** A `Microsoft.App/containerApps` resource. */
export function appRecord(app: App, subscription: string) {
  const latest = app.revisions.at(-1);
  return {
    id: resourceId(subscription, app.resourceGroup, CONTAINER_APPS, app.name),
    name: app.name,
    type: CONTAINER_APPS,
    location: 'West Europe',
    properties: {
      provisioningState: app.isChanging ? 'InProgress' : 'Succeeded',
      runningStatus: 'Running',
      latestRevisionName: latest?.name,
      latestReadyRevisionName: latest?.name,
      configuration: {
        activeRevisionsMode: app.mode,
        secrets: app.secrets.map((name) => ({ name })),
        registries: app.registries.map((server) => ({ server, identity: 'system' })),
        ingress:
          app.traffic === undefined
            ? null
            : { external: true, targetPort: 8080, transport: 'auto', traffic: app.traffic },
        maxInactiveRevisions: 100,
      },
      template: latest && templateOf(latest),
    },
  };
}

/** A revision of it. */
export function revisionRecord(app: App, revision: Revision, subscription: string) {
  const weight = app.traffic?.find((one) => one.revisionName === revision.name)?.weight ?? 0;
  const started = revision.active ? revision.runningState : 'Stopped';
  const running = revision.isStarting ? 'Activating' : started;
  return {
    id: `${resourceId(subscription, app.resourceGroup, CONTAINER_APPS, app.name)}/revisions/${revision.name}`,
    name: revision.name,
    type: `${CONTAINER_APPS}/revisions`,
    properties: {
      createdTime: new Date(revision.createdAt).toISOString(),
      active: revision.active,
      replicas: revision.active && !revision.isStarting ? 1 : 0,
      trafficWeight: weight,
      healthState: revision.active ? 'Healthy' : 'None',
      provisioningState: revision.failed
        ? 'Failed'
        : revision.isStarting
          ? 'Provisioning'
          : revision.active
            ? 'Provisioned'
            : 'Deprovisioned',
      runningState: revision.failed ? 'Failed' : running,
      template: templateOf(revision),
    },
  };
}

/** The replicas of a revision, each with a name that never comes back. */
export function replicaRecords(app: App, revision: Revision, subscription: string) {
  if (!revision.active) return [];
  return ['x', 'y'].map((letter) => {
    const name = `${revision.name}-${revision.restarts}-${letter}`;
    return {
      id: `${resourceId(subscription, app.resourceGroup, CONTAINER_APPS, app.name)}/revisions/${revision.name}/replicas/${name}`,
      name,
      type: `${CONTAINER_APPS}/revisions/replicas`,
      properties: {
        createdTime: new Date(revision.createdAt).toISOString(),
        runningState: revision.isStarting ? 'NotRunning' : 'Running',
      },
    };
  });
}
