import { z } from 'zod';

const APP_ID = "must be the app's id (a number) or its client id (which begins with Iv)";

/** The app that a team registered with GitHub, and where it is installed. */
const GitHubApp = z.strictObject({
  id: z
    .union([z.number().int().positive(), z.string().regex(/^(\d+|Iv[\w.]+)$/, APP_ID)], {
      error: APP_ID,
    })
    .describe('The id or the client id of the app, as on its settings page.'),
  installationId: z
    .number()
    .int()
    .positive()
    .describe("The number at the end of the installation's address."),
  privateKey: z
    .string()
    .min(1, 'The private key must not be empty')
    .meta({ secret: true })
    .describe('The whole .pem file that GitHub gave; best a file: reference.'),
});
export type GitHubApp = z.infer<typeof GitHubApp>;

/** `github`: where, and as whom: an installed app, whose tokens Backstop renews, or a fine-grained personal token. */
export const GitHubConnection = z
  .strictObject({
    baseUrl: z
      .url({ protocol: /^https?$/ })
      .refine((url) => /^(https:|http:\/\/(localhost|127(\.\d+){3}|\[::1\])([:/]|$))/.test(url), {
        error: 'must be https; http is only taken for this machine (127.0.0.1, localhost, [::1])',
      })
      .default('https://api.github.com')
      .describe('The REST API; https://HOST/api/v3 for GitHub Enterprise Server.'),
    token: z.string().min(1, 'The token must not be empty').optional().meta({ secret: true }),
    app: GitHubApp.optional(),
  })
  // By key: a reference that led nowhere leaves no value, and is told of by itself.
  .refine((given) => 'token' in given !== 'app' in given, {
    error: 'must be a block with either `token`, or `app` (id, installationId and privateKey)',
  });
export type GitHubConnection = z.infer<typeof GitHubConnection>;

export const RepositoryName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]*\/[\w.-]+$/, "must be 'owner/name'")
  .describe("'owner/name'");

export const WorkflowFile = z
  .string()
  .regex(/^[\w.-]+\.ya?ml$/, "must be the file name of a workflow, such as 'deploy.yml'");
