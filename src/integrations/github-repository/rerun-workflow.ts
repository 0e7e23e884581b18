import { z } from 'zod';
import {
  type Change,
  type Check,
  type Handle,
  type Json,
  type Observation,
  type Operation,
  type Progress,
  type Recovery,
  recoverByLooking,
} from '../../operation.ts';
import { fail, pass } from '../checks.ts';
import type { GitHub } from '../github/client.ts';
import { readRepository } from '../github/repository.ts';
import {
  findRun,
  fullCommit,
  progressOfRun,
  readRun,
  type WorkflowRun,
  wordsOfRun,
} from '../github/runs.ts';
import { type RerunInput, rerunInput } from './rerun-input.ts';
import type { GitHubRepositorySettings } from './schema.ts';

const QUIET_MS = 60_000;
const LIMIT_MS = 60 * 60_000;
const USUAL_MS = 10 * 60_000;
const POLL_MS = 10_000;
/** GitHub runs nothing again that is older. */
const OLDEST_MS = 30 * 86_400_000;

const RerunHandle = z.object({ run: z.number(), since: z.number() });

/**
 * Runs a former workflow run again: same commit, same workflow file, with the rights of whoever started it. After a rollback
 * on ECS that is how the newest task definition is put right again (guide 001).
 */
export function createRerunWorkflow(github: GitHub, settings: GitHubRepositorySettings): Operation {
  const { workflow } = settings;

  async function resolve(input: RerunInput, signal: AbortSignal): Promise<WorkflowRun> {
    if ('run' in input) return readRun(github, input.run, signal);
    const commit = await fullCommit(github, input.commit, signal);
    return findRun(github, { commit, workflow }, signal);
  }

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const wanted = rerunInput(input);
    return observationOf(await resolve(wanted, signal), wanted.since);
  }

  async function poll(handle: Handle, signal: AbortSignal): Promise<Progress> {
    const { run: id, since: moment } = RerunHandle.parse(handle);
    const run = await readRun(github, id, signal);
    if (!isSince(run, moment)) {
      return { state: 'running', note: 'GitHub does not show the new attempt yet.' };
    }
    return progressOfRun(run);
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    title: (input) => {
      const wanted = rerunInput(input);
      return 'run' in wanted
        ? `Run workflow run ${wanted.run} again`
        : `Run the pipeline of ${wanted.commit.slice(0, 7)} again`;
    },
    observe,
    poll,

    async describe(input, signal): Promise<readonly Change[]> {
      const run = await resolve(rerunInput(input), signal);
      return [
        {
          what: `${run.name} of ${run.commit.slice(0, 7)} (run ${run.id})`,
          from: `attempt ${run.attempt}, ${run.conclusion || run.status}`,
          to: `attempt ${run.attempt + 1}`,
        },
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const wanted = rerunInput(input);
      const [repository, run] = await Promise.all([
        readRepository(github, signal),
        resolve(wanted, signal),
      ]);
      return [
        repository.isReadOnly
          ? fail('The repository takes changes', `${github.name} is archived or disabled.`)
          : pass('The repository takes changes', `${github.name} is active.`),
        run.status === 'completed'
          ? pass('The run has ended', `${wordsOfRun(run)}.`)
          : fail('The run has ended', `${wordsOfRun(run)}; wait until it has.`),
        Date.now() - run.createdAt > OLDEST_MS
          ? fail('The run is young enough', 'GitHub runs nothing again that is over 30 days old.')
          : pass('The run is young enough', 'It is less than 30 days old.'),
        {
          name: 'What it will do',
          verdict: 'warn',
          reason: `It does all that ${run.workflow} does at that commit, also deploy, with the rights of whoever started it.`,
          blocking: false,
        },
      ];
    },

    async submit(input, _intent, signal): Promise<Handle> {
      const wanted = rerunInput(input);
      const { id } = await resolve(wanted, signal);
      await github.change(
        `run workflow run ${id} again`,
        (target) => github.octokit.rest.actions.reRunWorkflow({ ...target, run_id: id }),
        signal,
      );
      return { run: id, since: wanted.since };
    },

    async recover(input, intent, handle, signal): Promise<Recovery> {
      const wanted = rerunInput(input);
      const run = await resolve(wanted, signal);
      const seen = observationOf(run, wanted.since);
      const judged = recoverByLooking(seen, intent);
      if (judged.state === 'diverged' && isSince(run, wanted.since)) {
        return { state: 'diverged', reason: `${wordsOfRun(run)}: ${run.url}` };
      }
      if (judged.state !== 'not-started' || handle === undefined) return judged;
      return { state: 'in-flight', note: 'GitHub does not show the new attempt yet.' };
    },

    manual(input) {
      const wanted = rerunInput(input);
      const list = `gh run list --repo ${github.name} --commit`;
      return [
        'Run the pipeline of the earlier release again:',
        'run' in wanted
          ? `1. gh run rerun ${wanted.run} --repo ${github.name}`
          : `1. Find the run: ${list} ${wanted.commit}, then gh run rerun <its id> --repo ${github.name}`,
        '   Or on GitHub: Actions > the run > Re-run all jobs.',
        `2. Follow it: gh run watch <its id> --repo ${github.name} --exit-status`,
        'GitHub runs nothing again that is over 30 days old: then dispatch the workflow for the tag of the release.',
      ].join('\n');
    },
  };
}

function observationOf(run: WorkflowRun, moment: number): Observation {
  const expected = `run ${run.id} done again`;
  return {
    fingerprint: fingerprintOf(run, moment, expected),
    expected,
    moving: run.status !== 'completed',
    note: wordsOfRun(run),
  };
}

function fingerprintOf(run: WorkflowRun, moment: number, done: string): string {
  if (!isSince(run, moment)) return `run ${run.id} attempt ${run.attempt}`;
  return run.conclusion === 'success'
    ? done
    : `run ${run.id} attempt ${run.attempt} ${run.conclusion}`;
}

/** GitHub tells whole seconds. */
function isSince({ startedAt }: WorkflowRun, moment: number): boolean {
  return startedAt >= Math.floor(moment / 1000) * 1000;
}
