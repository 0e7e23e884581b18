import type { Component } from '../../component.ts';
import { createGitHub } from '../github/client.ts';
import { GitHubConnection } from '../github/schema.ts';
import type { Ingredients } from '../index.ts';
import { createChanges } from './changes.ts';
import { CREATE_HOTFIX_BRANCH, createCreateHotfixBranch } from './create-hotfix-branch.ts';
import { createCreateRevertBranch } from './create-revert-branch.ts';
import { examine } from './doctor.ts';
import { createForceBranch, FORCE_BRANCH } from './force-branch.ts';
import {
  createFreeze,
  createLockBranch,
  createUnlockBranch,
  LOCK_BRANCH,
  UNLOCK_BRANCH,
} from './lock-branch.ts';
import {
  createOpenHotfixPull,
  HOTFIX_PULL,
  hotfixPullMitigation,
  OPEN_HOTFIX_PULL,
} from './open-hotfix-pull.ts';
import { createOpenRevertPull } from './open-revert-pull.ts';
import { RERUN_WORKFLOW } from './rerun-input.ts';
import { createRerunWorkflow } from './rerun-workflow.ts';
import { CREATE_REVERT_BRANCH, OPEN_REVERT_PULL, REVERT_MERGE } from './revert-input.ts';
import { createRevertMerge } from './revert-merge.ts';
import { GitHubRepositorySettings } from './schema.ts';

/** The GitHub repository a service is built from. Throws ZodError on settings that were not parsed. */
export function createGitHubRepository(from: Ingredients): Component {
  const settings = GitHubRepositorySettings.parse(from.settings);
  const github = createGitHub(
    GitHubConnection.parse(from.connections['github']),
    settings.repository,
  );
  return {
    id: from.id,
    kind: 'github-repository',
    title: `repository ${settings.repository}`,
    changes: createChanges(github),
    ...(settings.freeze ? { freeze: createFreeze(github, settings) } : {}),
    mitigations: { [HOTFIX_PULL]: hotfixPullMitigation(github) },
    operations: {
      [CREATE_HOTFIX_BRANCH]: createCreateHotfixBranch(github),
      [OPEN_HOTFIX_PULL]: createOpenHotfixPull(github, settings.branch),
      [RERUN_WORKFLOW]: createRerunWorkflow(github, settings),
      [CREATE_REVERT_BRANCH]: createCreateRevertBranch(github, settings),
      [OPEN_REVERT_PULL]: createOpenRevertPull(github, settings),
      [FORCE_BRANCH]: createForceBranch(github, settings.branch),
      [REVERT_MERGE]: createRevertMerge(github, settings),
      [LOCK_BRANCH]: createLockBranch(github, settings),
      [UNLOCK_BRANCH]: createUnlockBranch(github, settings),
    },
    doctor: (signal) => examine(github, settings, signal),
  };
}
