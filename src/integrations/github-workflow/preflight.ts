import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import type { Check } from '../../operation.ts';
import { fail, pass } from '../checks.ts';
import type { GitHub } from '../github/client.ts';
import { understood } from '../github/errors.ts';
import { readRepository } from '../github/repository.ts';
import { newestRuns, wordsOfRun } from '../github/runs.ts';
import type { DispatchInput } from './dispatch-input.ts';
import { type GitHubWorkflowSettings, needsTag } from './schema.ts';
import { readTags, tagOf } from './tags.ts';

const Workflow = z.object({ state: z.string() });
const File = z.object({ content: z.string(), encoding: z.literal('base64') });

/** Whether the workflow can be run for the version now. Reads only. @throws OutsideError. */
export async function preflightDispatch(
  github: GitHub,
  settings: GitHubWorkflowSettings,
  { commit, label }: DispatchInput,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const { workflow, branch } = settings;
  const [repository, state, runs, tags] = await Promise.all([
    readRepository(github, signal),
    readWorkflowState(github, workflow, signal),
    newestRuns(github, workflow, {}, signal),
    readTags(github, signal),
  ]);
  const tag = tagOf(tags, commit, label);
  const ref = branch ?? tag;
  const working = runs.find(({ status }) => status !== 'completed');
  return [
    repository.isReadOnly
      ? fail('The repository takes changes', `${github.name} is archived or disabled.`)
      : pass('The repository takes changes', `${github.name} is active.`),
    state === 'active'
      ? pass('The workflow is active', `${workflow} is active.`)
      : fail('The workflow is active', `${workflow} is ${state.replaceAll('_', ' ')}.`),
    needsTag(settings) && tag === undefined
      ? fail('The version has a tag', `No tag is at ${commit.slice(0, 7)}.`)
      : pass('The version has a tag', tag === undefined ? 'None is needed.' : `It is ${tag}.`),
    ref === undefined
      ? fail('The workflow can be dispatched', 'There is no tag to run it on.')
      : await triggerCheck(github, workflow, ref, signal),
    working
      ? fail('Nothing else is being deployed', `${wordsOfRun(working)}: ${working.url}`)
      : pass('Nothing else is being deployed', `No run of ${workflow} is under way.`),
    {
      name: 'What it will do',
      verdict: 'warn',
      reason: `It does all that ${workflow} does on ${ref ?? commit.slice(0, 7)}, also migrations.`,
      blocking: false,
    },
  ];
}

/** `active`, `disabled_manually` and others that GitHub has. @throws OutsideError, `not-found` without such a workflow. */
export async function readWorkflowState(
  github: GitHub,
  workflow: string,
  signal: AbortSignal,
): Promise<string> {
  const attempted = `read workflow ${workflow}`;
  const { data } = await github.read(
    attempted,
    (target) => github.octokit.rest.actions.getWorkflow({ ...target, workflow_id: workflow }),
    signal,
  );
  return understood(Workflow, data, { attempted, name: github.name }).state;
}

/** The workflow as it is at `ref`; undefined when it is not there. @throws OutsideError. */
export async function readWorkflowFile(
  github: GitHub,
  workflow: string,
  ref: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const attempted = `read ${workflow} at ${ref}`;
  try {
    const { data } = await github.read(
      attempted,
      (target) =>
        github.octokit.rest.repos.getContent({
          ...target,
          path: `.github/workflows/${workflow}`,
          ref,
        }),
      signal,
    );
    const { content } = understood(File, data, { attempted, name: github.name });
    return Buffer.from(content, 'base64').toString('utf8');
  } catch (error) {
    // The repository itself was read before.
    if (error instanceof OutsideError && error.detail.kind === 'not-found') return undefined;
    throw error;
  }
}

/** Whether a workflow's text names the trigger; GitHub itself refuses one that has it in a remark only. */
export function hasDispatch(text: string): boolean {
  return /^[^#]*\bworkflow_dispatch\b/m.test(text);
}

async function triggerCheck(
  github: GitHub,
  workflow: string,
  ref: string,
  signal: AbortSignal,
): Promise<Check> {
  const name = 'The workflow can be dispatched';
  const text = await readWorkflowFile(github, workflow, ref, signal);
  if (text === undefined) return fail(name, `There is no ${workflow} at ${ref}.`);
  return hasDispatch(text)
    ? pass(name, `${workflow} at ${ref} has the trigger.`)
    : fail(name, `${workflow} at ${ref} lacks the trigger workflow_dispatch.`);
}
