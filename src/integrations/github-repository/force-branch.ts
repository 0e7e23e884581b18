import { z } from 'zod';
import { OutsideError, Refusal } from '../../errors.ts';
import type { Change, Check, Json, Observation, Operation } from '../../operation.ts';
import { recoverByLooking } from '../../operation.ts';
import type { GitHub } from '../github/client.ts';
import { understood } from '../github/errors.ts';
import { readRepository } from '../github/repository.ts';

export const FORCE_BRANCH = 'force-branch';

const Sha = z.string().regex(/^[0-9a-f]{40}$/);
/** `branch` and `from` are read where they are not given: the default branch, and where it is now. */
const ForceInput = z.strictObject({
  commit: Sha,
  from: Sha.optional(),
  branch: z.string().min(1).max(200).optional(),
});
const ForceHandle = z.object({ branch: z.string(), commit: z.string() });

const Branch = z.object({
  commit: z.object({ sha: z.string() }),
  protected: z.boolean(),
});
const Comparison = z.object({
  ahead_by: z.int(),
  behind_by: z.int(),
  commits: z.array(
    z.object({
      sha: z.string(),
      author: z.object({ login: z.string() }).nullish().catch(undefined),
      commit: z.object({
        message: z.string(),
        author: z.object({ name: z.string().nullish() }).nullish(),
      }),
    }),
  ),
});

const COMMITS_TOLD = 8;

/**
 * `git reset --hard` and a forced push (guide 002, "danger"): the branch is moved back, and what came after is on it no more.
 * GitHub moves it on no condition, so where it is is read right before.
 */
export function createForceBranch(github: GitHub, configured: string | undefined): Operation {
  async function at(input: Json, signal: AbortSignal) {
    const { commit, from, branch: given } = forceInput(input);
    const branch = given ?? configured ?? (await readRepository(github, signal)).defaultBranch;
    const attempted = `read branch ${branch}`;
    const { data } = await github.read(
      attempted,
      (target) => github.octokit.rest.repos.getBranch({ ...target, branch }),
      signal,
    );
    const found = understood(Branch, data, { attempted, name: github.name });
    return { branch, commit, from, head: found.commit.sha, isProtected: found.protected };
  }

  async function leaving(commit: string, head: string, signal: AbortSignal) {
    const attempted = 'compare the commits';
    const { data } = await github.read(
      attempted,
      (target) =>
        github.octokit.rest.repos.compareCommitsWithBasehead({
          ...target,
          basehead: `${commit}...${head}`,
          per_page: 100,
        }),
      signal,
    );
    return understood(Comparison, data, { attempted, name: github.name });
  }

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { branch, commit, head } = await at(input, signal);
    return {
      fingerprint: head,
      expected: commit,
      moving: false,
      note: `${branch} at ${head.slice(0, 7)}`,
    };
  }

  return {
    effect: 'destructive',
    guarantee: 'observable',
    asksAgain: true,
    quietMs: 60_000,
    limitMs: 5 * 60_000,
    usualMs: 3_000,
    pollMs: 1_000,
    title: (input) =>
      `Force ${forceInput(input).branch ?? configured ?? 'the default branch'} of ${github.name} to ${forceInput(input).commit.slice(0, 7)}`,
    observe,
    async describe(input, signal): Promise<readonly Change[]> {
      const { branch, commit, head } = await at(input, signal);
      if (head === commit) return [];
      const { commits, ahead_by: count } = await leaving(commit, head, signal);
      const newest = commits.toReversed().slice(0, COMMITS_TOLD);
      return [
        { what: `branch ${branch}`, from: head.slice(0, 7), to: `${commit.slice(0, 7)}, by force` },
        ...newest.map(({ sha, commit: { message, author: by }, author }) => ({
          what: `commit ${sha.slice(0, 7)} of ${author?.login ?? by?.name ?? 'unknown'}`,
          from: message.split('\n', 1)[0] ?? '',
          to: `no longer on ${branch}`,
        })),
        ...(count > newest.length
          ? [{ what: `${count - newest.length} more`, from: 'on it', to: `no longer on ${branch}` }]
          : []),
      ];
    },
    async preflight(input, signal): Promise<readonly Check[]> {
      const { branch, commit, from, head, isProtected } = await at(input, signal);
      const { behind_by: aside } = await leaving(commit, head, signal);
      const name = commit.slice(0, 7);
      const expected = from ?? head;
      return [
        {
          name: `branch ${branch}`,
          verdict: head === expected || head === commit ? 'pass' : 'fail',
          reason: `it is at ${head.slice(0, 7)}${head === expected || head === commit ? '' : `, not at ${expected.slice(0, 7)}`}`,
          blocking: true,
        },
        {
          name: 'earlier commit',
          // Taking it back goes to a commit that is not on the branch, on purpose.
          verdict: aside === 0 || from !== undefined ? 'pass' : 'fail',
          reason:
            aside === 0 || from !== undefined
              ? `${name} can be gone to`
              : `${name} is not on ${branch}: that would put other work there`,
          blocking: true,
        },
        {
          name: 'protection',
          verdict: isProtected ? 'warn' : 'pass',
          reason: isProtected
            ? `${branch} is protected; GitHub refuses unless forced pushes are allowed to this token`
            : `${branch} is not protected`,
          blocking: false,
        },
      ];
    },
    async submit(input, intent, signal) {
      const { branch, commit, head } = await at(input, signal);
      if (head !== intent.before) {
        throw new OutsideError({
          kind: 'rejected',
          system: 'GitHub',
          attempted: `force ${branch} to ${commit.slice(0, 7)}`,
          on: `repository ${github.name}`,
          answer: `it is at ${head.slice(0, 7)} by now`,
          next: 'Nothing was sent: somebody pushed meanwhile. Look at what, then make the plan anew.',
        });
      }
      await github.change(
        `force ${branch} to ${commit.slice(0, 7)}`,
        (target) =>
          github.octokit.rest.git.updateRef({
            ...target,
            ref: `heads/${branch}`,
            sha: commit,
            force: true,
          }),
        signal,
      );
      return { branch, commit };
    },
    async poll(handle, signal) {
      const { branch, commit } = ForceHandle.parse(handle);
      const { head } = await at({ branch, commit }, signal);
      if (head === commit) return { state: 'succeeded' };
      return { state: 'failed', reason: `${branch} is at ${head}: somebody pushed meanwhile.` };
    },
    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await observe(input, signal), intent);
    },
    undo(input) {
      const { commit, from, branch } = forceInput(input);
      const back = from === undefined ? {} : { commit: from, from: commit };
      return { operation: FORCE_BRANCH, input: { commit, ...(branch ? { branch } : {}), ...back } };
    },
    manual(input) {
      const { commit, from, branch = configured ?? '<branch>' } = forceInput(input);
      const lease = from ? `${branch}:${from}` : branch;
      return [
        `Everybody with a clone has to be told first. Keep where it is: git fetch origin && git branch keep-${commit.slice(0, 7)} origin/${branch}`,
        `Then, only if nobody pushed meanwhile: git push --force-with-lease=${lease} origin ${commit}:refs/heads/${branch}`,
        'Better is a revert: git revert -m 1 <merge>, which keeps the history.',
      ].join('\n');
    },
  };
}

function forceInput(input: Json): z.infer<typeof ForceInput> {
  const parsed = ForceInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refusal(
    'invalid-input',
    'A forced branch needs full commit ids of 40 digits.',
    'commit',
  );
}
