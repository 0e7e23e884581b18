import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import {
  type Change,
  type Handle,
  type Intent,
  type Json,
  type Observation,
  type Operation,
  type Progress,
  type Recovery,
  recoverByLooking,
} from '../../operation.ts';
import type { GitHub } from '../github/client.ts';
import {
  newestRuns,
  progressOfRun,
  readRun,
  type WorkflowRun,
  wordsOfRun,
} from '../github/runs.ts';
import { readLive } from './deployments.ts';
import { DISPATCH_WORKFLOW, type DispatchInput, dispatchInput } from './dispatch-input.ts';
import { findDispatched } from './find-run.ts';
import { manualDispatch } from './manual.ts';
import { preflightDispatch } from './preflight.ts';
import { type GitHubWorkflowSettings, needsTag } from './schema.ts';
import { readTags, tagOf } from './tags.ts';

const QUIET_MS = 60_000;
const LIMIT_MS = 60 * 60_000;
const USUAL_MS = 10 * 60_000;
const POLL_MS = 10_000;
/** GitHub may show a deployment a little later than the run that made it. */
const SETTLES_MS = 60_000;

/** The run is missing where GitHub did not say it: Enterprise Server before it knew `return_run_details`. */
const DispatchHandle = z.object({
  run: z.number().optional(),
  commit: z.string(),
  ref: z.string(),
  key: z.string(),
  at: z.number(),
});
type DispatchHandle = z.infer<typeof DispatchHandle>;

const Started = z.object({ workflow_run_id: z.number() });

/**
 * Deploys a version by running the workflow that deploys, on the version's tag or on a branch with the version as an input. It is
 * done when GitHub's newest successful deployment to the environment is of that commit.
 */
export function createDispatchWorkflow(
  github: GitHub,
  settings: GitHubWorkflowSettings,
): Operation {
  const { workflow, environment } = settings;

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { commit, label } = dispatchInput(input);
    const [live, runs] = await Promise.all([
      readLive(github, environment, signal),
      newestRuns(github, workflow, {}, signal),
    ]);
    const working = runs.find(({ status }) => status !== 'completed');
    const seen = live?.commit === commit ? label : live?.commit.slice(0, 7);
    return {
      fingerprint: live?.commit ?? 'nothing',
      expected: commit,
      moving: working !== undefined,
      note: working ? wordsOfRun(working) : `${seen ?? 'nothing'} in ${environment}`,
    };
  }

  /** The run of a handle; undefined while GitHub does not show it. */
  async function runOf(handle: DispatchHandle, signal: AbortSignal) {
    if (handle.run !== undefined) return readRun(github, handle.run, signal);
    const found = await findDispatched(github, settings, handle, signal);
    return found.state === 'ours' ? found.run : undefined;
  }

  async function poll(stored: Handle, signal: AbortSignal): Promise<Progress> {
    const handle = DispatchHandle.parse(stored);
    const run = await runOf(handle, signal);
    if (!run) return { state: 'running', note: 'GitHub does not show the run yet.' };
    const progress = progressOfRun(run);
    if (progress.state !== 'succeeded') return progress;
    const live = await readLive(github, environment, signal);
    if (live?.commit === handle.commit) return progress;
    if (Date.now() - run.updatedAt < SETTLES_MS) {
      return { state: 'running', note: 'GitHub does not show the deployment yet.' };
    }
    return { state: 'failed', reason: notRecorded(run) };
  }

  function notRecorded(run: WorkflowRun): string {
    return `Run ${run.id} succeeded, and GitHub has no successful deployment of that commit to ${environment}: ${run.url}. The workflow has to record what it deploys (see the README of github-workflow)`;
  }

  async function judgeRun(run: WorkflowRun, seen: Observation, intent: Intent): Promise<Recovery> {
    if (run.status !== 'completed') return { state: 'in-flight', note: wordsOfRun(run) };
    if (run.conclusion !== 'success') {
      return { state: 'diverged', reason: `${wordsOfRun(run)}: ${run.url}` };
    }
    const judged = recoverByLooking(seen, intent);
    if (judged.state !== 'not-started') return judged;
    return Date.now() - run.updatedAt < SETTLES_MS
      ? { state: 'in-flight', note: 'GitHub does not show the deployment yet.' }
      : { state: 'diverged', reason: notRecorded(run) };
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    quietMs: QUIET_MS,
    limitMs: LIMIT_MS,
    usualMs: USUAL_MS,
    pollMs: POLL_MS,
    title: (input) => `Deploy ${dispatchInput(input).label} by running ${workflow}`,
    observe,
    poll,

    async describe(input, signal): Promise<readonly Change[]> {
      const { commit, label } = dispatchInput(input);
      const [live, tags] = await Promise.all([
        readLive(github, environment, signal),
        readTags(github, signal),
      ]);
      const from = live && (tagOf(tags, live.commit, live.ref) ?? live.commit.slice(0, 7));
      return [
        { what: `${environment} of ${github.name}`, from: from ?? 'nothing', to: label },
        {
          what: `workflow ${workflow}`,
          from: 'not running',
          to: `runs on ${settings.branch ?? tagOf(tags, commit, label) ?? label}`,
        },
      ];
    },

    preflight: (input, signal) => preflightDispatch(github, settings, dispatchInput(input), signal),

    async submit(input, intent, signal): Promise<Handle> {
      const wanted = dispatchInput(input);
      const ref = await refFor(github, settings, wanted, signal);
      const { data } = await github.change(
        `run ${workflow} for ${wanted.label}`,
        (target) =>
          github.octokit.rest.actions.createWorkflowDispatch({
            ...target,
            workflow_id: workflow,
            ref: ref.on,
            inputs: filled(settings.inputs, { ...wanted, tag: ref.tag, key: intent.key }),
            // GitHub answers with the run; a server that does not know it answers nothing.
            return_run_details: true,
          }),
        signal,
      );
      const started = Started.safeParse(data);
      return {
        ...(started.success ? { run: started.data.workflow_run_id } : {}),
        commit: wanted.commit,
        ref: ref.on,
        key: intent.key,
        at: intent.at,
      };
    },

    async recover(input, intent, stored, signal): Promise<Recovery> {
      const wanted = dispatchInput(input);
      const seen = await observe(input, signal);
      if (stored !== undefined) {
        const run = await runOf(DispatchHandle.parse(stored), signal);
        if (run) return judgeRun(run, seen, intent);
        const judged = recoverByLooking(seen, intent);
        if (judged.state !== 'not-started') return judged;
        return { state: 'in-flight', note: 'GitHub does not show the run yet.' };
      }
      const { on } = await refFor(github, settings, wanted, signal);
      const dispatch = { ref: on, key: intent.key, at: intent.at };
      const found = await findDispatched(github, settings, dispatch, signal);
      if (found.state === 'ours') return judgeRun(found.run, seen, intent);
      const judged = recoverByLooking(seen, intent);
      if (found.state === 'none' || judged.state !== 'not-started') return judged;
      const [newest] = found.runs;
      return {
        state: 'unknown',
        reason: `${workflow} was run on ${on} since (${newest?.url}), and nothing tells whether for this step. Give it an input with {key} and a run-name that shows it.`,
      };
    },

    undo(input) {
      const { commit, label, replaces, live } = dispatchInput(input);
      return {
        operation: DISPATCH_WORKFLOW,
        input: { commit: replaces, label: live, replaces: commit, live: label },
      };
    },

    manual: (input) => manualDispatch(github.name, settings, dispatchInput(input)),
  };
}

/** What the workflow is run on, and the version's tag. @throws Refusal `not-possible` without a tag where one is needed. */
async function refFor(
  github: GitHub,
  settings: GitHubWorkflowSettings,
  { commit, label }: DispatchInput,
  signal: AbortSignal,
): Promise<{ readonly on: string; readonly tag: string }> {
  const tag = tagOf(await readTags(github, signal), commit, label);
  if (tag === undefined && needsTag(settings)) {
    throw new Refusal(
      'not-possible',
      `No tag of ${github.name} is at ${commit.slice(0, 7)}, and GitHub runs a workflow on a tag or a branch only. Tag it, then try again.`,
    );
  }
  return { on: settings.branch ?? tag ?? '', tag: tag ?? '' };
}

/** The inputs with the version and the step in place of their placeholders. */
function filled(
  inputs: GitHubWorkflowSettings['inputs'],
  values: { readonly tag: string; readonly commit: string; readonly key: string },
): Record<string, string> {
  const fill = (text: string) =>
    text
      .replaceAll('{tag}', values.tag)
      .replaceAll('{commit}', values.commit)
      .replaceAll('{key}', values.key);
  return Object.fromEntries(Object.entries(inputs).map(([name, text]) => [name, fill(text)]));
}
