import { z } from 'zod';
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
import { readRepository } from '../github/repository.ts';
import { manualRevert, markOf, type RevertInput, revertInput } from './revert-input.ts';
import { type RevertPull, readRevertPull } from './revert-pull.ts';
import { readGitCommit, titleOf } from './revert-tree.ts';
import type { GitHubRepositorySettings } from './schema.ts';

const QUIET_MS = 60_000;
/** Reviews are given by people. */
const LIMIT_MS = 4 * 3_600_000;
const USUAL_MS = 10 * 60_000;
const POLL_MS = 10_000;

const READY = 'ready to merge';

const PullHandle = z.object({ merge: z.string(), branch: z.string() });

/**
 * Opens the pull request of a revert, and has succeeded once its checks have passed and GitHub would merge it.
 * A review that the branch asks for is waited for; Backstop never approves its own pull request.
 */
export function createOpenRevertPull(
  github: GitHub,
  settings: GitHubRepositorySettings,
): Operation {
  const base = settings.branch;
  const look = (input: RevertInput, signal: AbortSignal) =>
    readRevertPull(github, settings, input, signal);

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    return observationOf(await look(revertInput(input), signal));
  }

  async function poll(handle: Handle, signal: AbortSignal): Promise<Progress> {
    const pull = await look(PullHandle.parse(handle), signal);
    switch (pull?.state) {
      case undefined:
        return { state: 'running', note: 'GitHub does not show it yet.' };
      case 'checking':
        return { state: 'running', note: `${pull.note}.` };
      case 'waiting':
        return { state: 'waiting', note: pull.note };
      case 'ready':
      case 'merged':
        return { state: 'succeeded' };
      case 'failed':
      case 'closed':
        return { state: 'failed', reason: `${pull.note}: ${pull.url}` };
    }
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    title: (input) => `Open the pull request that reverts ${revertInput(input).merge.slice(0, 7)}`,
    observe,
    poll,

    async describe(input, signal): Promise<readonly Change[]> {
      const wanted = revertInput(input);
      const pull = await look(wanted, signal);
      const to = `open from ${wanted.branch} into ${base}, its checks passed`;
      return [{ what: 'pull request of the revert', from: pull?.note ?? 'none', to }];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const wanted = revertInput(input);
      const [repository, pull] = await Promise.all([
        readRepository(github, signal),
        look(wanted, signal),
      ]);
      const isUsed = pull?.state === 'closed' || pull?.state === 'failed';
      return [
        repository.isReadOnly
          ? fail('The repository takes changes', `${github.name} is archived or disabled.`)
          : pass('The repository takes changes', `${github.name} is active.`),
        isUsed
          ? fail('The branch has no other pull request', `${pull.note}; choose another branch.`)
          : pass('The branch has no other pull request', `Found ${pull?.note ?? 'none'}.`),
      ];
    },

    async submit(input, intent, signal): Promise<Handle> {
      const { merge, branch } = revertInput(input);
      const change = await readGitCommit(github, merge, signal);
      const title = `Revert "${titleOf(change)}"`.slice(0, 250);
      const body = `${markOf(merge)}\n\nOpened by Backstop for ${intent.run} (${intent.key}).`;
      await github.change(
        'open the pull request of the revert',
        (target) =>
          github.octokit.rest.pulls.create({ ...target, title, body, head: branch, base }),
        signal,
      );
      return { merge, branch };
    },

    async recover(input, intent, handle, signal) {
      const pull = await look(revertInput(input), signal);
      if (pull?.state === 'checking' || pull?.state === 'waiting') {
        return { state: 'in-flight', note: pull.note };
      }
      const judged = recoverByLooking(observationOf(pull), intent);
      if (judged.state === 'diverged' && pull) {
        return { state: 'diverged', reason: `${pull.note}: ${pull.url}` };
      }
      if (judged.state !== 'not-started' || handle === undefined) return judged;
      return { state: 'in-flight', note: 'GitHub does not show the pull request yet.' };
    },

    manual: (input) => manualRevert(github.name, base, revertInput(input)),
  };
}

function observationOf(pull: RevertPull | undefined): Observation {
  const isDone = pull?.state === 'ready' || pull?.state === 'merged';
  return {
    fingerprint: isDone ? READY : pull ? `#${pull.number} ${pull.state}` : 'none',
    expected: READY,
    moving: pull?.state === 'checking' || pull?.state === 'waiting',
    note: pull?.note ?? 'no pull request of the revert',
  };
}
