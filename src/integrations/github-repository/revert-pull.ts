import { z } from 'zod';
import type { GitHub } from '../github/client.ts';
import { understood } from '../github/errors.ts';
import { markOf, type RevertInput } from './revert-input.ts';
import { readGitCommit } from './revert-tree.ts';
import type { GitHubRepositorySettings } from './schema.ts';

const Listed = z.array(z.object({ number: z.number(), created_at: z.string() }));

const Pull = z.object({
  number: z.number(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  merged: z.boolean(),
  mergeable_state: z.string(),
  commits: z.number(),
  head: z.object({ sha: z.string() }),
});
type Pull = z.infer<typeof Pull>;

const CheckRuns = z.object({
  check_runs: z.array(
    z.object({ name: z.string(), status: z.string(), conclusion: z.string().nullable() }),
  ),
});

const Statuses = z.object({
  statuses: z.array(z.object({ context: z.string(), state: z.string() })),
});

/** Conclusions that do not stand in the way, as GitHub judges required checks. */
const GOOD = ['success', 'neutral', 'skipped'];

export interface RevertPull {
  readonly number: number;
  readonly url: string;
  readonly head: string;
  /**
   * `checking`: checks run, or GitHub still works out whether it can be merged. `waiting`: for a person. `failed`: not
   * without one, see `note`. `ready`: checks have passed, and GitHub would merge it.
   */
  readonly state: 'checking' | 'waiting' | 'failed' | 'ready' | 'merged' | 'closed';
  readonly note: string;
}

/** The newest pull request from the revert's branch; undefined when there is none yet. @throws OutsideError. */
export async function readRevertPull(
  github: GitHub,
  settings: GitHubRepositorySettings,
  input: RevertInput,
  signal: AbortSignal,
): Promise<RevertPull | undefined> {
  const attempted = 'look for the pull request of the revert';
  const { data } = await github.read(
    attempted,
    (target) =>
      github.octokit.rest.pulls.list({
        ...target,
        state: 'all',
        head: `${github.owner}:${input.branch}`,
        base: settings.branch,
        per_page: 100,
      }),
    signal,
  );
  const listed = understood(Listed, data, { attempted, name: github.name });
  const newest = [...listed].sort((a, b) => b.number - a.number)[0];
  if (!newest) return undefined;
  const response = await github.read(
    attempted,
    (target) => github.octokit.rest.pulls.get({ ...target, pull_number: newest.number }),
    signal,
  );
  const pull = understood(Pull, response.data, { attempted, name: github.name });
  return { ...(await judge(github, settings, input, pull, signal)), ...namesOf(pull) };
}

async function judge(
  github: GitHub,
  settings: GitHubRepositorySettings,
  { merge }: RevertInput,
  pull: Pull,
  signal: AbortSignal,
): Promise<Pick<RevertPull, 'state' | 'note'>> {
  const name = `pull request #${pull.number}`;
  if (pull.merged) return { state: 'merged', note: `${name} merged` };
  if (pull.state === 'closed') return { state: 'closed', note: `${name} closed without a merge` };
  const { message } = await readGitCommit(github, pull.head.sha, signal);
  if (pull.commits !== 1 || !message.includes(markOf(merge))) {
    const note = `${name} holds more than the revert; see what was added, and merge it by hand`;
    return { state: 'failed', note };
  }
  const checks = await readChecks(github, pull.head.sha, signal);
  const failed = checks.filter((one) => one.state === 'failed').map((one) => one.name);
  if (failed.length > 0) return { state: 'failed', note: `${name}: ${failed.join(', ')} failed` };
  const missing = settings.checks.filter((each) => !checks.some((one) => one.name === each));
  const open = checks.filter((one) => one.state === 'running').map((one) => one.name);
  const awaited = [...open, ...missing];
  if (awaited.length > 0) {
    return { state: 'checking', note: `${name} waits for ${awaited.join(', ')}` };
  }
  switch (pull.mergeable_state) {
    case 'clean':
    case 'has_hooks':
    case 'unstable':
      return { state: 'ready', note: `${name}, whose checks have passed` };
    case 'dirty':
      return { state: 'failed', note: `${name} conflicts with ${settings.branch}` };
    case 'unknown':
      return { state: 'checking', note: `GitHub works out whether ${name} can be merged` };
    case 'behind':
      return {
        state: 'waiting',
        note: `${name} must be brought up to date with ${settings.branch}: ${pull.html_url}`,
      };
    default:
      return { state: 'waiting', note: `${name} waits for a review: ${pull.html_url}` };
  }
}

function namesOf({ number, html_url: url, head }: Pull) {
  return { number, url, head: head.sha };
}

/** Check runs and commit statuses together: teams use either. */
async function readChecks(
  github: GitHub,
  sha: string,
  signal: AbortSignal,
): Promise<readonly { readonly name: string; readonly state: 'running' | 'passed' | 'failed' }[]> {
  const attempted = 'read the checks of the revert';
  const { name } = github;
  const [runs, statuses] = await Promise.all([
    github.read(
      attempted,
      (target) => github.octokit.rest.checks.listForRef({ ...target, ref: sha, per_page: 100 }),
      signal,
    ),
    github.read(
      attempted,
      (target) =>
        github.octokit.rest.repos.getCombinedStatusForRef({ ...target, ref: sha, per_page: 100 }),
      signal,
    ),
  ]);
  return [
    ...understood(CheckRuns, runs.data, { attempted, name }).check_runs.map((one) => ({
      name: one.name,
      state:
        one.status !== 'completed'
          ? ('running' as const)
          : GOOD.includes(one.conclusion ?? '')
            ? ('passed' as const)
            : ('failed' as const),
    })),
    ...understood(Statuses, statuses.data, { attempted, name }).statuses.map((one) => ({
      name: one.context,
      state:
        one.state === 'pending'
          ? ('running' as const)
          : one.state === 'success'
            ? ('passed' as const)
            : ('failed' as const),
    })),
  ];
}
