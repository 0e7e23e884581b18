import { z } from 'zod';
import type { FollowUpToTrack, TrackedFollowUp } from '../../issue-tracker.ts';
import { createGitHub, type GitHub } from '../github/client.ts';
import { understood } from '../github/errors.ts';
import { type GitHubConnection, RepositoryName } from '../github/schema.ts';
import { openIssueOnce } from './post-mortem-issue.ts';

const Issue = z.object({ id: z.number(), number: z.number(), state: z.string() });

/**
 * Opens the follow-up's issue unless it is there, hangs it under the post-mortem's, and closes it when the follow-up is done.
 * Each call looks first and sends each change once, so it may be repeated after a lost answer. Where GitHub knows no
 * sub-issues the task list of the post-mortem names it, and its text leads back.
 * @throws OutsideError
 */
export async function trackFollowUp(
  connection: GitHubConnection,
  repository: string,
  parentUrl: string,
  { title, body, isDone, url }: FollowUpToTrack,
  signal: AbortSignal,
): Promise<TrackedFollowUp> {
  const posted =
    url === undefined
      ? await openIssueOnce(connection, repository, { title, body }, signal)
      : { url, isNew: false };
  const issue = await issueAt(connection, posted.url, signal);
  const github = createGitHub(connection, RepositoryName.parse(repository));
  await hangUnder(github, numberIn(parentUrl), issue.id, signal);
  if (isDone) await closeUnlessClosed(issue, signal);
  return { ...posted, isClosed: issue.state === 'closed' };
}

/**
 * Whether the issue at that address was closed: one read, which is also answered where the issue has moved to.
 * @throws OutsideError
 */
export async function isIssueClosed(
  connection: GitHubConnection,
  url: string,
  signal: AbortSignal,
): Promise<boolean> {
  return (await issueAt(connection, url, signal)).state === 'closed';
}

/**
 * Closes the issue at that address; looks first, so that one that is closed is left as it is.
 * @throws OutsideError
 */
export async function closeIssue(
  connection: GitHubConnection,
  url: string,
  signal: AbortSignal,
): Promise<void> {
  await closeUnlessClosed(await issueAt(connection, url, signal), signal);
}

type FoundIssue = z.infer<typeof Issue> & { readonly github: GitHub };

async function issueAt(
  connection: GitHubConnection,
  url: string,
  signal: AbortSignal,
): Promise<FoundIssue> {
  const repository = /([^/]+\/[^/]+)\/issues\/\d+$/.exec(url)?.[1];
  const github = createGitHub(connection, RepositoryName.parse(repository));
  const issue_number = numberIn(url);
  const attempted = 'read the issue of a follow-up';
  const answer = await github.read(
    attempted,
    async (target) => (await github.octokit.rest.issues.get({ ...target, issue_number })).data,
    signal,
  );
  return { ...understood(Issue, answer, { attempted, name: github.name }), github };
}

async function closeUnlessClosed(
  { github, number: issue_number, state }: FoundIssue,
  signal: AbortSignal,
): Promise<void> {
  if (state === 'closed') return;
  await github.change(
    'close the issue of a follow-up',
    (target) => github.octokit.rest.issues.update({ ...target, issue_number, state: 'closed' }),
    signal,
  );
}

async function hangUnder(
  github: GitHub,
  parent: number,
  id: number,
  signal: AbortSignal,
): Promise<void> {
  const under = await subIssues(github, parent, signal);
  if (under === undefined || under.includes(id)) return;
  await github.change(
    'hang a follow-up under the post-mortem',
    (target) =>
      github.octokit.rest.issues.addSubIssue({ ...target, issue_number: parent, sub_issue_id: id }),
    signal,
  );
}

/** Undefined where GitHub knows no sub-issues, as older servers do not. */
async function subIssues(
  github: GitHub,
  issue_number: number,
  signal: AbortSignal,
): Promise<readonly number[] | undefined> {
  const found = await github.read(
    'list the sub-issues',
    async (target) => {
      try {
        const { data } = await github.octokit.rest.issues.listSubIssues({
          ...target,
          issue_number,
          per_page: 100,
        });
        return data;
      } catch (error) {
        if (error instanceof Error && 'status' in error && error.status === 404) return null;
        throw error;
      }
    },
    signal,
  );
  return found === null
    ? undefined
    : z
        .array(z.object({ id: z.number() }))
        .parse(found)
        .map(({ id }) => id);
}

function numberIn(url: string): number {
  return Number(/\/issues\/(\d+)$/.exec(url)?.[1] ?? 0);
}
