import type { DoctorFinding } from '../../component.ts';
import { finding, passed, warned } from '../finding.ts';
import { examineAccess, type Need } from '../github/access.ts';
import type { GitHub } from '../github/client.ts';
import { readRepository } from '../github/repository.ts';
import { readLive } from './deployments.ts';
import { hasDispatch, readWorkflowFile, readWorkflowState } from './preflight.ts';
import type { GitHubWorkflowSettings } from './schema.ts';

const NEEDS: readonly Need[] = [
  { permission: 'actions', level: 'write', for: 'running the workflow', must: true },
  { permission: 'contents', level: 'read', for: 'tags and the workflow file', must: true },
  { permission: 'deployments', level: 'read', for: 'what is live', must: true },
];

/** Checks by reading: token or app, the workflow and its trigger, what is live. Never throws. */
export async function examine(
  github: GitHub,
  settings: GitHubWorkflowSettings,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const { workflow, environment } = settings;
  const access = await examineAccess(github, NEEDS, signal);
  if (access.some(({ verdict }) => verdict === 'fail' || verdict === 'unknown')) return access;
  const rest = await Promise.all([
    finding(`workflow ${workflow}`, 'fail', async () => {
      const state = await readWorkflowState(github, workflow, signal);
      if (state !== 'active') {
        const next = `Enable it: gh workflow enable ${workflow} --repo ${github.name}`;
        return { verdict: 'fail', reason: `it is ${state.replaceAll('_', ' ')}`, next };
      }
      const { defaultBranch } = await readRepository(github, signal);
      const ref = settings.branch ?? defaultBranch;
      const text = await readWorkflowFile(github, workflow, ref, signal);
      if (text !== undefined && hasDispatch(text)) return passed('it can be dispatched');
      const next = `Add workflow_dispatch to its triggers on ${ref}; versions tagged from then on can be gone back to.`;
      return { verdict: 'fail', reason: `on ${ref} it cannot be dispatched`, next };
    }),
    finding(`deployments to ${environment}`, 'fail', async () => {
      const live = await readLive(github, environment, signal);
      return live
        ? passed(`${live.commit.slice(0, 7)} is live, from ${live.ref}`)
        : warned(
            'none of the newest twenty succeeded',
            `Name the environment in the workflow's job (\`environment: ${environment}\`), so that GitHub records deployments.`,
          );
    }),
  ]);
  return [...access, ...rest];
}
