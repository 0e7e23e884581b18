import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Progress } from '../../operation.ts';
import type { GitHub } from './client.ts';
import { understood } from './errors.ts';

const Run = z.object({
  id: z.number(),
  name: z.string().nullish(),
  display_title: z.string().default(''),
  path: z.string(),
  head_branch: z.string().nullish(),
  head_sha: z.string(),
  run_attempt: z.number().default(1),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  created_at: z.string(),
  run_started_at: z.string().optional(),
  updated_at: z.string().optional(),
  html_url: z.string(),
});

const Runs = z.object({ workflow_runs: z.array(Run) });

/** One run of a workflow, as its newest attempt left it. */
export interface WorkflowRun {
  readonly id: number;
  readonly name: string;
  /** `deploy.yml`. */
  readonly workflow: string;
  /** What its page is headed by; a workflow's `run-name`, where it has one. */
  readonly title: string;
  /** The branch or tag it runs on. */
  readonly ref: string | undefined;
  readonly commit: string;
  readonly attempt: number;
  /** `queued`, `in_progress`, `waiting`, `completed` and others that GitHub has. */
  readonly status: string;
  /** Of a completed one: `success`, `failure`, `cancelled`, … */
  readonly conclusion: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** When its newest attempt started, whole seconds in epoch milliseconds. */
  readonly startedAt: number;
  /** When it last moved, epoch milliseconds. */
  readonly updatedAt: number;
  readonly url: string;
}

/** One run by its id. @throws OutsideError, `not-found` also when GitHub keeps it no more. */
export async function readRun(
  github: GitHub,
  id: number,
  signal: AbortSignal,
): Promise<WorkflowRun> {
  const attempted = `read workflow run ${id}`;
  const { data } = await github.read(
    attempted,
    (target) => github.octokit.rest.actions.getWorkflowRun({ ...target, run_id: id }),
    signal,
  );
  return runOf(understood(Run, data, { attempted, name: github.name }));
}

/**
 * The newest run of the pipeline for a commit.
 * @throws Refusal `not-possible` when there is none, or when several workflows ran and none was named.
 */
export async function findRun(
  github: GitHub,
  { commit, workflow }: { readonly commit: string; readonly workflow: string | undefined },
  signal: AbortSignal,
): Promise<WorkflowRun> {
  const short = commit.slice(0, 7);
  const attempted = `list the workflow runs of ${short}`;
  const { data } = await github.read(
    attempted,
    (target) =>
      github.octokit.rest.actions.listWorkflowRunsForRepo({
        ...target,
        head_sha: commit,
        per_page: 100,
      }),
    signal,
  );
  const all = understood(Runs, data, { attempted, name: github.name }).workflow_runs.map(runOf);
  const runs = all.filter((one) => workflow === undefined || one.workflow === workflow);
  const workflows = [...new Set(runs.map((one) => one.workflow))].sort();
  if (workflows.length > 1) {
    const reason = `${workflows.join(', ')} ran for ${short}; set \`workflow\` of the repository to the one that deploys.`;
    throw new Refusal('not-possible', reason);
  }
  const newest = runs.sort((a, b) => b.createdAt - a.createdAt || b.id - a.id)[0];
  if (newest) return newest;
  throw new Refusal(
    'not-possible',
    `GitHub has no run of ${workflow ?? 'a workflow'} for ${short}.`,
  );
}

/** The newest runs of a workflow, newest first: at most fifty, those that were dispatched where `event` says so. @throws OutsideError. */
export async function newestRuns(
  github: GitHub,
  workflow: string,
  o: { readonly event?: 'workflow_dispatch' },
  signal: AbortSignal,
): Promise<readonly WorkflowRun[]> {
  const attempted = `list the runs of ${workflow}`;
  const { data } = await github.read(
    attempted,
    (target) =>
      github.octokit.rest.actions.listWorkflowRuns({
        ...target,
        ...o,
        workflow_id: workflow,
        per_page: 50,
      }),
    signal,
  );
  const { workflow_runs: runs } = understood(Runs, data, { attempted, name: github.name });
  return runs.map(runOf).sort((a, b) => b.createdAt - a.createdAt || b.id - a.id);
}

/** A run in words: `run 7 attempt 1 ended in failure`. */
export function wordsOfRun({ id, attempt, status, conclusion }: WorkflowRun): string {
  const state = status === 'completed' ? `ended in ${conclusion}` : `is ${status}`;
  return `run ${id} attempt ${attempt} ${state.replaceAll('_', ' ')}`;
}

/** How far a run is, for whoever follows it. It waits where somebody has to approve a deployment on GitHub. */
export function progressOfRun(run: WorkflowRun): Progress {
  if (run.status === 'waiting' || run.conclusion === 'action_required') {
    return { state: 'waiting', note: `Run ${run.id} waits for an approval on GitHub: ${run.url}` };
  }
  if (run.status !== 'completed') return { state: 'running', note: wordsOfRun(run) };
  if (run.conclusion === 'success') return { state: 'succeeded' };
  return { state: 'failed', reason: `${wordsOfRun(run)}: ${run.url}` };
}

/** The whole id of a commit, by which alone GitHub finds runs. @throws OutsideError. */
export async function fullCommit(
  github: GitHub,
  commit: string,
  signal: AbortSignal,
): Promise<string> {
  if (commit.length === 40) return commit;
  const attempted = `look for commit ${commit}`;
  const { data } = await github.read(
    attempted,
    (target) => github.octokit.rest.repos.getCommit({ ...target, ref: commit, per_page: 1 }),
    signal,
  );
  return understood(z.object({ sha: z.string() }), data, { attempted, name: github.name }).sha;
}

function runOf(run: z.infer<typeof Run>): WorkflowRun {
  const workflow = run.path.split('@', 1)[0]?.split('/').at(-1) ?? run.path;
  return {
    id: run.id,
    name: run.name ?? workflow,
    workflow,
    title: run.display_title,
    ref: run.head_branch ?? undefined,
    commit: run.head_sha,
    attempt: run.run_attempt,
    status: run.status ?? 'queued',
    conclusion: run.conclusion ?? '',
    createdAt: Date.parse(run.created_at),
    startedAt: Date.parse(run.run_started_at ?? run.created_at),
    updatedAt: Date.parse(run.updated_at ?? run.created_at),
    url: run.html_url,
  };
}
