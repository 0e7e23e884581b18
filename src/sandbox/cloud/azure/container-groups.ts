/**
 * Container Instances in Azure Resource Manager: GET, PUT and restart of a container group, and the deployments of its resource
 * group (`Microsoft.Resources/deployments`).
 *
 * As in Azure, a GET never shows `secureValue`, registry passwords, storage keys, the values of secret volumes and the key
 * of a workspace, and a PUT is the whole group: what it leaves out is gone.
 */
import type { Agenda } from '../agenda.ts';
import type { Answer, Call, Route } from '../http.ts';
import { createAsyncOperations, resourceNotFound } from './async-operations.ts';
import {
  CONTAINER_GROUPS,
  type ContainerGroupBody,
  deploymentRecord,
  type Group,
  groupRecord,
  type PastDeployment,
  type StoredContainer,
} from './container-group-records.ts';
import { armError } from './errors.ts';
import { same } from './lookup.ts';

export interface ContainerGroups {
  /** How long a group takes to start, in milliseconds of the cloud's clock. */
  startMs: number;
  add(resourceGroup: string, name: string, body: ContainerGroupBody): void;
  /** The group with its secrets, as no GET shows it. Throws when there is none. */
  stored(name: string): ContainerGroupBody;
  /** The image of a container now. */
  image(name: string, container?: string): string;
  /** Somebody else puts another image, at once. */
  setImage(name: string, image: string): void;
  /** Somebody brings up a group that did not start. */
  bringUp(name: string): void;
  /** Its containers have ended and are not restarted. */
  terminate(name: string): void;
  /** Its containers have crashed: they wait to be started again, or have ended where its policy says so. */
  crash(name: string, exitCode: number): void;
  /** A template deployment that is in the history of the resource group. */
  addDeployment(resourceGroup: string, deployment: PastDeployment): void;
}

/** An empty set of container groups, and the routes that serve them. */
export function createContainerGroups(
  agenda: Agenda,
  subscription: string,
): { readonly api: ContainerGroups; readonly routes: readonly Route[] } {
  const groups: Group[] = [];
  const deployments: { resourceGroup: string; deployment: PastDeployment }[] = [];
  const operations = createAsyncOperations(
    agenda,
    'Microsoft.ContainerInstance',
    'containerOperations',
  );

  const inAzure = (call: Call) =>
    groups.find(
      (one) =>
        same(one.resourceGroup, call.params['group'] ?? '') &&
        same(one.name, call.params['name'] ?? ''),
    );
  const missing = (call: Call) =>
    resourceNotFound(call, `${CONTAINER_GROUPS}/${call.params['name']}`);

  function groupNamed(name: string): Group {
    agenda.settle();
    const group = groups.find((one) => one.name === name);
    if (!group) throw new Error(`The simulated Azure has no container group ${name}.`);
    return group;
  }

  function put(call: Call): Answer {
    const body = call.body as ContainerGroupBody | undefined;
    const containers = body?.properties?.containers;
    if (!body || !Array.isArray(containers) || containers.length === 0) {
      return armError(400, 'InvalidRequestContent', 'The container group has no containers.');
    }
    const wrong = containers.find((one: StoredContainer) => !one.name || !one.properties?.image);
    if (wrong) return armError(400, 'MissingImage', 'A container has no image.');
    const group = inAzure(call);
    if (!group) return missing(call);
    if (group.state === 'Pending') {
      const words = `The container group '${group.name}' is still transitioning, please retry later.`;
      return armError(409, 'ContainerGroupTransitioning', words);
    }
    if (group.phase === 'Terminated') {
      const words = `The container group '${group.name}' has ended and cannot be updated; delete it and create it again.`;
      return armError(400, 'InvalidContainerGroupUpdate', words);
    }
    group.body = body;
    group.state = 'Pending';
    group.phase = 'Waiting';
    group.event = undefined;
    const headers = operations.start(call, api.startMs, (failure) => {
      group.state = failure === undefined ? 'Succeeded' : 'Failed';
      group.phase = failure === undefined ? 'Running' : 'Waiting';
      group.event = failure;
      group.startedAt = agenda.now();
    });
    return { status: 200, headers, body: groupRecord(group, subscription) };
  }

  function restart(call: Call): Answer {
    const group = inAzure(call);
    if (!group) return missing(call);
    if (group.state === 'Pending') {
      const words = `The container group '${group.name}' is still transitioning, please retry later.`;
      return armError(409, 'ContainerGroupTransitioning', words);
    }
    group.state = 'Pending';
    group.phase = 'Waiting';
    const headers = operations.start(call, api.startMs, (failure) => {
      group.state = failure === undefined ? 'Succeeded' : 'Failed';
      group.phase = failure === undefined ? 'Running' : 'Waiting';
      group.event = failure;
      group.startedAt = agenda.now();
    });
    return { status: 202, headers };
  }

  const api: ContainerGroups = {
    startMs: 3_000,
    add(resourceGroup, name, body) {
      const startedAt = agenda.now();
      groups.push({
        resourceGroup,
        name,
        body,
        state: 'Succeeded',
        phase: 'Running',
        startedAt,
        exitCode: 0,
        event: undefined,
      });
    },
    stored: (name) => groupNamed(name).body,
    image(name, container) {
      const { containers } = groupNamed(name).body.properties;
      return (
        containers.find((one) => container === undefined || one.name === container)?.properties
          .image ?? ''
      );
    },
    setImage(name, image) {
      const group = groupNamed(name);
      const [first, ...others] = group.body.properties.containers;
      if (!first) return;
      const containers = [{ ...first, properties: { ...first.properties, image } }, ...others];
      group.body = { ...group.body, properties: { ...group.body.properties, containers } };
    },
    bringUp(name) {
      Object.assign(groupNamed(name), { state: 'Succeeded', phase: 'Running', event: undefined });
    },
    terminate(name) {
      groupNamed(name).phase = 'Terminated';
    },
    crash(name, exitCode) {
      const group = groupNamed(name);
      const ends = group.body.properties['restartPolicy'] === 'Never';
      Object.assign(group, { phase: ends ? 'Terminated' : 'Waiting', exitCode });
    },
    addDeployment(resourceGroup, deployment) {
      deployments.unshift({ resourceGroup, deployment });
    },
  };

  const path = `/subscriptions/:subscription/resourceGroups/:group/providers/${CONTAINER_GROUPS}/:name`;
  return {
    api,
    routes: [
      {
        call: 'GET containerGroup',
        path,
        needs: `${CONTAINER_GROUPS}/read`,
        handle(call) {
          const group = inAzure(call);
          return group ? { status: 200, body: groupRecord(group, subscription) } : missing(call);
        },
      },
      {
        call: 'PUT containerGroup',
        path,
        needs: `${CONTAINER_GROUPS}/write`,
        mutates: 'now',
        handle: put,
      },
      {
        call: 'POST containerGroup restart',
        path: `${path}/restart`,
        needs: `${CONTAINER_GROUPS}/restart/action`,
        mutates: 'now',
        handle: restart,
      },
      {
        call: 'GET resourceDeployments',
        path: '/subscriptions/:subscription/resourceGroups/:group/providers/Microsoft.Resources/deployments',
        needs: 'Microsoft.Resources/deployments/read',
        handle(call) {
          const here = deployments.filter((one) =>
            same(one.resourceGroup, call.params['group'] ?? ''),
          );
          const value = here.map(({ resourceGroup, deployment }) =>
            deploymentRecord(subscription, resourceGroup, deployment),
          );
          return { status: 200, body: { value } };
        },
      },
      operations.route,
    ],
  };
}
