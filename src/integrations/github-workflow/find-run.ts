import type { GitHub } from '../github/client.ts';
import { newestRuns, type WorkflowRun } from '../github/runs.ts';
import type { GitHubWorkflowSettings } from './schema.ts';

/** How far GitHub's clock may be behind ours, milliseconds. */
const SKEW_MS = 60_000;

/** What is known of a dispatch whose answer gave no run. */
export interface Dispatch {
  /** The branch or tag. */
  readonly ref: string;
  /** The step's key. */
  readonly key: string;
  /** When it was decided on, epoch milliseconds. */
  readonly at: number;
}

export type FoundRun =
  | { readonly state: 'ours'; readonly run: WorkflowRun }
  | { readonly state: 'none' }
  /** Some were started on that branch since, and nothing tells whose they are. */
  | { readonly state: 'unclear'; readonly runs: readonly WorkflowRun[] };

/**
 * The run that a dispatch started. By its run-name, where an input of the workflow carries the step's key and its run-name shows it;
 * else by what it runs on, where that is the version's own tag: then whoever started it, it deploys what was to be deployed.
 * @throws OutsideError.
 */
export async function findDispatched(
  github: GitHub,
  settings: GitHubWorkflowSettings,
  { ref, key, at }: Dispatch,
  signal: AbortSignal,
): Promise<FoundRun> {
  const all = await newestRuns(github, settings.workflow, { event: 'workflow_dispatch' }, signal);
  const runs = all.filter((one) => one.ref === ref && one.createdAt >= at - SKEW_MS);
  const named = all.find((one) => one.title.includes(key));
  if (named) return { state: 'ours', run: named };
  const [newest] = runs;
  if (!newest) return { state: 'none' };
  return settings.branch === undefined
    ? { state: 'ours', run: newest }
    : { state: 'unclear', runs };
}
