import { z } from 'zod';
import { PollSeconds, QuietSeconds, ResourceGroup } from '../azure/schema.ts';

const secret = z.string().min(1, 'must not be empty').meta({ secret: true });
const containerName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'must be the name of a container');

/** One container group whose release is the image of one of its containers. */
export const AzureContainerInstancesSettings = z.strictObject({
  resourceGroup: ResourceGroup,
  group: containerName.describe('The container group.'),
  container: containerName
    .optional()
    .describe('The container that runs the release; needed when the group has several.'),
  releaseTags: z
    .string()
    .min(1)
    .max(64)
    .default('release-')
    .describe('How the tags of the group begin that tell its releases: release-2.3.1 = IMAGE.'),
  deploymentParameter: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The parameter of the template deployments that names the image; tells more releases.',
    ),
  secureEnvironment: z
    .record(containerName, z.record(z.string().min(1), secret))
    .default({})
    .describe('Secure variables of each container, which Azure never shows and would forget.'),
  registryPasswords: z
    .record(z.string().min(1), secret)
    .default({})
    .describe('By registry server, where the group signs in with a user name.'),
  storageKeys: z
    .record(z.string().min(1), secret)
    .default({})
    .describe('By storage account, where the group mounts its file shares.'),
  workspaceKey: secret.optional().describe('Of the Log Analytics workspace of the group.'),
  startupSeconds: z
    .number()
    .positive()
    .max(1800)
    .default(90)
    .describe('How long the group takes to be recreated.'),
  pollSeconds: PollSeconds,
  quietSeconds: QuietSeconds,
});
export type AzureContainerInstancesSettings = z.infer<typeof AzureContainerInstancesSettings>;
