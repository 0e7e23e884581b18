import { apiOf, emailOf, nodeId, userIdOf, WEB, webOf } from './addresses.ts';
import { createDeliveryRecords, type DeliveryRecords } from './delivery-records.ts';
import { pullLinks, repositoryLinks, userLinks } from './links.ts';
import { changesOf, obstacleOf } from './pulls.ts';
import { blobOf, treeOf, treeSha } from './trees.ts';
import {
  type ChangedFile,
  type Commit,
  changedFiles,
  isFrozen,
  type Person,
  type PublishedRelease,
  type Pull,
  type Repository,
} from './world.ts';

/** Turns the simulation's nouns into GitHub's JSON. `api` is the API's base URL; pages are on github.com. */
export interface Records extends DeliveryRecords {
  user(person: Person): Record<string, unknown>;
  repository(repository: Repository): Record<string, unknown>;
  commit(repository: Repository, commit: Commit): Record<string, unknown>;
  file(repository: Repository, sha: string, file: ChangedFile): Record<string, unknown>;
  ref(repository: Repository, ref: string, sha: string): Record<string, unknown>;
  branch(repository: Repository, name: string, commit: Commit): Record<string, unknown>;
  pull(repository: Repository, pull: Pull): Record<string, unknown>;
  /** As lists show it: without what GitHub only works out for one. */
  pullSummary(repository: Repository, pull: Pull): Record<string, unknown>;
  release(repository: Repository, release: PublishedRelease): Record<string, unknown>;
  tag(repository: Repository, name: string, sha: string): Record<string, unknown>;
}

/** When the repository was made. */
const CREATED = '2025-01-14T09:30:00Z';

export function createRecords(api: string): Records {
  const root = (r: Repository) => apiOf(api, r);
  const web = webOf;

  function user(person: Person) {
    const id = userIdOf(person.login);
    return {
      login: person.login,
      id,
      node_id: nodeId('U', id),
      avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
      gravatar_id: '',
      url: `${api}/users/${person.login}`,
      html_url: `${WEB}/${person.login}`,
      ...userLinks(api, person.login),
      type: person.login.endsWith('[bot]') ? 'Bot' : 'User',
      user_view_type: 'public',
      site_admin: false,
    };
  }

  function repository(r: Repository) {
    return {
      id: r.id,
      node_id: nodeId('R', r.id),
      name: r.name,
      full_name: `${r.owner}/${r.name}`,
      private: true,
      owner: { ...user({ name: r.owner, login: r.owner }), type: 'Organization' },
      html_url: web(r),
      description: 'The checkout of the shop',
      fork: false,
      url: root(r),
      ...repositoryLinks(api, r),
      default_branch: r.defaultBranch,
      homepage: null,
      language: 'TypeScript',
      license: null,
      size: 2048,
      forks_count: 0,
      forks: 0,
      stargazers_count: 0,
      watchers_count: 0,
      watchers: 0,
      open_issues_count: 0,
      open_issues: 0,
      has_issues: true,
      has_projects: false,
      has_wiki: false,
      has_pages: false,
      has_downloads: true,
      has_discussions: false,
      archived: false,
      disabled: false,
      created_at: CREATED,
      updated_at: CREATED,
      pushed_at: CREATED,
      visibility: 'private',
      permissions: { admin: true, maintain: true, push: true, triage: true, pull: true },
    };
  }

  function commit(r: Repository, c: Commit) {
    const url = `${root(r)}/commits/${c.sha}`;
    const tree = treeSha(treeOf(r, c));
    const who = { name: c.author.name, email: emailOf(c.author), date: c.date };
    return {
      sha: c.sha,
      node_id: nodeId('C', c.sha),
      commit: {
        author: who,
        committer: who,
        message: c.message,
        tree: { sha: tree, url: `${root(r)}/git/trees/${tree}` },
        url: `${root(r)}/git/commits/${c.sha}`,
        comment_count: 0,
        verification: {
          verified: false,
          reason: 'unsigned',
          signature: null,
          payload: null,
          verified_at: null,
        },
      },
      url,
      html_url: `${web(r)}/commit/${c.sha}`,
      comments_url: `${url}/comments`,
      author: user(c.author),
      committer: user(c.author),
      parents: c.parents.map((sha) => ({
        sha,
        url: `${root(r)}/commits/${sha}`,
        html_url: `${web(r)}/commit/${sha}`,
      })),
    };
  }

  function pullSummary(r: Repository, p: Pull) {
    const url = `${root(r)}/pulls/${p.number}`;
    const side = (ref: string, sha: string) => ({
      label: `${r.owner}:${ref}`,
      ref,
      sha,
      user: user({ name: r.owner, login: r.owner }),
      repo: repository(r),
    });
    return {
      url,
      id: r.id * 1000 + p.number,
      node_id: nodeId('PR', p.number),
      html_url: `${web(r)}/pull/${p.number}`,
      diff_url: `${web(r)}/pull/${p.number}.diff`,
      patch_url: `${web(r)}/pull/${p.number}.patch`,
      ...pullLinks(root(r), `${web(r)}/pull/${p.number}`, p.number, p.headSha),
      number: p.number,
      state: p.state,
      locked: false,
      title: p.title,
      user: user(p.author),
      body: p.body,
      created_at: p.createdAt,
      updated_at: p.closedAt ?? p.createdAt,
      closed_at: p.closedAt ?? null,
      merged_at: p.mergedAt ?? null,
      merge_commit_sha: p.mergeSha ?? null,
      assignee: null,
      assignees: [],
      requested_reviewers: [],
      labels: [],
      milestone: null,
      draft: p.isDraft,
      head: side(p.head, p.headSha),
      base: side(p.base, p.baseSha),
      author_association: 'MEMBER',
      auto_merge: null,
    };
  }

  function pull(r: Repository, p: Pull) {
    const { ahead } = changesOf(r, p);
    const files = changedFiles(ahead);
    return {
      ...pullSummary(r, p),
      commits: ahead.length,
      additions: files.reduce((sum, file) => sum + file.additions, 0),
      deletions: files.reduce((sum, file) => sum + file.deletions, 0),
      changed_files: files.length,
      comments: 0,
      review_comments: 0,
      maintainer_can_modify: false,
      merged: p.mergedAt !== undefined,
      mergeable: p.state === 'open' ? true : null,
      mergeable_state: p.state === 'open' ? mergeableState(r, p) : 'unknown',
      merged_by: p.mergedBy ? user(p.mergedBy) : null,
    };
  }

  return {
    user,
    repository,
    commit,
    pull,
    pullSummary,
    ...createDeliveryRecords(api, { user, repository }),
    file(r, sha, file) {
      const blob = blobOf(sha, file.filename);
      return {
        sha: blob,
        ...file,
        changes: file.additions + file.deletions,
        blob_url: `${web(r)}/blob/${sha}/${file.filename}`,
        raw_url: `${web(r)}/raw/${sha}/${file.filename}`,
        contents_url: `${root(r)}/contents/${file.filename}?ref=${sha}`,
        patch: `@@ -1,${file.deletions} +1,${file.additions} @@`,
      };
    },
    ref(r, ref, sha) {
      return {
        ref,
        node_id: nodeId('REF', ref),
        url: `${root(r)}/git/${ref}`,
        object: { sha, type: 'commit', url: `${root(r)}/git/commits/${sha}` },
      };
    },
    branch(r, name, head) {
      const protection = { enabled: false, required_status_checks: { contexts: [], checks: [] } };
      return {
        name,
        commit: commit(r, head),
        _links: { self: `${root(r)}/branches/${name}`, html: `${web(r)}/tree/${name}` },
        protected: false,
        protection,
        protection_url: `${root(r)}/branches/${name}/protection`,
      };
    },
    tag(r, name, sha) {
      return {
        name,
        zipball_url: `${root(r)}/zipball/refs/tags/${name}`,
        tarball_url: `${root(r)}/tarball/refs/tags/${name}`,
        commit: { sha, url: `${root(r)}/commits/${sha}` },
        node_id: nodeId('REF', `refs/tags/${name}`),
      };
    },
    release(r, one) {
      const url = `${root(r)}/releases/${one.id}`;
      return {
        url,
        assets_url: `${url}/assets`,
        upload_url: `${url}/assets{?name,label}`,
        html_url: `${web(r)}/releases/tag/${one.tag}`,
        id: one.id,
        author: user(one.author),
        node_id: nodeId('RE', one.id),
        tag_name: one.tag,
        target_commitish: r.defaultBranch,
        name: one.name,
        draft: one.isDraft,
        prerelease: one.isPrerelease,
        created_at: one.publishedAt,
        published_at: one.publishedAt,
        assets: [],
        tarball_url: `${root(r)}/tarball/${one.tag}`,
        zipball_url: `${root(r)}/zipball/${one.tag}`,
        body: one.body,
      };
    },
  };
}

function mergeableState(r: Repository, p: Pull): string {
  return isFrozen(r, p.base) || obstacleOf(r, p) !== undefined ? 'blocked' : 'clean';
}
