import { createHash } from 'node:crypto';
import type { ChangedFile, Commit, Repository, Tree } from './world.ts';

/** The blobs of a commit by path: its own, or what its files make of those of its first parent. */
export function treeOf(repository: Repository, commit: Commit | undefined): Tree {
  if (!commit) return new Map();
  if (commit.tree) return commit.tree;
  const tree = new Map(treeOf(repository, repository.commits.get(commit.parents[0] ?? '')));
  for (const { filename, status } of commit.files) {
    if (status === 'removed') tree.delete(filename);
    else tree.set(filename, blobOf(commit.sha, filename));
  }
  return tree;
}

/** A tree's id, which follows from what is in it. */
export function treeSha(tree: Tree): string {
  const entries = [...tree].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha1').update(JSON.stringify(entries)).digest('hex');
}

/** The blob of a file as a commit left it. */
export function blobOf(sha: string, filename: string): string {
  return createHash('sha1').update(`${sha} ${filename}`).digest('hex');
}

/** What has to be done to `from` to get `to`. */
export function filesBetween(from: Tree, to: Tree): readonly ChangedFile[] {
  const names = [...new Set([...from.keys(), ...to.keys()])];
  return names
    .filter((name) => from.get(name) !== to.get(name))
    .map((filename) => ({
      filename,
      status: !to.has(filename) ? 'removed' : from.has(filename) ? 'modified' : 'added',
      additions: to.has(filename) ? 1 : 0,
      deletions: from.has(filename) ? 1 : 0,
    }));
}
