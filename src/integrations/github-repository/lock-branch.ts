/**
 * A branch is locked by a ruleset of Backstop's own, one for each incident that needs it. Rulesets add up: whatever protects
 * the branch besides stays as it is, and deleting ours gives back exactly what was there. (`lock_branch` of branch
 * protection is written together with everything else that protects the branch, and would have to be remembered.)
 */

import { z } from 'zod';
import type { Freeze } from '../../component.ts';
import { OutsideError, Refusal } from '../../errors.ts';
import {
  type Check,
  type Handle,
  type Json,
  type Observation,
  type Operation,
  type OperationCall,
  recoverByLooking,
} from '../../operation.ts';
import { fail, pass } from '../checks.ts';
import type { GitHub } from '../github/client.ts';
import { understood } from '../github/errors.ts';
import { readRepository } from '../github/repository.ts';
import type { GitHubRepositorySettings } from './schema.ts';

export const LOCK_BRANCH = 'lock-branch';
export const UNLOCK_BRANCH = 'unlock-branch';

const QUIET_MS = 60_000;
const LIMIT_MS = 5 * 60_000;
const USUAL_MS = 2_000;
const POLL_MS = 2_000;
const PAGE = 100;

/** Whom it is for: the id of an incident. By its name the ruleset is found again, whatever was lost. */
const LockInput = z.strictObject({ holder: z.string().regex(/^[A-Z]+-\d+$/) });

const Rulesets = z.array(z.object({ id: z.number(), name: z.string(), enforcement: z.string() }));
type Ruleset = z.infer<typeof Rulesets>[number];

/** `locked`: ours is there and counts; `off`: it is there, and somebody switched it off. */
type Found = 'open' | 'locked' | 'off';

export function createFreeze({ name }: GitHub, { branch }: GitHubRepositorySettings): Freeze {
  const call =
    (operation: string) =>
    (holder: string): OperationCall => ({
      operation,
      input: { holder },
    });
  return { what: `branch ${branch} of ${name}`, set: call(LOCK_BRANCH), lift: call(UNLOCK_BRANCH) };
}

/** Locks the branch for everybody. */
export function createLockBranch(github: GitHub, settings: GitHubRepositorySettings): Operation {
  const { branch } = settings;
  return {
    ...common(github, settings, 'locked'),
    title: (input) => `Lock branch ${branch} of ${github.name} for ${holderIn(input)}`,

    async preflight(_input, signal): Promise<readonly Check[]> {
      const [repository, rules] = await Promise.all([
        readRepository(github, signal),
        readRulesets(github, signal),
      ]);
      return [
        repository.isReadOnly
          ? fail('The repository takes changes', `${github.name} is archived or disabled.`)
          : pass('The repository takes changes', `${github.name} is active.`),
        pass('Its rulesets can be read', `${github.name} has ${rules.length} of them.`),
      ];
    },

    async submit(input, _intent, signal): Promise<Handle> {
      const holder = holderIn(input);
      await github.change(
        `lock branch ${branch}`,
        (target) =>
          github.octokit.rest.repos.createRepoRuleset({
            ...target,
            name: nameOf(holder),
            target: 'branch',
            enforcement: 'active',
            conditions: { ref_name: { include: [`refs/heads/${branch}`], exclude: [] } },
            rules: [{ type: 'update' }, { type: 'deletion' }],
          }),
        signal,
      );
      return { holder };
    },

    undo: (input) => ({ operation: UNLOCK_BRANCH, input }),

    manual: (input) =>
      [
        `Lock branch ${branch} of ${github.name}, so that nothing is merged while ${holderIn(input)} is put right:`,
        `1. On GitHub: Settings > Rules > Rulesets > New branch ruleset, named "${nameOf(holderIn(input))}", enforcement Active, target branch ${branch}, rules Restrict updates and Restrict deletions; Create.`,
        '2. Or tell the team not to merge.',
        '3. Delete the ruleset afterwards.',
      ].join('\n'),
  };
}

/** Takes the lock of one holder away. What else locks the branch is not Backstop's, and stays. */
export function createUnlockBranch(github: GitHub, settings: GitHubRepositorySettings): Operation {
  const { branch } = settings;
  return {
    ...common(github, settings, 'open'),
    title: (input) => `Unlock branch ${branch} of ${github.name}, locked for ${holderIn(input)}`,

    async preflight(_input, signal): Promise<readonly Check[]> {
      const rules = await readRulesets(github, signal);
      return [pass('Its rulesets can be read', `${github.name} has ${rules.length} of them.`)];
    },

    async submit(input, _intent, signal): Promise<Handle> {
      const holder = holderIn(input);
      const ours = await findOurs(github, holder, signal);
      if (!ours) return { holder };
      try {
        await github.change(
          `unlock branch ${branch}`,
          (target) =>
            github.octokit.rest.repos.deleteRepoRuleset({ ...target, ruleset_id: ours.id }),
          signal,
        );
      } catch (error) {
        // Somebody was faster; the same answer hides a repository that the token may not change.
        const gone = error instanceof OutsideError && error.detail.kind === 'not-found';
        if (!gone || (await findOurs(github, holder, signal))) throw error;
      }
      return { holder };
    },

    undo: (input) => ({ operation: LOCK_BRANCH, input }),

    manual: (input) =>
      [
        `Unlock branch ${branch} of ${github.name}:`,
        `On GitHub: Settings > Rules > Rulesets > "${nameOf(holderIn(input))}" > Delete ruleset. Leave all others as they are.`,
        `Or: gh api repos/${github.name}/rulesets --jq '.[] | select(.name == "${nameOf(holderIn(input))}") | .id', then gh api -X DELETE repos/${github.name}/rulesets/ID`,
      ].join('\n'),
  };
}

function common(
  github: GitHub,
  { branch }: GitHubRepositorySettings,
  wanted: 'locked' | 'open',
): Omit<Operation, 'title' | 'preflight' | 'submit' | 'manual'> {
  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const holder = holderIn(input);
    const found = stateOf(await findOurs(github, holder, signal));
    const note = `branch ${branch} of ${github.name} ${WORDS[found]}`;
    return { fingerprint: found, expected: wanted, moving: false, note };
  }
  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    observe,

    async describe(input, signal) {
      const found = stateOf(await findOurs(github, holderIn(input), signal));
      return [{ what: `branch ${branch}`, from: WORDS[found], to: WORDS[wanted] }];
    },

    async poll(handle, signal) {
      const { fingerprint } = await observe(LockInput.parse(handle), signal);
      if (fingerprint === wanted) return { state: 'succeeded' };
      return { state: 'running', note: 'GitHub does not show it yet.' };
    },

    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await observe(input, signal), intent);
    },
  };
}

const WORDS: Readonly<Record<Found, string>> = {
  open: 'not locked by Backstop',
  locked: 'locked by Backstop',
  off: 'with a lock by Backstop that somebody switched off',
};

function stateOf(ruleset: Ruleset | undefined): Found {
  if (!ruleset) return 'open';
  return ruleset.enforcement === 'active' ? 'locked' : 'off';
}

/** Says to whoever meets it on GitHub what it is for. */
function nameOf(holder: string): string {
  return `Backstop: nothing is merged during ${holder}`;
}

async function findOurs(
  github: GitHub,
  holder: string,
  signal: AbortSignal,
): Promise<Ruleset | undefined> {
  return (await readRulesets(github, signal)).find(({ name }) => name === nameOf(holder));
}

async function readRulesets(github: GitHub, signal: AbortSignal): Promise<readonly Ruleset[]> {
  const attempted = 'read the rulesets';
  const all: Ruleset[] = [];
  for (let page = 1; ; page += 1) {
    const { data } = await github.read(
      attempted,
      (target) =>
        github.octokit.rest.repos.getRepoRulesets({
          ...target,
          includes_parents: false,
          per_page: PAGE,
          page,
        }),
      signal,
    );
    const found = understood(Rulesets, data, { attempted, name: github.name });
    all.push(...found);
    if (found.length < PAGE) return all;
  }
}

function holderIn(input: Json): string {
  const parsed = LockInput.safeParse(input);
  if (parsed.success) return parsed.data.holder;
  throw new Refusal('invalid-input', 'A lock needs `holder`, the id of an incident.', 'holder');
}
