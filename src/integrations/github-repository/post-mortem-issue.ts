import { z } from 'zod';
import type { PostedIssue } from '../../issue-tracker.ts';
import { createGitHub } from '../github/client.ts';
import { type GitHubConnection, RepositoryName } from '../github/schema.ts';

const Issue = z.object({
  html_url: z.string(),
  title: z.string(),
  pull_request: z.unknown().optional(),
});

/**
 * Opens an issue, unless one of the newest hundred has its title. It needs the permission `issues: write`.
 * @param repository `owner/name`.
 * @throws OutsideError, `ambiguous` when nobody knows whether it was opened: look before asking again.
 */
export async function openIssueOnce(
  connection: GitHubConnection,
  repository: string,
  issue: { readonly title: string; readonly body: string },
  signal: AbortSignal,
): Promise<PostedIssue> {
  const github = createGitHub(connection, RepositoryName.parse(repository));
  const newest = { state: 'all', sort: 'created', direction: 'desc', per_page: 100 } as const;
  const list = await github.read(
    'list the issues',
    async (target) => (await github.octokit.rest.issues.listForRepo({ ...target, ...newest })).data,
    signal,
  );
  const found = z
    .array(Issue)
    .parse(list)
    .find((each) => each.title === issue.title && each.pull_request === undefined);
  if (found) return { url: found.html_url, isNew: false };
  const opened = await github.change(
    'open the issue',
    async (target) => (await github.octokit.rest.issues.create({ ...target, ...issue })).data,
    signal,
  );
  return { url: Issue.parse(opened).html_url, isNew: true };
}
