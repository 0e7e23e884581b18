import { ContainerInstanceManagementClient } from '@azure/arm-containerinstance';
import { type Calls, createCalls } from '../azure/calls.ts';
import type { AzureConnection } from '../azure/schema.ts';
import type { AzureContainerInstancesSettings } from './schema.ts';

/** One container group in Azure Resource Manager, as this integration speaks to it. */
export interface Arm {
  readonly calls: Calls;
  readonly client: ContainerInstanceManagementClient;
  readonly subscription: string;
  readonly settings: AzureContainerInstancesSettings;
}

/** A client with every retry of the SDK switched off. */
export function createArm(
  connection: AzureConnection,
  settings: AzureContainerInstancesSettings,
): Arm {
  const on = `container group ${settings.group}`;
  const calls = createCalls(
    connection,
    {
      system: 'Azure Container Instances',
      on,
      grantOn: 'the container group',
      notFound: 'Check `subscriptionId`, `resourceGroup` and `group` in backstop.yaml.',
      look: 'look at the image the group runs',
      rejected: rejectedNext,
    },
    secretsOf(settings),
  );
  const client = new ContainerInstanceManagementClient(
    calls.credential,
    connection.subscriptionId,
    {
      ...calls.options,
      additionalPolicies: [...calls.options.additionalPolicies],
      credentialScopes: calls.scope,
    },
  );
  calls.prepare(client);
  return { calls, client, subscription: connection.subscriptionId, settings };
}

/** What helps against the known refusals of Container Instances. */
function rejectedNext(message: string): string | undefined {
  if (/image|registry/i.test(message)) {
    return 'Check that the image is still in its registry and that the group may pull it.';
  }
  if (/quota|capacity|ServiceUnavailable/i.test(message)) {
    return 'Azure has no room for the group now: ask for quota, or try again later.';
  }
  if (/ended|terminated/i.test(message)) {
    return 'A group that has ended is not updated: delete it and create it again, by the manual steps.';
  }
  return undefined;
}

function secretsOf(settings: AzureContainerInstancesSettings): readonly string[] {
  const { secureEnvironment, registryPasswords, storageKeys, workspaceKey } = settings;
  return [
    ...Object.values(secureEnvironment).flatMap((one) => Object.values(one)),
    ...Object.values(registryPasswords),
    ...Object.values(storageKeys),
    ...(workspaceKey === undefined ? [] : [workspaceKey]),
  ];
}
