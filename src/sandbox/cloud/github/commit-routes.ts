import type { Answer, Call, Route } from '../http.ts';
import { webOf } from './addresses.ts';
import { githubError, notFound } from './errors.ts';
import { linkHeader, pageAsked, pageOf } from './paging.ts';
import { changesOf } from './pulls.ts';
import { createRepositoryRoutes, type GitHubWorld, ok, type RepositoryHandler } from './route.ts';
import { type Commit, changedFiles, compareCommits, history, resolveRef } from './world.ts';

/** Without paging a comparison shows this many commits; files are on its first page only. */
const COMPARE_SIZE = 250;

/** Commits, comparisons, and the pull requests commits came with. */
export function commitRoutes(world: GitHubWorld): readonly Route[] {
  const route = createRepositoryRoutes(world);
  return [
    route({ call: 'GET commits', path: '/commits', needs: 'contents=read' }, listCommits),
    route(
      { call: 'GET commit pulls', path: '/commits/:sha/pulls', needs: 'pull_requests=read' },
      listPullsOfCommit,
    ),
    route({ call: 'GET commit', path: '/commits/*ref', needs: 'contents=read' }, getCommit),
    route({ call: 'GET compare', path: '/compare/*basehead', needs: 'contents=read' }, compare),
  ];
}

const listCommits: RepositoryHandler = (call, repository, records) => {
  const { query } = call;
  const start = resolveRef(repository, query.get('sha') ?? repository.defaultBranch);
  if (!start) return notFound();
  const since = Date.parse(query.get('since') ?? '') || Number.NEGATIVE_INFINITY;
  const until = Date.parse(query.get('until') ?? '') || Number.POSITIVE_INFINITY;
  const author = query.get('author');
  const path = query.get('path');
  const commits = history(repository, start).filter((commit) => {
    const at = Date.parse(commit.date);
    if (at < since || at > until) return false;
    if (author && author !== commit.author.login && author !== commit.author.name) return false;
    return !path || commit.files.some((file) => isUnder(file.filename, path));
  });
  return pageOf(call, commits, (page) => page.map((one) => records.commit(repository, one)));
};

const getCommit: RepositoryHandler = (call, repository, records) => {
  const ref = call.params['ref'] ?? '';
  const commit = resolveRef(repository, ref);
  if (!commit) return githubError(422, `No commit found for SHA: ${ref}`);
  return ok({
    ...records.commit(repository, commit),
    stats: statsOf([commit]),
    files: commit.files.map((file) => records.file(repository, commit.sha, file)),
  });
};

const listPullsOfCommit: RepositoryHandler = (call, repository, records) => {
  const commit = resolveRef(repository, call.params['sha'] ?? '');
  if (!commit) return githubError(422, `No commit found for SHA: ${call.params['sha']}`);
  const pulls = repository.pulls.filter(
    (pull) => pull.mergeSha === commit.sha || changesOf(repository, pull).ahead.includes(commit),
  );
  return pageOf(call, pulls, (page) => page.map((one) => records.pullSummary(repository, one)));
};

const compare: RepositoryHandler = (call, repository, records): Answer => {
  const [baseName, headName, ...rest] = (call.params['basehead'] ?? '').split('...');
  if (!baseName || !headName || rest.length > 0) return notFound();
  const base = resolveRef(repository, baseName);
  const head = resolveRef(repository, headName);
  if (!base || !head) return notFound();
  const { mergeBase, ahead, behind } = compareCommits(repository, base, head);
  if (!mergeBase) {
    return githubError(404, `No common ancestor between ${baseName} and ${headName}.`);
  }
  const { page, size } = compareSize(call);
  const last = Math.max(1, Math.ceil(ahead.length / size));
  const web = `${webOf(repository)}/compare/${baseName}...${headName}`;
  return {
    status: 200,
    headers: linkHeader(call, page, last),
    body: {
      url: `${call.origin}${call.path}`,
      html_url: web,
      permalink_url: `${webOf(repository)}/compare/${repository.owner}:${base.sha.slice(0, 7)}...${repository.owner}:${head.sha.slice(0, 7)}`,
      diff_url: `${web}.diff`,
      patch_url: `${web}.patch`,
      base_commit: records.commit(repository, base),
      merge_base_commit: records.commit(repository, mergeBase),
      status: statusOf(ahead.length, behind.length),
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: ahead
        .slice((page - 1) * size, page * size)
        .map((commit) => records.commit(repository, commit)),
      files:
        page === 1
          ? changedFiles(ahead).map((file) => records.file(repository, head.sha, file))
          : [],
    },
  };
};

function compareSize(call: Call): { readonly page: number; readonly size: number } {
  return pageAsked(call, call.query.has('per_page') || call.query.has('page') ? 30 : COMPARE_SIZE);
}

function statusOf(ahead: number, behind: number): string {
  if (ahead > 0 && behind > 0) return 'diverged';
  if (ahead > 0) return 'ahead';
  return behind > 0 ? 'behind' : 'identical';
}

function statsOf(commits: readonly Commit[]) {
  const files = changedFiles(commits);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return { additions, deletions, total: additions + deletions };
}

function isUnder(filename: string, path: string): boolean {
  return filename === path || filename.startsWith(path.endsWith('/') ? path : `${path}/`);
}
