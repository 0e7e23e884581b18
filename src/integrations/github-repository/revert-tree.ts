import { z } from 'zod';
import type { GitHub } from '../github/client.ts';
import { understood } from '../github/errors.ts';

const GitCommit = z.object({
  sha: z.string(),
  message: z.string(),
  tree: z.object({ sha: z.string() }),
  parents: z.array(z.object({ sha: z.string() })),
});
type GitCommit = z.infer<typeof GitCommit>;

const Entry = z.object({
  path: z.string(),
  mode: z.enum(['100644', '100755', '040000', '160000', '120000']),
  type: z.enum(['blob', 'tree', 'commit']),
  sha: z.string(),
});
type Entry = z.infer<typeof Entry>;

const GitTree = z.object({ tree: z.array(Entry), truncated: z.boolean() });

const Ref = z.object({ object: z.object({ sha: z.string() }) });

/** How a revert would look on top of the branch as it is now. */
export type Revert =
  | {
      readonly state: 'clean';
      /** What is reverted, its first line. */
      readonly title: string;
      /** The head of the branch, which the revert commit goes on top of. */
      readonly head: string;
      readonly headTree: string;
      /** The tree to take as a whole, where nothing came after the change. */
      readonly wholeTree: string | undefined;
      /** What to put back; `undefined` for a file to remove. */
      readonly entries: readonly {
        readonly path: string;
        readonly mode: Entry['mode'];
        readonly sha: string | undefined;
      }[];
    }
  | { readonly state: 'impossible'; readonly title: string; readonly reason: string };

/**
 * Works the revert out from the trees of the change, its first parent and the branch's head: files that the change touched
 * become what they were before it, all others stay. A file that was changed again since is a conflict for people.
 * @throws OutsideError.
 */
export async function planRevert(
  github: GitHub,
  { merge, base }: { readonly merge: string; readonly base: string },
  signal: AbortSignal,
): Promise<Revert> {
  const [change, headSha] = await Promise.all([
    readGitCommit(github, merge, signal),
    headOf(github, base, signal),
  ]);
  const title = titleOf(change);
  const impossible = (reason: string): Revert => ({ state: 'impossible', title, reason });
  const parentSha = change.parents[0]?.sha;
  if (parentSha === undefined) return impossible('It is the first commit of the repository.');
  const [parent, head, isOnBranch] = await Promise.all([
    readGitCommit(github, parentSha, signal),
    readGitCommit(github, headSha, signal),
    contains(github, { merge, head: headSha }, signal),
  ]);
  if (!isOnBranch) return impossible(`It is not on ${base}.`);
  const [before, after, now] = await Promise.all(
    [parent, change, head].map((commit) => readGitTree(github, commit.tree.sha, signal)),
  );
  if (!before || !after || !now) {
    return impossible('The repository has too many files for GitHub to list; revert it by hand.');
  }
  const touched = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => !isSame(before.get(path), after.get(path)),
  );
  if (touched.length === 0) return impossible('It changed no file.');
  const conflicts = touched.filter((path) => !isSame(after.get(path), now.get(path)));
  if (conflicts.length > 0) {
    const names = conflicts.slice(0, 5).join(', ');
    const more = conflicts.length > 5 ? ` and ${conflicts.length - 5} more` : '';
    return impossible(`${names}${more} changed again since; a person must settle that.`);
  }
  return {
    state: 'clean',
    title,
    head: headSha,
    headTree: head.tree.sha,
    wholeTree: head.tree.sha === change.tree.sha ? parent.tree.sha : undefined,
    entries: touched.map((path) => {
      const old = before.get(path);
      const mode = old?.mode ?? after.get(path)?.mode ?? '100644';
      return { path, mode, sha: old?.sha };
    }),
  };
}

/** A commit as git has it. @throws OutsideError. */
export async function readGitCommit(
  github: GitHub,
  sha: string,
  signal: AbortSignal,
): Promise<GitCommit> {
  const attempted = `read commit ${sha.slice(0, 12)}`;
  const { data } = await github.read(
    attempted,
    (target) => github.octokit.rest.git.getCommit({ ...target, commit_sha: sha }),
    signal,
  );
  return understood(GitCommit, data, { attempted, name: github.name });
}

/** The first line of a commit's message. */
export function titleOf({ message }: Pick<GitCommit, 'message'>): string {
  return message.split('\n', 1)[0] ?? '';
}

async function headOf(github: GitHub, branch: string, signal: AbortSignal): Promise<string> {
  const attempted = `read branch ${branch}`;
  const { data } = await github.read(
    attempted,
    (target) => github.octokit.rest.git.getRef({ ...target, ref: `heads/${branch}` }),
    signal,
  );
  return understood(Ref, data, { attempted, name: github.name }).object.sha;
}

async function contains(
  github: GitHub,
  { merge, head }: { readonly merge: string; readonly head: string },
  signal: AbortSignal,
): Promise<boolean> {
  const attempted = `see whether ${merge.slice(0, 12)} is on the branch`;
  const { data } = await github.read(
    attempted,
    (target) =>
      github.octokit.rest.repos.compareCommitsWithBasehead({
        ...target,
        basehead: `${merge}...${head}`,
        per_page: 1,
      }),
    signal,
  );
  const Compared = z.object({ status: z.string() });
  const { status } = understood(Compared, data, { attempted, name: github.name });
  return status === 'ahead' || status === 'identical';
}

/** Files by path; undefined when GitHub cannot list them all. */
async function readGitTree(
  github: GitHub,
  sha: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Entry> | undefined> {
  const attempted = `list the files of ${sha.slice(0, 12)}`;
  const { data } = await github.read(
    attempted,
    (target) => github.octokit.rest.git.getTree({ ...target, tree_sha: sha, recursive: 'true' }),
    signal,
  );
  const { tree, truncated } = understood(GitTree, data, { attempted, name: github.name });
  if (truncated) return undefined;
  return new Map(tree.filter((one) => one.type !== 'tree').map((one) => [one.path, one]));
}

function isSame(a: Entry | undefined, b: Entry | undefined): boolean {
  return a?.sha === b?.sha && a?.mode === b?.mode;
}
