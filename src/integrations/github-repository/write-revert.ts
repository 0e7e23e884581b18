import { z } from 'zod';
import type { GitHub } from '../github/client.ts';
import { understood } from '../github/errors.ts';
import { markOf } from './revert-input.ts';
import type { Revert } from './revert-tree.ts';

const Written = z.object({ sha: z.string() });

/**
 * Writes the commit of a revert and gives its id. Objects that no ref points to change nothing that anybody sees, and a failed
 * try is repeated as a read is. @throws OutsideError.
 */
export async function writeRevert(
  github: GitHub,
  o: {
    readonly merge: string;
    readonly revert: Extract<Revert, { state: 'clean' }>;
    /** The intent's key, kept in the commit's message. */
    readonly key: string;
  },
  signal: AbortSignal,
): Promise<string> {
  const { merge, revert, key } = o;
  const { name, octokit } = github;
  let tree = revert.wholeTree;
  if (tree === undefined) {
    const attempted = 'write the tree of the revert';
    const entries = revert.entries.map(({ path, mode, sha }) => ({
      path,
      mode,
      type: mode === '160000' ? ('commit' as const) : ('blob' as const),
      sha: sha ?? null,
    }));
    const { data } = await github.read(
      attempted,
      (target) =>
        octokit.rest.git.createTree({ ...target, base_tree: revert.headTree, tree: entries }),
      signal,
    );
    tree = understood(Written, data, { attempted, name }).sha;
  }
  const attempted = 'write the revert commit';
  const message = `Revert "${revert.title}"\n\n${markOf(merge)}\n\nBackstop: ${key}`;
  const whole = tree;
  const { data } = await github.read(
    attempted,
    (target) =>
      octokit.rest.git.createCommit({ ...target, message, tree: whole, parents: [revert.head] }),
    signal,
  );
  return understood(Written, data, { attempted, name }).sha;
}
