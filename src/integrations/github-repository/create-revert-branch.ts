import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import {
  type Change,
  type Check,
  type Handle,
  type Json,
  type Observation,
  type Operation,
  type Progress,
  recoverByLooking,
} from '../../operation.ts';
import { fail, pass } from '../checks.ts';
import type { GitHub } from '../github/client.ts';
import { understood } from '../github/errors.ts';
import { readRepository } from '../github/repository.ts';
import { manualRevert, markOf, type RevertInput, revertInput } from './revert-input.ts';
import { planRevert, type Revert, readGitCommit } from './revert-tree.ts';
import type { GitHubRepositorySettings } from './schema.ts';
import { writeRevert } from './write-revert.ts';

const QUIET_MS = 60_000;
const LIMIT_MS = 5 * 60_000;
const USUAL_MS = 5_000;
const POLL_MS = 1_000;
/** GitHub takes a tree of so many entries at once. */
const MOST_FILES = 1_000;

const Ref = z.object({ object: z.object({ sha: z.string() }) });
const BranchHandle = z.object({ branch: z.string(), merge: z.string() });

/**
 * Opens a branch with one commit on top of the released branch that takes a merge back. The commit is written through the git
 * data API; nothing that anybody sees has changed until the branch points at it, which is the one request that counts.
 */
export function createCreateRevertBranch(
  github: GitHub,
  settings: GitHubRepositorySettings,
): Operation {
  const base = settings.branch;

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

  async function look({ merge, branch }: RevertInput, signal: AbortSignal): Promise<Observation> {
    const expected = `reverts ${merge}`;
    const head = await headOf(branch, signal);
    if (head === undefined) {
      return { fingerprint: 'absent', expected, moving: false, note: `no branch ${branch}` };
    }
    const { message } = await readGitCommit(github, head, signal);
    const isRevert = message.includes(markOf(merge));
    return {
      fingerprint: isRevert ? expected : head,
      expected,
      moving: false,
      note: `branch ${branch} at ${head.slice(0, 7)}${isRevert ? ', the revert' : ''}`,
    };
  }

  async function poll(handle: Handle, signal: AbortSignal): Promise<Progress> {
    const seen = await look(BranchHandle.parse(handle), signal);
    if (seen.fingerprint === seen.expected) return { state: 'succeeded' };
    if (seen.fingerprint === 'absent') {
      return { state: 'running', note: 'GitHub does not show it yet.' };
    }
    return { state: 'failed', reason: `Found ${seen.note}, which is not the revert.` };
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    title: (input) => `Write the revert of ${revertInput(input).merge.slice(0, 7)} on a branch`,
    poll,

    async observe(input: Json, signal): Promise<Observation> {
      return look(revertInput(input), signal);
    },

    async describe(input, signal): Promise<readonly Change[]> {
      const wanted = revertInput(input);
      const [seen, revert] = await Promise.all([
        look(wanted, signal),
        planRevert(github, { merge: wanted.merge, base }, signal),
      ]);
      const files = revert.state === 'clean' ? revert.entries : [];
      return [
        {
          what: `branch ${wanted.branch}`,
          from: seen.note,
          to: `${base} without ${wanted.merge.slice(0, 7)} (${revert.title})`,
        },
        ...files.slice(0, 20).map(({ path, sha }) => ({
          what: path,
          from: `as on ${base}`,
          to: sha === undefined ? 'removed' : `as before ${wanted.merge.slice(0, 7)}`,
        })),
        ...(files.length > 20
          ? [{ what: `${files.length - 20} more files`, from: `as on ${base}`, to: 'as before' }]
          : []),
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const wanted = revertInput(input);
      const [repository, seen, revert] = await Promise.all([
        readRepository(github, signal),
        look(wanted, signal),
        planRevert(github, { merge: wanted.merge, base }, signal),
      ]);
      const isFree = seen.fingerprint === 'absent' || seen.fingerprint === seen.expected;
      return [
        repository.isReadOnly
          ? fail('The repository takes changes', `${github.name} is archived or disabled.`)
          : pass('The repository takes changes', `${github.name} is active.`),
        repository.mayPush === false
          ? fail('The token may write', 'The token has no write access to contents.')
          : pass('The token may write', `The token may write to ${github.name}.`),
        isFree
          ? pass('The branch name is free', `There is ${seen.note}.`)
          : fail('The branch name is free', `There is ${seen.note}; choose another name.`),
        revertCheck(revert),
      ];
    },

    async submit(input, intent, signal): Promise<Handle> {
      const wanted = revertInput(input);
      const { merge, branch } = wanted;
      const revert = await planRevert(github, { merge, base }, signal);
      if (revert.state === 'impossible') throw impossible(github, revert.reason);
      const sha = await writeRevert(github, { merge, revert, key: intent.key }, signal);
      await github.change(
        `create branch ${branch}`,
        (target) =>
          github.octokit.rest.git.createRef({ ...target, ref: `refs/heads/${branch}`, sha }),
        signal,
      );
      return { branch, merge };
    },

    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await look(revertInput(input), signal), intent);
    },

    manual: (input) => manualRevert(github.name, base, revertInput(input)),
  };
}

function revertCheck(revert: Revert): Check {
  const name = 'The change can be taken out';
  if (revert.state === 'impossible') return fail(name, revert.reason);
  const { length } = revert.entries;
  if (length > MOST_FILES) return fail(name, `It changed ${length} files; revert it by hand.`);
  return pass(name, `${length} files go back, and none was changed again since.`);
}

function impossible(github: GitHub, reason: string): OutsideError {
  return new OutsideError({
    kind: 'rejected',
    system: 'GitHub',
    attempted: 'write the revert',
    on: `repository ${github.name}`,
    answer: reason.replace(/\.$/, ''),
    next: 'Nothing was changed; revert it by hand as the manual steps say.',
  });
}
