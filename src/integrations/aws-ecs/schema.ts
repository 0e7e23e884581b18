import { z } from 'zod';
import { releaseSettings } from '../aws/schema.ts';

const name = (what: string) => z.string().regex(/^[\w-]{1,255}$/, `must be the name of ${what}`);

/** One ECS service that ECS itself deploys (rolling, or blue/green without CodeDeploy). */
export const AwsEcsSettings = z.strictObject({
  cluster: name('a cluster'),
  service: name('a service in it'),
  ...releaseSettings,
  maxTasks: z
    .int()
    .min(1)
    .max(1000)
    .default(10)
    .describe('How many tasks people may scale to: they cost money.'),
  usualMinutes: z
    .number()
    .positive()
    .max(120)
    .default(5)
    .describe('How long a deployment usually takes, until past runs tell better.'),
  limitMinutes: z
    .number()
    .positive()
    .max(600)
    .default(30)
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
export type AwsEcsSettings = z.infer<typeof AwsEcsSettings>;
