import { resourceId } from './async-operations.ts';

/** The resource type of container groups. */
export const CONTAINER_GROUPS = 'Microsoft.ContainerInstance/containerGroups';

type Fields = Readonly<Record<string, unknown>>;

export interface StoredContainer {
  readonly name: string;
  readonly properties: Fields & {
    readonly image: string;
    readonly environmentVariables?: readonly Fields[];
  };
}

/** A container group as it was put, secrets included. */
export interface ContainerGroupBody extends Fields {
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties: Fields & { readonly containers: readonly StoredContainer[] };
}

export interface Group {
  readonly resourceGroup: string;
  readonly name: string;
  body: ContainerGroupBody;
  state: 'Succeeded' | 'Pending' | 'Failed';
  /** `Terminated` once every container of a group that is not restarted has ended. */
  phase: 'Running' | 'Waiting' | 'Terminated';
  startedAt: number;
  /** Of its containers once they have ended. */
  exitCode: number;
  event: string | undefined;
}

export interface PastDeployment {
  readonly name: string;
  readonly at: number;
  readonly state?: 'Succeeded' | 'Failed';
  readonly parameters: Readonly<Record<string, string>>;
  /** The container group it made. */
  readonly group: string;
}

/** A container group as a GET shows it: without its secrets. */
export function groupRecord(group: Group, subscription: string) {
  const { tags, location, properties, ...rest } = group.body;
  const state = { Running: 'Running', Waiting: 'Waiting', Terminated: 'Terminated' }[group.phase];
  const startTime = new Date(group.startedAt).toISOString();
  return {
    ...rest,
    id: resourceId(subscription, group.resourceGroup, CONTAINER_GROUPS, group.name),
    name: group.name,
    type: CONTAINER_GROUPS,
    location: location ?? 'westeurope',
    tags: tags ?? {},
    properties: {
      ...withoutSecrets(properties),
      provisioningState: group.state,
      instanceView: {
        state:
          group.phase !== 'Terminated'
            ? group.phase
            : group.exitCode === 0
              ? 'Succeeded'
              : 'Failed',
        events:
          group.event === undefined
            ? []
            : [{ name: 'Failed', message: group.event, type: 'Warning', count: 1 }],
      },
      containers: properties.containers.map((container) => ({
        name: container.name,
        properties: {
          ...container.properties,
          environmentVariables: environmentOf(container),
          instanceView: {
            restartCount: 0,
            currentState: {
              state,
              startTime,
              ...(group.phase === 'Terminated' && { exitCode: group.exitCode }),
            },
          },
        },
      })),
    },
  };
}

/** A secure variable is shown by its name alone. */
function environmentOf(container: StoredContainer) {
  return (container.properties.environmentVariables ?? []).map(
    ({ secureValue: _secure, ...variable }) => variable,
  );
}

function withoutSecrets(properties: Fields): Fields {
  const list = (name: string) => (properties[name] as readonly Fields[] | undefined) ?? [];
  const { workspaceKey: _key, ...analytics } =
    (properties['diagnostics'] as { logAnalytics?: Fields } | undefined)?.logAnalytics ?? {};
  return {
    ...properties,
    ...(properties['imageRegistryCredentials'] !== undefined && {
      imageRegistryCredentials: list('imageRegistryCredentials').map(
        ({ password: _password, ...one }) => one,
      ),
    }),
    ...(properties['volumes'] !== undefined && {
      volumes: list('volumes').map(({ azureFile, secret, ...volume }) => {
        const { storageAccountKey: _key, ...share } = (azureFile ?? {}) as Fields;
        return {
          ...volume,
          ...(azureFile !== undefined && { azureFile: share }),
          ...(secret !== undefined && { secret: {} }),
        };
      }),
    }),
    ...(properties['diagnostics'] !== undefined && { diagnostics: { logAnalytics: analytics } }),
  };
}

/** A template deployment of a resource group. */
export function deploymentRecord(subscription: string, group: string, deployment: PastDeployment) {
  const parameters = Object.entries(deployment.parameters).map(([name, value]) => [
    name,
    { type: 'String', value },
  ]);
  return {
    id: resourceId(subscription, group, 'Microsoft.Resources/deployments', deployment.name),
    name: deployment.name,
    type: 'Microsoft.Resources/deployments',
    properties: {
      mode: 'Incremental',
      provisioningState: deployment.state ?? 'Succeeded',
      timestamp: new Date(deployment.at).toISOString(),
      duration: 'PT48.2S',
      parameters: Object.fromEntries(parameters),
      outputResources: [
        { id: resourceId(subscription, group, CONTAINER_GROUPS, deployment.group) },
      ],
    },
  };
}
