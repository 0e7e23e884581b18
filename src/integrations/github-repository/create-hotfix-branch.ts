import { z } from 'zod';
import { OutsideError, Refusal } from '../../errors.ts';
import type { Change, Check, Json, Observation, Operation } from '../../operation.ts';
import { recoverByLooking } from '../../operation.ts';
import { fail, pass } from '../checks.ts';
import type { GitHub } from '../github/client.ts';
import { understood } from '../github/errors.ts';
import { readRepository } from '../github/repository.ts';

export const CREATE_HOTFIX_BRANCH = 'create-hotfix-branch';

const QUIET_MS = 60_000;
const LIMIT_MS = 5 * 60_000;
const USUAL_MS = 3_000;
const POLL_MS = 1_000;

/** What git takes as a branch name (git-check-ref-format), as far as it matters for one. */
export const BranchName = z
  .string()
  .min(1)
  .max(200)
  .regex(/^(?!\/)(?!.*(?:\/\/|\.\.|@\{|\/$|\.$|\.lock(?:\/|$)|(?:^|\/)\.))[^\s~^:?*[\\\p{Cc}]+$/u);

const HotfixInput = z.strictObject({
  branch: BranchName,
  commit: z.string().regex(/^[0-9a-f]{40}$/),
});
type HotfixInput = z.infer<typeof HotfixInput>;

const BranchHandle = HotfixInput;

const Ref = z.object({ object: z.object({ sha: z.string() }) });

/** Opens a branch at an exact commit. Where it exists there already, it is done; where it exists elsewhere, a person decides. */
export function createCreateHotfixBranch(github: GitHub): Operation {
  async function headOf(branch: string, signal: AbortSignal): Promise<string | undefined> {
    const attempted = `look for branch ${branch}`;
    try {
      const { data } = await github.read(
        attempted,
        (target) => github.octokit.rest.git.getRef({ ...target, ref: `heads/${branch}` }),
        signal,
      );
      return understood(Ref, data, { attempted, name: github.name }).object.sha;
    } catch (error) {
      if (!(error instanceof OutsideError) || error.detail.kind !== 'not-found') throw error;
      // A token that may not see the repository gets the same 404 as one that looks for a branch that is not there.
      await readRepository(github, signal);
      return undefined;
    }
  }

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { branch, commit } = hotfixInput(input);
    const head = await headOf(branch, signal);
    return {
      fingerprint: head ?? 'absent',
      expected: commit,
      moving: false,
      note: head ? `branch ${branch} at ${head.slice(0, 7)}` : `no branch ${branch}`,
    };
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    observe,

    async describe(input, signal): Promise<readonly Change[]> {
      const { branch, commit } = hotfixInput(input);
      const head = await headOf(branch, signal);
      const to = `at ${commit.slice(0, 7)}`;
      return [{ what: `branch ${branch}`, from: head ? `at ${head.slice(0, 7)}` : 'none', to }];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const { branch, commit } = hotfixInput(input);
      const [repository, head, isCommit] = await Promise.all([
        readRepository(github, signal),
        headOf(branch, signal),
        hasCommit(github, commit, signal),
      ]);
      return [
        repository.isReadOnly
          ? fail('The repository takes changes', `${github.name} is archived or disabled.`)
          : pass('The repository takes changes', `${github.name} is active.`),
        repository.mayPush === false
          ? fail('The token may write', 'The token has no write access to contents.')
          : pass('The token may write', `The token may write to ${github.name}.`),
        isCommit
          ? pass('The commit is there', `${commit.slice(0, 7)} is in ${github.name}.`)
          : fail('The commit is there', `${github.name} has no commit ${commit}.`),
        branchCheck(branch, commit, head),
      ];
    },

    async submit(input, _intent, signal) {
      const { branch, commit } = hotfixInput(input);
      try {
        await github.change(
          `create branch ${branch}`,
          (target) =>
            github.octokit.rest.git.createRef({
              ...target,
              ref: `refs/heads/${branch}`,
              sha: commit,
            }),
          signal,
        );
      } catch (error) {
        // Somebody was faster: with the same commit that is as good as done.
        const exists =
          error instanceof OutsideError && /already exists/i.test(error.detail.answer ?? '');
        if (!exists || (await headOf(branch, signal)) !== commit) throw error;
      }
      return { branch, commit };
    },

    async poll(handle, signal) {
      const { branch, commit } = BranchHandle.parse(handle);
      const head = await headOf(branch, signal);
      if (head === commit) return { state: 'succeeded' };
      if (head === undefined) return { state: 'running', note: 'GitHub does not show it yet.' };
      return { state: 'failed', reason: `Branch ${branch} is at ${head}, not at ${commit}.` };
    },

    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await observe(input, signal), intent);
    },

    manual(input) {
      const { branch, commit } = hotfixInput(input);
      return [
        `Open branch ${branch} at commit ${commit} of ${github.name}:`,
        `git fetch origin && git push origin ${commit}:refs/heads/${branch}`,
        `Or with the GitHub command line: gh api repos/${github.name}/git/refs -f ref=refs/heads/${branch} -f sha=${commit}`,
        'An answer "Reference already exists" means that it is there; see that it is at that commit.',
      ].join('\n');
    },
  };
}

function branchCheck(branch: string, commit: string, head: string | undefined): Check {
  const name = 'The branch name is free';
  if (head === undefined) return pass(name, `There is no branch ${branch} yet.`);
  if (head === commit) return pass(name, `Branch ${branch} is there already, at this commit.`);
  return fail(name, `Branch ${branch} exists at ${head.slice(0, 7)}; choose another name.`);
}

async function hasCommit(github: GitHub, sha: string, signal: AbortSignal): Promise<boolean> {
  try {
    await github.read(
      `look for commit ${sha.slice(0, 12)}`,
      (target) => github.octokit.rest.repos.getCommit({ ...target, ref: sha, per_page: 1 }),
      signal,
    );
    return true;
  } catch (error) {
    if (error instanceof OutsideError && [404, 422].includes(error.detail.status ?? 0))
      return false;
    throw error;
  }
}

function hotfixInput(input: Json): HotfixInput {
  const parsed = HotfixInput.safeParse(input);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path[0];
  const what = field === 'commit' ? 'a full commit id' : 'a branch name that git takes';
  throw new Refusal('invalid-input', `A hotfix branch needs ${what}.`, String(field ?? 'branch'));
}
