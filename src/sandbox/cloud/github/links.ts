/** The addresses that GitHub gives along with a person, a repository, a pull request: many, and nearly always the same. */
import { apiOf, webOf } from './addresses.ts';
import type { Repository } from './world.ts';

/** Of a person's account. */
export function userLinks(api: string, login: string) {
  const url = `${api}/users/${login}`;
  return {
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
  };
}

/** What follows a repository's own address in each of its links. */
const BELOW_REPOSITORY = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
} as const;

/** Of a repository, below its own address and where git finds it. */
export function repositoryLinks(api: string, r: Repository) {
  const root = apiOf(api, r);
  const below = Object.entries(BELOW_REPOSITORY).map(([name, path]) => [name, `${root}${path}`]);
  return {
    ...(Object.fromEntries(below) as Record<keyof typeof BELOW_REPOSITORY, string>),
    git_url: `git://github.com/${r.owner}/${r.name}.git`,
    ssh_url: `git@github.com:${r.owner}/${r.name}.git`,
    clone_url: `${webOf(r)}.git`,
    svn_url: webOf(r),
    mirror_url: null,
  };
}

/** Of a pull request: each by itself and all of them once more under `_links`. */
export function pullLinks(root: string, html: string, number: number, headSha: string) {
  const url = `${root}/pulls/${number}`;
  const issue = `${root}/issues/${number}`;
  const links = {
    comments_url: `${issue}/comments`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${root}/pulls/comments{/number}`,
    commits_url: `${url}/commits`,
    statuses_url: `${root}/statuses/${headSha}`,
    issue_url: issue,
  };
  return {
    ...links,
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issue },
      comments: { href: links.comments_url },
      review_comments: { href: links.review_comments_url },
      review_comment: { href: links.review_comment_url },
      commits: { href: links.commits_url },
      statuses: { href: links.statuses_url },
    },
  };
}
