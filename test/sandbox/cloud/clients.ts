/** The vendors' own clients, pointed at a simulated cloud. */

import { WebSiteManagementClient } from '@azure/arm-appservice';
import { Octokit } from '@octokit/rest';
import {
  type CheckoutWorld,
  type Cloud,
  createCloud,
  seedCheckout,
} from '../../../src/sandbox/cloud/index.ts';

export const GROUP = 'rg-shop';
export const APP = 'acme-checkout';
export const TO_PRODUCTION = { targetSlot: 'production', preserveVnet: true };

export interface Stage {
  readonly cloud: Cloud;
  readonly seeded: CheckoutWorld;
  /** Moves the cloud's clock. */
  readonly advance: (ms: number) => void;
}

/** A cloud with the checkout in it, whose clock stands at 10:00 until it is moved. */
export async function aCheckoutCloud(): Promise<Stage> {
  let now = Date.UTC(2026, 10, 20, 10);
  const cloud = await createCloud({ clock: { now: () => now } });
  return {
    cloud,
    seeded: seedCheckout(cloud),
    advance(ms) {
      now += ms;
    },
  };
}

/** Azure's client with a fixed token; it sends every request once unless `retries` says otherwise. */
export function armClient(
  cloud: Cloud,
  options: { readonly token?: string; readonly retries?: number } = {},
): WebSiteManagementClient {
  const { token = cloud.azure.token, retries = 0 } = options;
  const credential = {
    getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const client = new WebSiteManagementClient(credential, cloud.azure.subscriptionId, {
    endpoint: cloud.azure.endpoint,
    allowInsecureConnection: true,
    retryOptions: { maxRetries: retries, retryDelayInMs: 1 },
  });
  // This policy refuses to send a token without TLS, also to this machine.
  client.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
  client.pipeline.addPolicy({
    name: 'localToken',
    sendRequest(request, next) {
      request.headers.set('authorization', `Bearer ${token}`);
      return next(request);
    },
  });
  return client;
}

/** GitHub's client; it never retries. */
export function octokitFor(cloud: Cloud, token: string = cloud.github.token): Octokit {
  const silent = () => {};
  return new Octokit({
    auth: token,
    baseUrl: cloud.github.baseUrl,
    log: { debug: silent, info: silent, warn: silent, error: silent },
  });
}

/** What the app setting says is in a slot. */
export function versionIn(cloud: Cloud, slot: string): string | undefined {
  return cloud.azure.slot(slot).settings['APP_VERSION'];
}

/** Reads a page of the shop. */
export async function ask(url: string) {
  const response = await fetch(url);
  const { status, headers } = response;
  return { status, release: headers.get('x-release'), text: await response.text() };
}
