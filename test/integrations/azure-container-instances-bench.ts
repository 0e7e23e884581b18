import type { Component } from '../../src/component.ts';
import { createAzureContainerInstances } from '../../src/integrations/azure-container-instances/index.ts';
import { type Cloud, createCloud } from '../../src/sandbox/cloud/index.ts';
import type { Bench } from './contract.ts';

export const START = Date.parse('2026-03-04T10:00:00Z');
const START_MS = 40_000;
export const REPOSITORY = 'acme.azurecr.io/shop/worker';
export const BROKEN = `${REPOSITORY}@sha256:${'b'.repeat(64)}`;
export const GOOD = `${REPOSITORY}@sha256:${'a'.repeat(64)}`;
export const OLDER = `${REPOSITORY}@sha256:${'c'.repeat(64)}`;
export const COMMIT = 'a1f4d2c3b5e6978800112233445566778899aabb';
const SECRETS = {
  database: 'postgres-password-81f2',
  storage: 'storage-account-key-5c1d',
};

export interface GroupBench extends Bench {
  readonly cloud: Cloud;
  with(settings: Readonly<Record<string, unknown>>): Component;
}

/** A simulated container group that runs 2.4.0, with 2.3.1 and 2.3.0 told by its tags. */
export async function openGroupBench(): Promise<GroupBench> {
  let now = START;
  const cloud = await createCloud({ clock: { now: () => now } });
  const { azure } = cloud;
  azure.containerGroups.startMs = START_MS;
  const { registry } = cloud;
  for (const image of [BROKEN, GOOD, OLDER]) {
    registry.push('shop/worker', image.slice(`${REPOSITORY}@`.length));
  }
  const passwords = { ...SECRETS, registry: registry.login.password };
  azure.containerGroups.add('acme-production', 'acme-worker', {
    location: 'westeurope',
    tags: {
      owner: 'shop',
      'release-2.4.0': `${BROKEN} 2026-03-04T09:41:00Z`,
      'release-2.3.1': `${GOOD} 2026-03-01T15:12:00Z ${COMMIT}`,
      'release-2.3.0': OLDER,
    },
    properties: {
      osType: 'Linux',
      restartPolicy: 'Always',
      imageRegistryCredentials: [
        {
          server: 'acme.azurecr.io',
          username: registry.login.username,
          password: passwords.registry,
        },
      ],
      volumes: [
        {
          name: 'exports',
          azureFile: {
            shareName: 'exports',
            storageAccountName: 'acmefiles',
            storageAccountKey: SECRETS.storage,
          },
        },
      ],
      subnetIds: [{ id: '/subscriptions/x/subnets/worker', name: 'worker' }],
      containers: [
        {
          name: 'worker',
          properties: {
            image: BROKEN,
            command: ['bundle', 'exec', 'que'],
            ports: [],
            resources: { requests: { cpu: 1, memoryInGB: 2 } },
            environmentVariables: [
              { name: 'RAILS_ENV', value: 'production' },
              { name: 'DATABASE_URL', secureValue: SECRETS.database },
            ],
            volumeMounts: [{ name: 'exports', mountPath: '/exports' }],
          },
        },
      ],
    },
  });
  const make = (settings: Readonly<Record<string, unknown>> = {}): Component =>
    createAzureContainerInstances({
      id: 'worker',
      settings: {
        resourceGroup: 'acme-production',
        group: 'acme-worker',
        secureEnvironment: { worker: { DATABASE_URL: SECRETS.database } },
        registryPasswords: { 'acme.azurecr.io': passwords.registry },
        storageKeys: { acmefiles: SECRETS.storage },
        ...settings,
      },
      connections: {
        azure: {
          endpoint: azure.endpoint,
          subscriptionId: azure.subscriptionId,
          auth: { kind: 'token', token: azure.token },
        },
        registries: { servers: { 'acme.azurecr.io': { address: registry.url } } },
      },
    });
  return {
    cloud,
    component: make(),
    again: make,
    with: make,
    operation: 'recreate-group',
    input: { image: GOOD, replaces: BROKEN },
    faults: azure.faults,
    mutation: 'PUT containerGroup',
    requests: () => azure.requests,
    secrets: [azure.token, ...Object.values(passwords)],
    now: () => now,
    finish: () => {
      now += START_MS;
    },
    takesTime: true,
    interfere: () => azure.containerGroups.setImage('acme-worker', OLDER),
    close: () => cloud.close(),
  };
}

/** The same group, to be restarted. */
export async function openGroupRestartBench(): Promise<GroupBench> {
  const bench = await openGroupBench();
  return {
    ...bench,
    operation: 'restart',
    input: { image: BROKEN, startedAt: new Date(START).toISOString() },
    mutation: 'POST containerGroup restart',
  };
}
