import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Route } from '../http.ts';
import { apiOf, emailOf, nodeId, webOf } from './addresses.ts';
import { githubError, notFound } from './errors.ts';
import { createRepositoryRoutes, type GitHubWorld, ok } from './route.ts';
import { filesBetween, treeOf, treeSha } from './trees.ts';
import { type Commit, type Repository, stamp, type Tree } from './world.ts';

const NewTree = z.object({
  base_tree: z.string().optional(),
  tree: z.array(
    z.object({
      path: z.string(),
      mode: z.enum(['100644', '100755', '040000', '160000', '120000']),
      type: z.enum(['blob', 'tree', 'commit']),
      sha: z.string().nullable(),
    }),
  ),
});

const NewCommit = z.object({
  message: z.string(),
  tree: z.string(),
  parents: z.array(z.string()).default([]),
});

/**
 * Git's own objects. Writing one changes nothing that anybody sees: it is there for a ref to be pointed at, and the
 * same object written twice is one.
 */
export function gitRoutes(world: GitHubWorld): readonly Route[] {
  const route = createRepositoryRoutes(world);
  const read = 'contents=read';
  const write = 'contents=write';
  return [
    route({ call: 'GET git/commit', path: '/git/commits/:sha', needs: read }, (call, r) => {
      const commit = r.commits.get(call.params['sha'] ?? '');
      return commit ? ok(commitRecord(call.origin, r, commit)) : notFound();
    }),
    route({ call: 'GET git/tree', path: '/git/trees/:sha', needs: read }, (call, r) => {
      const tree = treeBySha(r, call.params['sha'] ?? '');
      return tree ? ok(treeRecord(call.origin, r, tree)) : notFound();
    }),
    route({ call: 'POST git/trees', path: '/git/trees', needs: write }, (call, r) => {
      const asked = NewTree.safeParse(call.body);
      if (!asked.success) return githubError(422, 'Invalid tree info');
      const { base_tree: baseSha, tree: entries } = asked.data;
      const base = baseSha === undefined ? new Map() : treeBySha(r, baseSha);
      if (!base) return githubError(422, 'base_tree is not a valid tree oid');
      const made = new Map(base);
      for (const { path, sha } of entries) {
        if (sha === null) made.delete(path);
        else made.set(path, sha);
      }
      r.trees.set(treeSha(made), made);
      return { status: 201, body: treeRecord(call.origin, r, made) };
    }),
    route({ call: 'POST git/commits', path: '/git/commits', needs: write }, (call, r) => {
      const asked = NewCommit.safeParse(call.body);
      if (!asked.success) return githubError(422, 'Invalid request');
      const { message, tree: sha, parents } = asked.data;
      const tree = treeBySha(r, sha);
      if (!tree) return githubError(422, 'Tree SHA does not exist');
      if (parents.some((parent) => !r.commits.has(parent))) {
        return githubError(422, 'Parent SHA does not exist or is not a commit object');
      }
      const date = stamp(world.agenda.now());
      const seed = JSON.stringify([message, sha, parents, date, world.viewer]);
      const commit: Commit = {
        sha: createHash('sha1').update(seed).digest('hex'),
        message,
        author: world.viewer,
        date,
        parents,
        files: filesBetween(treeOf(r, r.commits.get(parents[0] ?? '')), tree),
        tree,
      };
      r.commits.set(commit.sha, commit);
      return { status: 201, body: commitRecord(call.origin, r, commit) };
    }),
  ];
}

function treeBySha(repository: Repository, sha: string): Tree | undefined {
  const written = repository.trees.get(sha);
  if (written) return written;
  for (const commit of repository.commits.values()) {
    const tree = treeOf(repository, commit);
    if (treeSha(tree) === sha || commit.sha === sha) return tree;
  }
  return undefined;
}

function treeRecord(api: string, r: Repository, tree: Tree) {
  const sha = treeSha(tree);
  return {
    sha,
    url: `${apiOf(api, r)}/git/trees/${sha}`,
    tree: [...tree].map(([path, blob]) => ({
      path,
      mode: '100644',
      type: 'blob',
      sha: blob,
      size: 1,
      url: `${apiOf(api, r)}/git/blobs/${blob}`,
    })),
    truncated: false,
  };
}

function commitRecord(api: string, r: Repository, c: Commit) {
  const tree = treeSha(treeOf(r, c));
  const who = { name: c.author.name, email: emailOf(c.author), date: c.date };
  return {
    sha: c.sha,
    node_id: nodeId('C', c.sha),
    url: `${apiOf(api, r)}/git/commits/${c.sha}`,
    html_url: `${webOf(r)}/commit/${c.sha}`,
    author: who,
    committer: who,
    message: c.message,
    tree: { sha: tree, url: `${apiOf(api, r)}/git/trees/${tree}` },
    parents: c.parents.map((sha) => ({
      sha,
      url: `${apiOf(api, r)}/git/commits/${sha}`,
      html_url: `${webOf(r)}/commit/${sha}`,
    })),
    verification: {
      verified: false,
      reason: 'unsigned',
      signature: null,
      payload: null,
      verified_at: null,
    },
  };
}
