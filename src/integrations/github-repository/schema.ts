import { z } from 'zod';
import { RepositoryName, WorkflowFile } from '../github/schema.ts';

/** The repository a service is built from. */
export const GitHubRepositorySettings = z.strictObject({
  repository: RepositoryName,
  branch: z.string().min(1).default('main').describe('The branch that releases are built from.'),
  workflow: WorkflowFile.optional().describe(
    'The workflow that deploys; needed where several run for a commit.',
  ),
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
