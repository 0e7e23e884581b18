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
import { readRepository } from '../github/repository.ts';
import { manualRevert, type RevertInput, revertInput } from './revert-input.ts';
import { type RevertPull, readRevertPull } from './revert-pull.ts';
import { planRevert } from './revert-tree.ts';
import type { GitHubRepositorySettings } from './schema.ts';

const QUIET_MS = 60_000;
const LIMIT_MS = 10 * 60_000;
const USUAL_MS = 5_000;
const POLL_MS = 2_000;

const MergeHandle = z.object({ merge: z.string(), branch: z.string() });

/**
 * Merges the pull request of a revert at exactly the head whose checks have passed: GitHub refuses when the branch has moved
 * since. The history only grows; nothing is ever forced.
 */
export function createRevertMerge(github: GitHub, settings: GitHubRepositorySettings): Operation {
  const base = settings.branch;
  const look = (input: RevertInput, signal: AbortSignal) =>
    readRevertPull(github, settings, input, signal);

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const pull = await look(revertInput(input), signal);
    return {
      fingerprint: pull?.state === 'merged' || pull?.state === 'closed' ? pull.state : 'not merged',
      expected: 'merged',
      moving: false,
      note: pull?.note ?? 'no pull request of the revert',
    };
  }

  async function poll(handle: Handle, signal: AbortSignal): Promise<Progress> {
    const pull = await look(MergeHandle.parse(handle), signal);
    if (pull?.state === 'merged') return { state: 'succeeded' };
    if (pull?.state === 'closed') return { state: 'failed', reason: `${pull.note}: ${pull.url}` };
    return { state: 'running', note: 'GitHub does not show the merge yet.' };
  }

  return {
    effect: 'append',
    guarantee: 'conditional',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    title: (input) => `Merge the revert of ${revertInput(input).merge.slice(0, 7)} into ${base}`,
    observe,
    poll,

    async describe(input, signal): Promise<readonly Change[]> {
      const { merge } = revertInput(input);
      const revert = await planRevert(github, { merge, base }, signal);
      const what = `${merge.slice(0, 7)} (${revert.title})`;
      return [
        {
          what: `branch ${base}`,
          from: `with ${what}`,
          to: `one commit more, which reverts ${what}`,
        },
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const [repository, pull] = await Promise.all([
        readRepository(github, signal),
        look(revertInput(input), signal),
      ]);
      const isClosed = pull?.state === 'closed' || pull?.state === 'failed';
      return [
        repository.mayPush === false
          ? fail('The token may write', 'The token has no write access to contents.')
          : pass('The token may write', `The token may write to ${github.name}.`),
        isClosed
          ? fail('The revert can be merged', `${pull.note}: ${pull.url}`)
          : pass('The revert can be merged', `${pull?.note ?? 'It is opened before'}.`),
        {
          name: 'What it means for production',
          verdict: 'warn',
          reason: `Merging into ${base} deploys nothing by itself, unless a workflow does so on every push.`,
          blocking: false,
        },
      ];
    },

    async submit(input, _intent, signal): Promise<Handle> {
      const { merge, branch } = revertInput(input);
      const pull = await look({ merge, branch }, signal);
      if (pull?.state !== 'ready') throw notReady(github, pull);
      await github.change(
        `merge pull request #${pull.number}`,
        (target) =>
          github.octokit.rest.pulls.merge({
            ...target,
            pull_number: pull.number,
            sha: pull.head,
            merge_method: settings.mergeMethod,
          }),
        signal,
      );
      return { merge, branch };
    },

    async recover(input, intent, handle, signal) {
      const judged = recoverByLooking(await observe(input, signal), intent);
      if (judged.state !== 'not-started' || handle === undefined) return judged;
      return { state: 'in-flight', note: 'GitHub does not show the merge yet.' };
    },

    manual: (input) => manualRevert(github.name, base, revertInput(input)),
  };
}

function notReady(github: GitHub, pull: RevertPull | undefined): OutsideError {
  return new OutsideError({
    kind: 'rejected',
    system: 'GitHub',
    attempted: 'merge the revert',
    on: `repository ${github.name}`,
    answer: pull ? pull.note : 'there is no pull request of the revert',
    next: `Nothing was merged. ${pull ? `See ${pull.url}, then press Retry.` : 'Open it first.'}`,
  });
}
