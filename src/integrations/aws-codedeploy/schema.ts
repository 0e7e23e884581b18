import { z } from 'zod';
import { releaseSettings } from '../aws/schema.ts';

const name = (what: string) => z.string().regex(/^[^\s/]{1,100}$/, `must be the name of ${what}`);

/** One CodeDeploy deployment group: servers, or an ECS service that CodeDeploy deploys. */
export const AwsCodeDeploySettings = z.strictObject({
  application: name('a CodeDeploy application'),
  deploymentGroup: name('a deployment group in it'),
  ...releaseSettings,
  fileExistsBehavior: z
    .enum(['DISALLOW', 'OVERWRITE', 'RETAIN'])
    .optional()
    .describe(
      'Servers only: what to do with files already there; the default of CodeDeploy unless given.',
    ),
  usualMinutes: z
    .number()
    .positive()
    .max(120)
    .default(10)
    .describe('How long a deployment usually takes, until past runs tell better.'),
  limitMinutes: z
    .number()
    .positive()
    .max(600)
    .default(60)
    .describe('How long a deployment may take before a person is asked.'),
  pollSeconds: z
    .number()
    .positive()
    .max(60)
    .default(10)
    .describe('Seconds between two looks at a running deployment.'),
  quietSeconds: z
    .number()
    .positive()
    .max(600)
    .default(60)
    .describe('How long a request without an answer may still be carried out by AWS.'),
});
export type AwsCodeDeploySettings = z.infer<typeof AwsCodeDeploySettings>;
