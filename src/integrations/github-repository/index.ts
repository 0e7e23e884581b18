import type { Component } from '../../component.ts';
import type { Ingredients } from '../index.ts';
import { createChanges } from './changes.ts';
import { createGitHub } from './client.ts';
import { CREATE_HOTFIX_BRANCH, createCreateHotfixBranch } from './create-hotfix-branch.ts';
import { examine } from './doctor.ts';
import { GitHubConnection, GitHubRepositorySettings } from './schema.ts';

/** The GitHub repository a service is built from. Throws ZodError on settings that were not parsed. */
export function createGitHubRepository(from: Ingredients): Component {
  const settings = GitHubRepositorySettings.parse(from.settings);
  const github = createGitHub(GitHubConnection.parse(from.connections['github']), settings);
  return {
    id: from.id,
    kind: 'github-repository',
    title: `repository ${settings.repository}`,
    changes: createChanges(github),
    operations: { [CREATE_HOTFIX_BRANCH]: createCreateHotfixBranch(github) },
    doctor: (signal) => examine(github, settings, signal),
  };
}
