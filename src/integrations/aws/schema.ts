import { z } from 'zod';

const secret = (what: string) =>
  z.string().min(1, `${what} must not be empty`).meta({ secret: true });

const endpoint = z
  .url({ protocol: /^https?$/ })
  .refine((url) => /^(https:|http:\/\/(localhost|127(\.\d+){3}|\[::1\])([:/]|$))/.test(url), {
    error: 'must be https; http is only taken for this machine (127.0.0.1, localhost, [::1])',
  });

const AwsCredentials = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('default-chain'),
    profile: z
      .string()
      .min(1)
      .optional()
      .describe('A profile of the AWS configuration files; the default one unless given.'),
  }),
  z.strictObject({
    kind: z.literal('keys'),
    accessKeyId: secret('The access key id'),
    secretAccessKey: secret('The secret access key'),
    sessionToken: secret('The session token').optional(),
  }),
]);
export type AwsCredentials = z.infer<typeof AwsCredentials>;

/** `aws`: the region, and who Backstop is there. */
export const AwsConnection = z.strictObject({
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region such as 'eu-west-1'"),
  endpoints: z
    .strictObject({
      codedeploy: endpoint.optional(),
      ecs: endpoint.optional(),
      ecr: endpoint.optional(),
      cloudwatch: endpoint.optional(),
    })
    .default({})
    .describe("Other addresses of the services, such as VPC endpoints; AWS's own unless given."),
  credentials: AwsCredentials.default({ kind: 'default-chain' }).describe(
    'default-chain: environment, web identity, container or instance role, as every AWS tool finds them.',
  ),
});
export type AwsConnection = z.infer<typeof AwsConnection>;

/** How a task definition tells its release. */
export const releaseSettings = {
  container: z
    .string()
    .min(1)
    .optional()
    .describe('The container that tells the release; the first essential one unless given.'),
  versionVariable: z
    .string()
    .regex(/^\w+$/, 'must be the name of an environment variable')
    .default('APP_VERSION')
    .describe('The environment variable with the release; without it the image tag is shown.'),
  commitVariable: z
    .string()
    .regex(/^\w+$/, 'must be the name of an environment variable')
    .default('APP_COMMIT')
    .describe('The environment variable with the commit; an image tag that is a commit does too.'),
} as const;

export interface ReleaseSettings {
  readonly container?: string | undefined;
  readonly versionVariable: string;
  readonly commitVariable: string;
}
