import type { Component } from '../../src/component.ts';
import { createAzureContainerApps } from '../../src/integrations/azure-container-apps/index.ts';
import type { AppMode } from '../../src/sandbox/cloud/azure/container-app-records.ts';
import { type Cloud, createCloud } from '../../src/sandbox/cloud/index.ts';
import type { Bench } from './contract.ts';

export const START = Date.parse('2026-03-04T10:00:00Z');
const CHANGE_MS = 30_000;
export const COMMIT = 'a1f4d2c3b5e6978800112233445566778899aabb';
export const GOOD = 'acme-worker--v231';
export const BROKEN = 'acme-worker--v240';

export interface AppBench extends Bench {
  readonly cloud: Cloud;
  /** Another app of the same subscription. */
  of(app: string): Component;
}

/** A simulated container app whose revisions are 2.3.1 and, newer and in charge, 2.4.0. */
export async function openAppBench(mode: AppMode, hasIngress: boolean): Promise<AppBench> {
  let now = START;
  const cloud = await createCloud({ clock: { now: () => now } });
  const { azure, registry } = cloud;
  registry.push('shop/worker', '2.3.1', '2.4.0', '2.5.0');
  azure.containerApps.changeMs = CHANGE_MS;
  azure.containerApps.add({
    resourceGroup: 'acme-production',
    name: 'acme-worker',
    mode,
    secrets: ['database-url'],
    ...(hasIngress && {
      traffic: [
        { latestRevision: true, weight: 100 },
        { revisionName: GOOD, weight: 0, label: 'previous' },
      ],
    }),
    revisions: [
      {
        suffix: 'v231',
        image: 'acme.azurecr.io/shop/worker:2.3.1',
        createdAt: START - 86_400_000,
        active: mode !== 'Single' && hasIngress,
        environment: { APP_VERSION: '2.3.1', APP_COMMIT: COMMIT },
        secrets: { DATABASE_URL: 'database-url' },
      },
      {
        suffix: 'v240',
        image: 'acme.azurecr.io/shop/worker:2.4.0',
        createdAt: START - 1_200_000,
        active: true,
      },
    ],
  });
  const make = (app = 'acme-worker'): Component =>
    createAzureContainerApps({
      id: 'worker',
      settings: { resourceGroup: 'acme-production', app },
      connections: {
        azure: {
          endpoint: azure.endpoint,
          subscriptionId: azure.subscriptionId,
          auth: { kind: 'token', token: azure.token },
        },
        registries: {
          servers: { 'acme.azurecr.io': { address: registry.url, login: registry.login } },
        },
      },
    });
  return {
    cloud,
    component: make(),
    again: () => make(),
    of: make,
    operation: 'activate-revision',
    input: { revision: GOOD, replaces: BROKEN },
    faults: azure.faults,
    mutation: mode === 'Single' ? 'POST activate' : 'PATCH containerApp',
    requests: () => azure.requests,
    secrets: [azure.token],
    now: () => now,
    finish: () => {
      now += CHANGE_MS;
    },
    takesTime: true,
    interfere: () =>
      azure.containerApps.deploy('acme-worker', {
        suffix: 'v250',
        image: 'acme.azurecr.io/shop/worker:2.5.0',
        createdAt: now,
      }),
    close: () => cloud.close(),
  };
}

/** The same app in single revision mode, to be restarted. */
export async function openAppRestartBench(): Promise<AppBench> {
  const bench = await openAppBench('Single', false);
  return {
    ...bench,
    operation: 'restart',
    input: { revision: BROKEN, replicas: [`${BROKEN}-0-x`, `${BROKEN}-0-y`] },
    mutation: 'POST restart revision',
  };
}

/** The same app with traffic, to give a fifth of it to the newer revision. */
export async function openAppTrafficBench(): Promise<AppBench> {
  const bench = await openAppBench('Multiple', true);
  return {
    ...bench,
    operation: 'set-traffic',
    input: {
      to: [
        { revision: GOOD, weight: 80, label: 'previous' },
        { revision: BROKEN, weight: 20, label: null },
      ],
      from: [
        { revision: null, weight: 100, label: null },
        { revision: GOOD, weight: 0, label: 'previous' },
      ],
    },
    mutation: 'PATCH containerApp',
  };
}

/** The same app in single revision mode, to have four replicas. */
export async function openAppScaleBench(): Promise<AppBench> {
  const bench = await openAppBench('Single', false);
  const { azure } = bench.cloud;
  return {
    ...bench,
    operation: 'scale',
    input: {
      revision: BROKEN,
      release: '2.4.0',
      suffix: 'x0123456789',
      to: { min: 4, max: 4 },
      from: { min: 1, max: 1 },
    },
    mutation: 'PATCH containerApp',
    interfere: () =>
      azure.containerApps.deploy('acme-worker', {
        suffix: 'v250',
        image: 'acme.azurecr.io/shop/worker:2.5.0',
        createdAt: bench.now(),
      }),
  };
}
