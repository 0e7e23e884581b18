import type { Component } from '../../src/component.ts';
import { createAzureAppService } from '../../src/integrations/azure-app-service/index.ts';
import { type Cloud, createCloud, type Release } from '../../src/sandbox/cloud/index.ts';
import type { Bench } from './contract.ts';

const START = Date.parse('2026-03-04T10:00:00Z');
const SWAP_MS = 60_000;

export const DATABASE_PASSWORD = 'postgres-password-81f2';

export const BROKEN: Release = {
  version: '2.4.0',
  commit: 'b2c9e5f0a1d34c7788e6f5d4c3b2a19087654321',
  message: 'Charge tax by the region of the basket (#412)',
  author: 'Cleo Diaz',
  deployedAt: '2026-03-04T09:41:00Z',
  behaviour: 'errors',
};

export const GOOD: Release = {
  version: '2.3.1',
  commit: 'a1f4d2c3b5e6978800112233445566778899aabb',
  message: 'Round totals half up (#405)',
  author: 'Ana Lima',
  deployedAt: '2026-03-01T15:12:00Z',
  behaviour: 'good',
};

export const OLDER: Release = {
  version: '2.3.0',
  commit: 'c0ffee00112233445566778899aabbccddeeff00',
  message: 'Faster baskets (#398)',
  author: 'Ben Okoro',
  deployedAt: '2026-02-20T11:00:00Z',
  behaviour: 'good',
};

export interface AzureBench extends Bench {
  readonly cloud: Cloud;
  /** Moves the world's clock. */
  pass(ms: number): void;
  with(settings: Readonly<Record<string, unknown>>): Component;
}

/** A simulated web app with 2.4.0 in production and 2.3.1 in staging. */
export async function openAzureBench(): Promise<AzureBench> {
  let now = START;
  const cloud = await createCloud({ clock: { now: () => now } });
  const { azure, shop } = cloud;
  azure.swapMs = SWAP_MS;
  azure.addApp({
    resourceGroup: 'acme-production',
    name: 'acme-checkout',
    stickySettings: ['PAYMENT_URL'],
    slots: {
      production: {
        release: BROKEN,
        history: [OLDER],
        settings: { PAYMENT_URL: 'https://pay.example', DATABASE_PASSWORD },
      },
      staging: {
        release: GOOD,
        settings: { PAYMENT_URL: 'https://pay-test.example', DATABASE_PASSWORD: 'staging-db' },
      },
    },
  });
  const make = (settings: Readonly<Record<string, unknown>> = {}): Component =>
    createAzureAppService({
      id: 'web',
      settings: {
        resourceGroup: 'acme-production',
        app: 'acme-checkout',
        slot: 'staging',
        slotUrl: `${shop.stagingUrl}/healthz`,
        ...settings,
      },
      connections: {
        azure: {
          endpoint: azure.endpoint,
          subscriptionId: azure.subscriptionId,
          auth: { kind: 'token', token: azure.token },
        },
        registries: {
          servers: {
            'acme.azurecr.io': { address: cloud.registry.url, login: cloud.registry.login },
          },
        },
      },
    });
  const component = make();
  return {
    cloud,
    component,
    again: make,
    with: make,
    operation: 'swap-slots',
    input: { release: `2.3.1@${GOOD.commit}`, replaces: `2.4.0@${BROKEN.commit}` },
    faults: azure.faults,
    mutation: 'POST slotsswap',
    requests: () => azure.requests,
    secrets: [azure.token],
    now: () => now,
    pass: (ms) => {
      now += ms;
    },
    finish: () => {
      now += SWAP_MS;
    },
    takesTime: true,
    interfere: () => {
      azure.deployTo('staging', { ...OLDER, version: '2.5.0', commit: 'd'.repeat(40) });
    },
    close: () => cloud.close(),
  };
}

/** The same app, to be restarted. */
export async function openRestartBench(): Promise<AzureBench> {
  const bench = await openAzureBench();
  const { component, cloud } = bench;
  const call = await component.mitigations?.['restart']?.call(
    { key: 'INC-0001-P1', at: START },
    new AbortController().signal,
  );
  return {
    ...bench,
    operation: 'restart',
    input: call?.input ?? null,
    mutation: 'POST restart',
    takesTime: false,
    interfere: () => cloud.azure.setRunning('production', false),
  };
}

/** The same app, on a plan of 2 instances that is to have 4. */
export async function openScaleBench(): Promise<AzureBench> {
  const bench = await openAzureBench();
  return {
    ...bench,
    operation: 'scale',
    input: { group: 'acme-production', plan: 'acme-checkout-plan', to: 4, from: 2 },
    mutation: 'PUT serverfarm',
    interfere: () => {
      bench.cloud.azure.plan.capacity = 7;
    },
  };
}

/** The same app, whose slot is to be prepared for a swap with preview. */
export async function openPrepareBench(): Promise<AzureBench> {
  const bench = await openAzureBench();
  return {
    ...bench,
    operation: 'prepare-swap',
    mutation: 'POST applySlotConfig',
    takesTime: false,
  };
}

/** The same app, whose slot is prepared for a swap with preview that is to be cancelled. */
export async function openCancelBench(): Promise<AzureBench> {
  const bench = await openAzureBench();
  bench.cloud.azure.prepareSwap('staging');
  return {
    ...bench,
    operation: 'cancel-swap',
    mutation: 'POST resetSlotConfig',
    takesTime: false,
  };
}
