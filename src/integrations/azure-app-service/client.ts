import { createWebSiteManagement, type WebSiteManagementContext } from '@azure/arm-appservice/api';
import { type Calls, createCalls } from '../azure/calls.ts';
import type { AzureConnection } from '../azure/schema.ts';
import type { Registries } from '../registry/index.ts';
import { webApp } from './errors.ts';
import type { AzureAppServiceSettings } from './schema.ts';

/** One web app in Azure Resource Manager, as this integration speaks to it. */
export interface Arm extends Pick<Calls, 'read' | 'change' | 'get'> {
  readonly context: WebSiteManagementContext;
  readonly endpoint: string;
  readonly subscription: string;
  readonly group: string;
  readonly app: string;
  readonly slot: string;
  /** Where the image of a container is looked for. */
  readonly registries: Registries;
}

/** A client with every retry of the SDK switched off: by itself it sends a slot swap four times on a 500. */
export function createArm(
  connection: AzureConnection,
  settings: AzureAppServiceSettings,
  registries: Registries,
): Arm {
  const { endpoint, subscriptionId } = connection;
  const calls = createCalls(connection, webApp(settings.app));
  const context = createWebSiteManagement(calls.credential, subscriptionId, {
    ...calls.options,
    additionalPolicies: [...calls.options.additionalPolicies],
    credentials: { scopes: [calls.scope] },
  });
  calls.prepare(context);
  return {
    context,
    endpoint,
    subscription: subscriptionId,
    group: settings.resourceGroup,
    app: settings.app,
    slot: settings.slot,
    registries,
    read: (attempted, call, signal) => calls.read(attempted, call, signal),
    change: (attempted, call, o) => calls.change(attempted, call, o),
    get: (attempted, address, signal) => calls.get(attempted, address, signal),
  };
}
