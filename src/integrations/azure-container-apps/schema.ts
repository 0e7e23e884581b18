import { z } from 'zod';
import { PollSeconds, QuietSeconds, ResourceGroup } from '../azure/schema.ts';

const variable = z.string().regex(/^[\w.-]+$/, 'must be the name of an environment variable');

/** One container app whose earlier releases are its earlier revisions. */
export const AzureContainerAppsSettings = z.strictObject({
  resourceGroup: ResourceGroup,
  app: z.string().regex(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/, 'must be the name of a container app'),
  versionVariable: variable
    .default('APP_VERSION')
    .describe('The environment variable with the release, set at each deployment.'),
  commitVariable: variable
    .default('APP_COMMIT')
    .describe('The environment variable with the commit, set at each deployment.'),
  maxReplicas: z
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .describe('The most replicas that may be asked for.'),
  startupSeconds: z
    .number()
    .positive()
    .max(1800)
    .default(60)
    .describe('How long a revision takes to start.'),
  pollSeconds: PollSeconds,
  quietSeconds: QuietSeconds,
});
export type AzureContainerAppsSettings = z.infer<typeof AzureContainerAppsSettings>;
