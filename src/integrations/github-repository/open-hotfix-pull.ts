import { z } from 'zod';
import type { Mitigation } from '../../component.ts';
import { Refusal } from '../../errors.ts';
import {
  type Change,
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import { fail, pass } from '../checks.ts';
import type { GitHub } from '../github/client.ts';
import { understood } from '../github/errors.ts';
import { readRepository } from '../github/repository.ts';
import { BranchName } from './create-hotfix-branch.ts';

export const OPEN_HOTFIX_PULL = 'open-hotfix-pull';
export const HOTFIX_PULL = 'hotfix-pull';

const QUIET_MS = 60_000;
const LIMIT_MS = 5 * 60_000;
const USUAL_MS = 3_000;
const POLL_MS = 1_000;
const ABOUT = 'the hotfix branch, such as hotfix/inc-0001';
const OPEN = 'open';

const Input = z.strictObject({ branch: BranchName });
const Pulls = z.array(
  z.object({
    number: z.number(),
    html_url: z.string(),
    state: z.enum(['open', 'closed']),
    merged_at: z.string().nullable(),
  }),
);
const Compared = z.object({
  ahead_by: z.number(),
  commits: z.array(z.object({ commit: z.object({ message: z.string() }) })),
});

/** Opens the pull request of a hotfix that people have pushed; they review and merge it. */
export function hotfixPullMitigation(github: GitHub): Mitigation {
  return {
    title: `Open the pull request of a hotfix in ${github.name}`,
    value: { about: ABOUT },
    async call({ value }, signal) {
      signal.throwIfAborted();
      return { operation: OPEN_HOTFIX_PULL, input: pullInput({ branch: value ?? '' }) };
    },
  };
}

/** One pull request from the branch into the one that releases are built from. Where one is open or merged, it is done. */
export function createOpenHotfixPull(github: GitHub, base: string): Operation {
  async function newest(branch: string, signal: AbortSignal) {
    const attempted = `look for the pull request of ${branch}`;
    const { data } = await github.read(
      attempted,
      (target) =>
        github.octokit.rest.pulls.list({
          ...target,
          state: 'all',
          head: `${github.owner}:${branch}`,
          base,
          per_page: 100,
        }),
      signal,
    );
    const pulls = understood(Pulls, data, { attempted, name: github.name });
    return [...pulls].sort((a, b) => b.number - a.number)[0];
  }

  async function compared(branch: string, signal: AbortSignal) {
    const attempted = `compare ${branch} with ${base}`;
    const basehead = `${base}...${branch}`;
    const { data } = await github.read(
      attempted,
      (target) => github.octokit.rest.repos.compareCommitsWithBasehead({ ...target, basehead }),
      signal,
    );
    return understood(Compared, data, { attempted, name: github.name });
  }

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { branch } = pullInput(input);
    const pull = await newest(branch, signal);
    const state = pull?.merged_at ? 'merged' : pull?.state;
    const isDone = state === 'open' || state === 'merged';
    return {
      fingerprint: isDone ? OPEN : pull ? `#${pull.number} closed` : 'none',
      expected: OPEN,
      moving: false,
      note: pull ? `pull request #${pull.number} ${state}: ${pull.html_url}` : 'no pull request',
    };
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    title: (input) => `Open the pull request of ${pullInput(input).branch}`,
    observe,

    async describe(input, signal): Promise<readonly Change[]> {
      const { branch } = pullInput(input);
      const { note } = await observe(input, signal);
      return [
        {
          what: `pull request of ${branch}`,
          from: note,
          to: `open into ${base}, for people to review and merge`,
        },
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const { branch } = pullInput(input);
      const [repository, seen, { ahead_by: ahead }] = await Promise.all([
        readRepository(github, signal),
        observe(input, signal),
        compared(branch, signal),
      ]);
      const fresh = 'It has no pull request that was closed';
      return [
        repository.isReadOnly
          ? fail('The repository takes changes', `${github.name} is archived or disabled.`)
          : pass('The repository takes changes', `${github.name} is active.`),
        ahead > 0
          ? pass('The fix is pushed', `${branch} is ${ahead} commits ahead of ${base}.`)
          : fail(
              'The fix is pushed',
              `${branch} holds nothing that ${base} has not; push the fix.`,
            ),
        seen.fingerprint.endsWith('closed')
          ? fail(fresh, `Found ${seen.note}; open it again there, or choose another branch.`)
          : pass(fresh, `Found ${seen.note}.`),
      ];
    },

    async submit(input, intent, signal) {
      const { branch } = pullInput(input);
      const { commits } = await compared(branch, signal);
      const message = commits.at(-1)?.commit.message.split('\n')[0] ?? `Hotfix ${branch}`;
      const body = `A hotfix, opened by Backstop for ${intent.run}. People review and merge it.`;
      await github.change(
        `open the pull request of ${branch}`,
        (target) =>
          github.octokit.rest.pulls.create({
            ...target,
            title: message.slice(0, 250),
            body,
            head: branch,
            base,
          }),
        signal,
      );
      return { branch };
    },

    async poll(handle, signal) {
      const seen = await observe(handle, signal);
      if (seen.fingerprint === OPEN) return { state: 'succeeded' };
      if (seen.fingerprint === 'none') {
        return { state: 'running', note: 'GitHub does not show it yet.' };
      }
      return { state: 'failed', reason: `Found ${seen.note}.` };
    },

    async recover(input, intent, _handle, signal) {
      const seen = await observe(input, signal);
      const found = recoverByLooking(seen, intent);
      return found.state === 'done' ? { ...found, note: `${seen.note}.` } : found;
    },

    manual(input) {
      const { branch } = pullInput(input);
      return [
        `Open the pull request of ${branch} in ${github.name}:`,
        `gh pr create --repo ${github.name} --base ${base} --head ${branch} --fill`,
        `An answer "already exists" means that it is there: gh pr view --repo ${github.name} ${branch}`,
      ].join('\n');
    },
  };
}

function pullInput(input: Json): z.infer<typeof Input> {
  const parsed = Input.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refusal('invalid-input', `Say ${ABOUT}.`, 'value');
}
