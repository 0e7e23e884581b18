import { z } from 'zod';

/** `github`: where, and a token of an app installation or a fine-grained personal token. */
export const GitHubConnection = z.strictObject({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .refine((url) => /^(https:|http:\/\/(localhost|127(\.\d+){3}|\[::1\])([:/]|$))/.test(url), {
      error: 'must be https; http is only taken for this machine (127.0.0.1, localhost, [::1])',
    })
    .default('https://api.github.com')
    .describe('The REST API; https://HOST/api/v3 for GitHub Enterprise Server.'),
  token: z.string().min(1, 'The token must not be empty').meta({ secret: true }),
});
export type GitHubConnection = z.infer<typeof GitHubConnection>;

/** The repository a service is built from. */
export const GitHubRepositorySettings = z.strictObject({
  repository: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9-]*\/[\w.-]+$/, "must be 'owner/name'")
    .describe("'owner/name'"),
  branch: z.string().min(1).default('main').describe('The branch that releases are built from.'),
  workflow: z
    .string()
    .regex(/^[\w.-]+\.ya?ml$/, "must be the file name of a workflow, such as 'deploy.yml'")
    .optional()
    .describe('The workflow that deploys; needed where several run for a commit.'),
  checks: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Checks that must have passed before a revert is merged, also where GitHub does not require them.',
    ),
  mergeMethod: z
    .enum(['merge', 'squash', 'rebase'])
    .default('merge')
    .describe('How a revert is merged.'),
  freeze: z
    .boolean()
    .default(false)
    .describe(
      'Lock `branch` while a run is at work or a SEV1 is open, so that nothing is merged meanwhile. Needs the permission Administration: write.',
    ),
});
export type GitHubRepositorySettings = z.infer<typeof GitHubRepositorySettings>;
