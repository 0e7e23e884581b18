import { z } from 'zod';
import { RepositoryName, WorkflowFile } from '../github/schema.ts';

/** What a GitHub workflow deploys to one environment. */
export const GitHubWorkflowSettings = z
  .strictObject({
    repository: RepositoryName,
    environment: z
      .string()
      .min(1)
      .default('production')
      .describe("The environment of GitHub's deployments, as the workflow names it."),
    workflow: WorkflowFile.describe(
      'The workflow that deploys; it must have the trigger workflow_dispatch.',
    ),
    branch: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Run the workflow as it is on this branch, and say by `inputs` which version is meant; on the tag of the version unless given.',
      ),
    inputs: z
      .record(z.string().regex(/^[A-Za-z_][\w-]*$/, 'must be the name of an input'), z.string())
      .default({})
      .describe(
        'What the workflow is given. {tag} and {commit} are those of the version; {key} names the step, so that its run is found again by its run-name.',
      ),
  })
  .refine(
    ({ branch, inputs }) =>
      branch === undefined || Object.values(inputs).some((one) => /\{(tag|commit)\}/.test(one)),
    {
      error: 'must be an input with {tag} or {commit} in it, where the workflow runs on a branch',
      path: ['inputs'],
    },
  );
export type GitHubWorkflowSettings = z.infer<typeof GitHubWorkflowSettings>;

/** Whether a version needs a tag to be deployed. */
export function needsTag({ branch, inputs }: GitHubWorkflowSettings): boolean {
  return branch === undefined || Object.values(inputs).some((one) => one.includes('{tag}'));
}
