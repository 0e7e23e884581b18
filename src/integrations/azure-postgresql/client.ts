import { PostgreSQLManagementFlexibleServerClient } from '@azure/arm-postgresql-flexible';
import { type Calls, createCalls } from '../azure/calls.ts';
import type { AzureConnection } from '../azure/schema.ts';
import type { AzurePostgresqlSettings } from './schema.ts';

/** One PostgreSQL flexible server in Azure Resource Manager, as this integration speaks to it. */
export interface Arm {
  readonly calls: Calls;
  readonly client: PostgreSQLManagementFlexibleServerClient;
  readonly subscription: string;
  readonly settings: AzurePostgresqlSettings;
}

/** A client with every retry of the SDK switched off. */
export function createArm(connection: AzureConnection, settings: AzurePostgresqlSettings): Arm {
  const calls = createCalls(connection, {
    system: 'Azure Database for PostgreSQL',
    on: `server ${settings.server}`,
    grantOn: 'the resource group of the server',
    notFound: 'Check `subscriptionId`, `resourceGroup` and `server` in backstop.yaml.',
    look: 'look at the servers and backups in the resource group',
    rejected: (message) =>
      /point in time|restore/i.test(message)
        ? 'Choose a moment between the earliest restore point and a few minutes ago.'
        : undefined,
  });
  const client = new PostgreSQLManagementFlexibleServerClient(
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
