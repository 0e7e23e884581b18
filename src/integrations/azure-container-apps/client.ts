import { ContainerAppsAPIClient } from '@azure/arm-appcontainers';
import { type Calls, createCalls } from '../azure/calls.ts';
import type { AzureConnection } from '../azure/schema.ts';
import type { AzureContainerAppsSettings } from './schema.ts';

/** One container app in Azure Resource Manager, as this integration speaks to it. */
export interface Arm {
  readonly calls: Calls;
  readonly client: ContainerAppsAPIClient;
  readonly subscription: string;
  readonly settings: AzureContainerAppsSettings;
}

/** A client with every retry of the SDK switched off. */
export function createArm(connection: AzureConnection, settings: AzureContainerAppsSettings): Arm {
  const calls = createCalls(connection, {
    system: 'Azure Container Apps',
    on: `container app ${settings.app}`,
    grantOn: 'the container app',
    notFound: 'Check `subscriptionId`, `resourceGroup` and `app` in backstop.yaml.',
    look: 'look at the revisions that are active',
    rejected: (message) =>
      /secret/i.test(message)
        ? 'The revision needs a secret that the app does not have any more: add it again, then retry.'
        : undefined,
  });
  const client = new ContainerAppsAPIClient(calls.credential, connection.subscriptionId, {
    ...calls.options,
    additionalPolicies: [...calls.options.additionalPolicies],
    credentialScopes: calls.scope,
  });
  calls.prepare(client);
  return { calls, client, subscription: connection.subscriptionId, settings };
}
