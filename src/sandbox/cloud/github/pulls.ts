import { treeOf } from './trees.ts';
import {
  addCommit,
  type Commit,
  changedFiles,
  compareCommits,
  type Person,
  type Pull,
  type Repository,
  stamp,
  type Tree,
} from './world.ts';

export type MergeMethod = 'merge' | 'squash' | 'rebase';

/** Opens a pull request from an existing branch. Throws when the branch or its base does not exist. */
export function openPull(
  repository: Repository,
  pull: Pick<Pull, 'title' | 'body' | 'author' | 'head' | 'base'> & {
    readonly isDraft?: boolean;
    /** Epoch milliseconds. */
    readonly at: number;
    /** The next free number unless given. */
    readonly number?: number;
  },
): Pull {
  const shaOf = (branch: string) => {
    const sha = repository.refs.get(`refs/heads/${branch}`);
    if (sha === undefined) throw new Error(`${repository.name} has no branch ${branch}.`);
    return sha;
  };
  const { at, isDraft = false, number: given, ...rest } = pull;
  const made: Pull = {
    ...rest,
    number: given ?? Math.max(0, ...repository.pulls.map((one) => one.number)) + 1,
    headSha: shaOf(pull.head),
    baseSha: shaOf(pull.base),
    createdAt: stamp(at),
    isDraft,
    state: 'open',
  };
  repository.pulls.push(made);
  return made;
}

/** What a pull request would bring to its base, or brought. */
export function changesOf(
  repository: Repository,
  pull: Pick<Pull, 'headSha' | 'baseSha'>,
): { readonly ahead: readonly Commit[] } {
  const head = repository.commits.get(pull.headSha);
  const base = repository.commits.get(pull.baseSha);
  return head && base ? compareCommits(repository, base, head) : { ahead: [] };
}

/** Why a pull request may not be merged yet, in GitHub's words: checks and reviews that the branch asks for. */
export function obstacleOf(repository: Repository, pull: Pull): string | undefined {
  const checks = repository.checkRuns.filter((one) => one.sha === pull.headSha);
  const open = checks.find((one) => one.conclusion !== 'success');
  if (open?.status === 'queued') return `Required status check "${open.name}" is expected.`;
  if (open) return `Required status check "${open.name}" is failing.`;
  return repository.needsReview
    ? 'At least 1 approving review is required by reviewers with write access.'
    : undefined;
}

/** Merges an open pull request into its base and gives the commit at the end of it. */
export function mergePull(
  repository: Repository,
  pull: Pull,
  merge: {
    readonly method: MergeMethod;
    readonly by: Person;
    /** Epoch milliseconds. */
    readonly at: number;
    readonly message?: string | undefined;
    /** Removes the branch afterwards. */
    readonly deletesBranch?: boolean;
  },
): Commit {
  const ref = `refs/heads/${pull.base}`;
  pull.baseSha = repository.refs.get(ref) ?? pull.baseSha;
  const { ahead } = changesOf(repository, pull);
  const date = stamp(merge.at);
  const onBase = (
    commit: Pick<Commit, 'message' | 'author' | 'files' | 'tree'>,
    others: string[] = [],
  ) =>
    addCommit(repository, pull.base, {
      ...commit,
      date,
      parents: [repository.refs.get(ref) ?? pull.baseSha, ...others],
    });
  const files = changedFiles(ahead);
  const tree = ahead.some((one) => one.tree) ? mergedTree(repository, pull) : undefined;
  const titled = `${pull.title} (#${pull.number})`;
  let last: Commit;
  switch (merge.method) {
    case 'merge': {
      const standard = `Merge pull request #${pull.number} from ${repository.owner}/${pull.head}\n\n${pull.title}`;
      const message = merge.message ?? standard;
      last = onBase({ message, author: merge.by, files, tree }, [pull.headSha]);
      break;
    }
    case 'squash':
      last = onBase({ message: merge.message ?? titled, author: pull.author, files, tree });
      break;
    case 'rebase': {
      const [first, ...rest] = ahead;
      last = onBase(first ?? { message: titled, author: pull.author, files });
      for (const commit of rest) last = onBase(commit);
      break;
    }
  }
  pull.state = 'closed';
  pull.closedAt = date;
  pull.mergedAt = date;
  pull.mergedBy = merge.by;
  pull.mergeSha = last.sha;
  if (merge.deletesBranch) repository.refs.delete(`refs/heads/${pull.head}`);
  return last;
}

/** The base with what the branch changed since they parted. */
function mergedTree(repository: Repository, pull: Pull): Tree {
  const base = repository.commits.get(pull.baseSha);
  const head = repository.commits.get(pull.headSha);
  const merged = new Map(treeOf(repository, base));
  if (!base || !head) return merged;
  const parted = treeOf(repository, compareCommits(repository, base, head).mergeBase);
  const wanted = treeOf(repository, head);
  for (const path of new Set([...parted.keys(), ...wanted.keys()])) {
    const blob = wanted.get(path);
    if (parted.get(path) === blob) continue;
    if (blob === undefined) merged.delete(path);
    else merged.set(path, blob);
  }
  return merged;
}
