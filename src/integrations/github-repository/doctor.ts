import type { DoctorFinding } from '../../component.ts';
import { finding, passed, warned } from '../finding.ts';
import type { GitHub } from './client.ts';
import { readRepository } from './repository.ts';
import type { GitHubRepositorySettings } from './schema.ts';

const WEEK_MS = 7 * 24 * 3_600_000;

/** Checks by reading: token, repository, write access as far as GitHub tells, branch, pull requests. Never throws. */
export async function examine(
  github: GitHub,
  settings: GitHubRepositorySettings,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const repository = `repository ${github.name}`;
  const access = await finding(`GitHub token and ${repository}`, 'fail', async () => {
    const found = await readRepository(github, signal);
    if (found.isReadOnly) {
      return warned(
        'readable, but archived or disabled',
        'A hotfix branch cannot be opened in it.',
      );
    }
    if (found.mayPush === false) {
      const next = 'Give the token contents write, or hotfix branches cannot be opened.';
      return { verdict: 'fail', reason: 'the token may not write contents', next };
    }
    const ends = found.tokenEnds === undefined ? Number.NaN : Date.parse(found.tokenEnds);
    if (ends - Date.now() < WEEK_MS) {
      return warned(`the token ends ${found.tokenEnds}`, 'Renew it before it does.');
    }
    if (found.mayPush === true) return passed('readable and writable');
    return passed('readable; GitHub does not say whether the token may write');
  });
  if (access.verdict === 'fail' || access.verdict === 'unknown') return [access];
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
  return [access, ...rest];
}

function rulesets(github: GitHub, signal: AbortSignal): Promise<DoctorFinding> {
  return finding(`repository ${github.name}: rulesets, for the freeze`, 'fail', async () => {
    await github.read(
      'read the rulesets',
      (target) => github.octokit.rest.repos.getRepoRulesets({ ...target, per_page: 1 }),
      signal,
    );
    return passed('readable; whether the token may write them shows when one is set');
  });
}
