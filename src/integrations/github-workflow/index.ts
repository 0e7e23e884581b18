import type { Component } from '../../component.ts';
import { createGitHub } from '../github/client.ts';
import { GitHubConnection } from '../github/schema.ts';
import type { Ingredients } from '../index.ts';
import { DISPATCH_WORKFLOW } from './dispatch-input.ts';
import { createDispatchWorkflow } from './dispatch-workflow.ts';
import { examine } from './doctor.ts';
import { GitHubWorkflowSettings } from './schema.ts';
import { createVersions } from './versions.ts';

/** What a GitHub workflow deploys to one environment. Throws ZodError on settings that were not parsed. */
export function createGitHubWorkflow(from: Ingredients): Component {
  const settings = GitHubWorkflowSettings.parse(from.settings);
  const { repository, workflow, environment } = settings;
  const github = createGitHub(GitHubConnection.parse(from.connections['github']), repository);
  return {
    id: from.id,
    kind: 'github-workflow',
    title: `${environment} of ${repository}, deployed by ${workflow}`,
    versions: createVersions(github, settings),
    operations: { [DISPATCH_WORKFLOW]: createDispatchWorkflow(github, settings) },
    doctor: (signal) => examine(github, settings, signal),
  };
}
