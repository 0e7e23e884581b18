import type { DoctorFinding } from '../../component.ts';
import { finding, passed } from '../finding.ts';
import { examineAccess, type Need } from '../github/access.ts';
import type { GitHub } from '../github/client.ts';
import type { GitHubRepositorySettings } from './schema.ts';

const NEEDS: readonly Need[] = [
  { permission: 'contents', level: 'write', for: 'opening branches and merging' },
  { permission: 'pull_requests', level: 'write', for: 'reverts' },
  { permission: 'actions', level: 'write', for: 'running a workflow again' },
  { permission: 'checks', level: 'read', for: 'following the checks of a revert' },
  { permission: 'statuses', level: 'read', for: 'following the checks of a revert' },
];
const FREEZE: Need = {
  permission: 'administration',
  level: 'write',
  for: 'locking the branch',
  must: true,
};

/** Checks by reading: token or app, repository, write access as far as GitHub tells, branch, pull requests. Never throws. */
export async function examine(
  github: GitHub,
  settings: GitHubRepositorySettings,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const repository = `repository ${github.name}`;
  const needs = settings.freeze ? [...NEEDS, FREEZE] : NEEDS;
  const access = await examineAccess(github, needs, signal);
  if (access.some(({ verdict }) => verdict === 'fail' || verdict === 'unknown')) return access;
  const rest = await Promise.all([
    finding(`${repository}: branch ${settings.branch}`, 'fail', async () => {
      await github.read(
        `read branch ${settings.branch}`,
        (target) => github.octokit.rest.git.getRef({ ...target, ref: `heads/${settings.branch}` }),
        signal,
      );
      return passed('readable');
    }),
    finding(`${repository}: pull requests`, 'fail', async () => {
      await github.read(
        'list pull requests',
        (target) => github.octokit.rest.pulls.list({ ...target, state: 'all', per_page: 1 }),
        signal,
      );
      return passed('readable');
    }),
    ...(settings.freeze ? [rulesets(github, signal)] : []),
  ]);
  return [...access, ...rest];
}

function rulesets(github: GitHub, signal: AbortSignal): Promise<DoctorFinding> {
  return finding(`repository ${github.name}: rulesets, for the freeze`, 'fail', async () => {
    await github.read(
      'read the rulesets',
      (target) => github.octokit.rest.repos.getRepoRulesets({ ...target, per_page: 1 }),
      signal,
    );
    return passed('readable; whether they may be written shows when one is set');
  });
}
