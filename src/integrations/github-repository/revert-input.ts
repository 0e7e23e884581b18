import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Json } from '../../operation.ts';

export const CREATE_REVERT_BRANCH = 'create-revert-branch';
export const OPEN_REVERT_PULL = 'open-revert-pull';
export const REVERT_MERGE = 'revert-merge';

/** The commit by which the change came to the branch, and a branch of its own for the revert. The same for all three steps. */
const RevertInput = z.strictObject({
  merge: z.string().regex(/^[0-9a-f]{40}$/),
  branch: z.string().regex(/^(?!.*(?:\/\/|\.\.|\/$|\.lock$))[a-z0-9][\w./-]{0,180}$/i),
});
export type RevertInput = z.infer<typeof RevertInput>;

/** The input of the three steps as a plan stored it. Throws Refusal `invalid-input` when it is none. */
export function revertInput(input: Json): RevertInput {
  const parsed = RevertInput.safeParse(input);
  if (parsed.success) return parsed.data;
  const field = String(parsed.error.issues[0]?.path[0] ?? 'merge');
  const what = field === 'branch' ? 'a branch name that git takes' : 'a full commit id';
  throw new Refusal('invalid-input', `A revert needs ${what} as \`${field}\`.`, field);
}

/** What `git revert` writes too: by it a revert commit is known. */
export function markOf(merge: string): string {
  return `This reverts commit ${merge}.`;
}

/** The revert by hand, whatever step of it is meant. */
export function manualRevert(name: string, base: string, { merge, branch }: RevertInput): string {
  return [
    `Revert ${merge} on ${base} of ${name}, without ever forcing a push:`,
    `1. git fetch origin && git switch -c ${branch} origin/${base}`,
    `2. git revert ${merge} (of a merge commit: git revert -m 1 ${merge}); settle conflicts, then git push origin ${branch}`,
    `3. gh pr create --repo ${name} --base ${base} --head ${branch} --fill`,
    `4. gh pr checks ${branch} --repo ${name} --watch, have it reviewed, then gh pr merge ${branch} --repo ${name} --merge`,
    `Or on GitHub: the merged pull request > Revert.`,
    'To bring the change back later, revert the revert.',
  ].join('\n');
}
