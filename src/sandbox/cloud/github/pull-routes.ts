import type { Answer, Call, Route } from '../http.ts';
import { githubError, notFound, validationFailed } from './errors.ts';
import { pageOf } from './paging.ts';
import { changesOf, type MergeMethod, mergePull, obstacleOf, openPull } from './pulls.ts';
import {
  createRepositoryRoutes,
  flagIn,
  type GitHubWorld,
  ok,
  type RepositoryHandler,
  textIn,
} from './route.ts';
import { changedFiles, isFrozen, type Pull, type Repository } from './world.ts';

const READ = 'pull_requests=read';
const WRITE = 'pull_requests=write';

/** Pull requests: listed, read, opened, merged. */
export function pullRoutes(world: GitHubWorld): readonly Route[] {
  const route = createRepositoryRoutes(world);

  const create: RepositoryHandler = (call, repository, records) => {
    const [title, head, base] = ['title', 'head', 'base'].map((field) => textIn(call, field));
    if (!title || !head || !base) {
      const missing = Object.entries({ title, head, base }).filter(([, value]) => !value);
      return validationFailed(
        ...missing.map(([field]) => ({
          resource: 'PullRequest',
          field,
          code: 'missing_field',
        })),
      );
    }
    const branch = branchOf(repository, head);
    const refusal = refuseCreation(repository, branch, base);
    if (refusal) return refusal;
    const made = openPull(repository, {
      title,
      body: textIn(call, 'body') ?? '',
      author: world.viewer,
      head: branch,
      base,
      isDraft: flagIn(call, 'draft'),
      at: world.agenda.now(),
    });
    world.startChecks(repository, made.headSha);
    const answer = records.pull(repository, made);
    return { status: 201, headers: { location: String(answer['url']) }, body: answer };
  };

  const merge: RepositoryHandler = (call, repository) => {
    const pull = pullOf(call, repository);
    if (!pull) return notFound();
    if (pull.state !== 'open' || pull.isDraft) {
      return githubError(405, 'Pull Request is not mergeable');
    }
    if (isFrozen(repository, pull.base)) {
      return githubError(
        405,
        'Repository rule violations found\n\nCannot update this protected ref.\n',
      );
    }
    const obstacle = obstacleOf(repository, pull);
    if (obstacle !== undefined) return githubError(405, obstacle);
    const expected = textIn(call, 'sha');
    if (expected !== undefined && expected !== pull.headSha) {
      return githubError(409, 'Head branch was modified. Review and try the merge again.');
    }
    const method = methodOf(textIn(call, 'merge_method') ?? 'merge');
    if (!method) {
      return validationFailed({
        resource: 'PullRequest',
        field: 'merge_method',
        code: 'invalid',
      });
    }
    const title = textIn(call, 'commit_title');
    const text = textIn(call, 'commit_message');
    const { sha } = mergePull(repository, pull, {
      method,
      by: world.viewer,
      at: world.agenda.now(),
      message: title && (text ? `${title}\n\n${text}` : title),
    });
    return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
  };

  return [
    route({ call: 'GET pulls', path: '/pulls', needs: READ }, list),
    route({ call: 'POST pulls', path: '/pulls', needs: WRITE, mutates: 'now' }, create),
    route(
      { call: 'GET pull', path: '/pulls/:number', needs: READ },
      (call, repository, records) => {
        const pull = pullOf(call, repository);
        return pull ? ok(records.pull(repository, pull)) : notFound();
      },
    ),
    route(
      { call: 'GET pull commits', path: '/pulls/:number/commits', needs: READ },
      (call, repository, records) => {
        const pull = pullOf(call, repository);
        if (!pull) return notFound();
        const { ahead } = changesOf(repository, pull);
        return pageOf(call, ahead, (page) => page.map((one) => records.commit(repository, one)));
      },
    ),
    route(
      { call: 'GET pull files', path: '/pulls/:number/files', needs: READ },
      (call, repository, records) => {
        const pull = pullOf(call, repository);
        if (!pull) return notFound();
        const files = changedFiles(changesOf(repository, pull).ahead);
        return pageOf(call, files, (page) =>
          page.map((one) => records.file(repository, pull.headSha, one)),
        );
      },
    ),
    route(
      { call: 'GET pull merge', path: '/pulls/:number/merge', needs: READ },
      (call, repository) =>
        pullOf(call, repository)?.mergedAt === undefined ? notFound() : { status: 204 },
    ),
    route(
      {
        call: 'PUT pull merge',
        path: '/pulls/:number/merge',
        needs: 'contents=write',
        mutates: 'now',
      },
      merge,
    ),
  ];
}

const list: RepositoryHandler = (call, repository, records) => {
  const { query } = call;
  const state = query.get('state') ?? 'open';
  const head = query.get('head');
  const base = query.get('base');
  const isByUpdate = query.get('sort') === 'updated';
  const isAscending = (query.get('direction') ?? (isByUpdate ? 'asc' : 'desc')) === 'asc';
  const keyOf = (pull: Pull) => (isByUpdate ? (pull.closedAt ?? pull.createdAt) : pull.createdAt);
  const pulls = repository.pulls
    .filter((pull) => state === 'all' || pull.state === state)
    .filter((pull) => !head || head === `${repository.owner}:${pull.head}`)
    .filter((pull) => !base || base === pull.base)
    .sort((a, b) => keyOf(a).localeCompare(keyOf(b)) || a.number - b.number);
  if (!isAscending) pulls.reverse();
  return pageOf(call, pulls, (page) => page.map((one) => records.pullSummary(repository, one)));
};

function refuseCreation(repository: Repository, head: string, base: string): Answer | undefined {
  const resource = 'PullRequest';
  const shaOf = (branch: string) => repository.refs.get(`refs/heads/${branch}`);
  const unknown = Object.entries({ head, base }).filter(([, branch]) => !shaOf(branch));
  if (unknown.length > 0) {
    return validationFailed(...unknown.map(([field]) => ({ resource, field, code: 'invalid' })));
  }
  const custom = (message: string) => validationFailed({ resource, code: 'custom', message });
  const isOpen = (pull: Pull) => pull.state === 'open' && pull.head === head && pull.base === base;
  if (repository.pulls.some(isOpen)) {
    return custom(`A pull request already exists for ${repository.owner}:${head}.`);
  }
  const { ahead } = changesOf(repository, {
    headSha: shaOf(head) ?? '',
    baseSha: shaOf(base) ?? '',
  });
  return ahead.length > 0 ? undefined : custom(`No commits between ${base} and ${head}`);
}

function pullOf(call: Call, repository: Repository): Pull | undefined {
  return repository.pulls.find((pull) => String(pull.number) === call.params['number']);
}

function branchOf(repository: Repository, head: string): string {
  const owner = `${repository.owner}:`;
  return head.startsWith(owner) ? head.slice(owner.length) : head;
}

function methodOf(name: string): MergeMethod | undefined {
  return (['merge', 'squash', 'rebase'] as const).find((method) => method === name);
}
