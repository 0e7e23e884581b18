import type { Answer, Route } from '../http.ts';
import { githubError, notFound } from './errors.ts';
import { pageOf } from './paging.ts';
import {
  createRepositoryRoutes,
  flagIn,
  type GitHubWorld,
  ok,
  type RepositoryHandler,
  textIn,
} from './route.ts';
import { compareCommits, isFrozen, moveRef, type Repository } from './world.ts';

const READ = 'contents=read';
const WRITE = 'contents=write';

/** Git refs, and the branches, tags and releases that are made of them. */
export function refRoutes(world: GitHubWorld): readonly Route[] {
  const route = createRepositoryRoutes(world);
  return [
    route({ call: 'GET git/ref', path: '/git/ref/*ref', needs: READ }, getRef),
    route({ call: 'GET git/matching-refs', path: '/git/matching-refs/*ref', needs: READ }, match),
    route({ call: 'POST git/refs', path: '/git/refs', needs: WRITE, mutates: 'now' }, create),
    route({ call: 'PATCH git/refs', path: '/git/refs/*ref', needs: WRITE, mutates: 'now' }, update),
    route(
      { call: 'DELETE git/refs', path: '/git/refs/*ref', needs: WRITE, mutates: 'now' },
      remove,
    ),
    route({ call: 'GET branches', path: '/branches', needs: READ }, listBranches),
    route({ call: 'GET branch', path: '/branches/*branch', needs: READ }, getBranch),
    route({ call: 'GET tags', path: '/tags', needs: READ }, listTags),
    route({ call: 'GET releases', path: '/releases', needs: READ }, listReleases),
    route({ call: 'GET release', path: '/releases/latest', needs: READ }, (_call, r, records) => {
      const latest = r.releases.find((one) => !one.isDraft && !one.isPrerelease);
      return latest ? ok(records.release(r, latest)) : notFound();
    }),
    route({ call: 'GET release', path: '/releases/tags/*tag', needs: READ }, (call, r, records) => {
      const tagged = r.releases.find((one) => one.tag === call.params['tag']);
      return tagged ? ok(records.release(r, tagged)) : notFound();
    }),
    route({ call: 'GET release', path: '/releases/:id', needs: READ }, (call, r, records) => {
      const found = r.releases.find((one) => String(one.id) === call.params['id']);
      return found ? ok(records.release(r, found)) : notFound();
    }),
  ];
}

const getRef: RepositoryHandler = (call, repository, records) => {
  const ref = `refs/${call.params['ref']}`;
  const sha = repository.refs.get(ref);
  return sha === undefined ? notFound() : ok(records.ref(repository, ref, sha));
};

const match: RepositoryHandler = (call, repository, records) => {
  const start = `refs/${call.params['ref']}`;
  const refs = [...repository.refs].filter(([ref]) => ref.startsWith(start));
  return pageOf(call, refs, (page) => page.map(([ref, sha]) => records.ref(repository, ref, sha)));
};

const create: RepositoryHandler = (call, repository, records) => {
  const ref = textIn(call, 'ref');
  const sha = textIn(call, 'sha');
  if (ref === undefined || sha === undefined)
    return wrong(`"${ref ? 'sha' : 'ref'}" wasn't supplied.`);
  if (!isRefName(ref)) return wrong(`${ref} is not a valid ref name.`);
  if (!/^[0-9a-f]{40}$/.test(sha)) {
    return wrong('The sha parameter must be exactly 40 characters and contain only [0-9a-f].');
  }
  if (repository.refs.has(ref)) return wrong('Reference already exists');
  if (!repository.commits.has(sha)) return wrong('Object does not exist');
  moveRef(repository, ref, sha);
  const body = records.ref(repository, ref, sha);
  return { status: 201, headers: { location: String(body['url']) }, body };
};

const update: RepositoryHandler = (call, repository, records) => {
  const ref = `refs/${call.params['ref']}`;
  const from = repository.commits.get(repository.refs.get(ref) ?? '');
  const to = repository.commits.get(textIn(call, 'sha') ?? '');
  if (!from) return wrong('Reference does not exist');
  if (!to) return wrong('Object does not exist');
  if (isLocked(repository, ref)) return frozen();
  const { behind } = compareCommits(repository, from, to);
  if (behind.length > 0 && !flagIn(call, 'force')) return wrong('Update is not a fast forward');
  moveRef(repository, ref, to.sha);
  return ok(records.ref(repository, ref, to.sha));
};

const remove: RepositoryHandler = (call, repository) => {
  const ref = `refs/${call.params['ref']}`;
  if (!repository.refs.has(ref)) return wrong('Reference does not exist');
  if (isLocked(repository, ref)) return frozen();
  repository.refs.delete(ref);
  return { status: 204 };
};

const listBranches: RepositoryHandler = (call, repository) => {
  return pageOf(call, named(repository, 'refs/heads/'), (page) =>
    page.map(({ name, sha }) => ({
      name,
      commit: {
        sha,
        url: `${call.origin}/repos/${repository.owner}/${repository.name}/commits/${sha}`,
      },
      protected: isFrozen(repository, name),
    })),
  );
};

const getBranch: RepositoryHandler = (call, repository, records) => {
  const name = call.params['branch'] ?? '';
  const head = repository.commits.get(repository.refs.get(`refs/heads/${name}`) ?? '');
  return head ? ok(records.branch(repository, name, head)) : githubError(404, 'Branch not found');
};

const listTags: RepositoryHandler = (call, repository, records) => {
  const tags = named(repository, 'refs/tags/').reverse();
  return pageOf(call, tags, (page) =>
    page.map(({ name, sha }) => records.tag(repository, name, sha)),
  );
};

const listReleases: RepositoryHandler = (call, repository, records) => {
  return pageOf(call, repository.releases, (page) =>
    page.map((one) => records.release(repository, one)),
  );
};

/** The refs under a prefix by their short names, in order. */
function named(repository: Repository, prefix: string) {
  return [...repository.refs]
    .filter(([ref]) => ref.startsWith(prefix))
    .map(([ref, sha]) => ({ name: ref.slice(prefix.length), sha }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

function wrong(message: string): Answer {
  return githubError(422, message);
}

function frozen(): Answer {
  return githubError(
    422,
    'Repository rule violations found\n\nCannot update this protected ref.\n',
  );
}

function isLocked(repository: Repository, ref: string): boolean {
  return ref.startsWith('refs/heads/') && isFrozen(repository, ref.slice('refs/heads/'.length));
}

/** What git takes as the full name of a ref (git-check-ref-format), as far as people get it wrong. */
function isRefName(ref: string): boolean {
  if (!/^refs\/[^/]+\/./.test(ref)) return false;
  if (/[\s~^:?*[\\\x7f]|\.\.|@\{|\/\/|\/$|\.$/.test(ref)) return false;
  return ref.split('/').every((part) => !part.startsWith('.') && !part.endsWith('.lock'));
}
