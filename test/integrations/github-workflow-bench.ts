import type { Component } from '../../src/component.ts';
import { createGitHubWorkflow } from '../../src/integrations/github-workflow/index.ts';
import type { Run } from '../../src/sandbox/cloud/github/index.ts';
import type { WorkflowDispatch } from '../../src/sandbox/cloud/github/world.ts';
import { connectionTo, type GitHubBench, openGitHubBench } from './github-bench.ts';

const CLEO = { name: 'Cleo Diaz', login: 'cleo' };
const RUN_MS = 60_000;
const MINUTE_MS = 60_000;
const ON_TAG: WorkflowDispatch = { inputs: [], environment: 'production' };

/** The workflow that runs on main, and is told by inputs what to deploy. */
export const ON_BRANCH: WorkflowDispatch = {
  inputs: ['version', 'step'],
  runName: 'Deploy {version} {step}',
  environment: 'production',
  deploys: 'version',
};
export const ON_BRANCH_SETTINGS = {
  branch: 'main',
  inputs: { version: '{commit}', step: '{key}' },
};

export interface DispatchBench extends GitHubBench {
  /** Records a deployment that succeeded, of the commit with that number. */
  deployed(commit: number, ref?: string): void;
  runs(): readonly Run[];
}

/** Three releases, v1 to v3; the last two were deployed to production, and v2 is to be deployed again. */
export async function openDispatchBench(
  o: {
    readonly settings?: Readonly<Record<string, unknown>>;
    readonly dispatch?: WorkflowDispatch | undefined;
    readonly as?: 'token' | 'app';
  } = {},
): Promise<DispatchBench> {
  const bench = await openGitHubBench();
  const { github } = bench.cloud;
  github.runMs = RUN_MS;
  const repository = github.repository();
  const { commits } = bench;
  for (const [n, { sha }] of commits.entries()) repository.refs.set(`refs/tags/v${n + 1}`, sha);
  repository.workflows.push({
    id: 71,
    name: 'Deploy',
    path: '.github/workflows/deploy.yml',
    state: 'active',
    ...('dispatch' in o ? (o.dispatch ? { dispatch: o.dispatch } : {}) : { dispatch: ON_TAG }),
  });
  const make = (settings: Readonly<Record<string, unknown>> = {}): Component =>
    createGitHubWorkflow({
      id: 'web',
      settings: { repository: 'acme/checkout', workflow: 'deploy.yml', ...o.settings, ...settings },
      connections: { github: connectionTo(github, o.as ?? 'token') },
    });
  function deployed(commit: number, ref = `v${commit + 1}`): void {
    const id = 4_000 + repository.deployments.length * 10;
    // Whole seconds, each later than the one before.
    const at = new Date(bench.now() - (30 - repository.deployments.length) * MINUTE_MS);
    const createdAt = `${at.toISOString().slice(0, 19)}Z`;
    const state = {
      description: '',
      environment: 'production',
      logUrl: 'https://github.com/acme/checkout/actions',
      creator: CLEO,
      createdAt,
    };
    for (const one of repository.deployments) {
      one.statuses.push({ ...state, id: one.id + 5, state: 'inactive' });
    }
    repository.deployments.push({
      id,
      sha: commits[commit]?.sha ?? '',
      ref,
      task: 'deploy',
      environment: 'production',
      description: '',
      payload: {},
      creator: CLEO,
      createdAt,
      statuses: [
        { ...state, id: id + 1, state: 'in_progress' },
        { ...state, id: id + 2, state: 'success' },
      ],
    });
  }
  deployed(1);
  deployed(2);
  const component = make();
  const [good, bad] = [commits[1]?.sha ?? '', commits[2]?.sha ?? ''];
  return {
    ...bench,
    component,
    again: () => make(),
    with: make,
    deployed,
    runs: () => repository.runs,
    operation: 'dispatch-workflow',
    input: { commit: good, label: 'v2', replaces: bad, live: 'v3' },
    mutation: 'POST dispatches',
    requests: () => github.requests,
    secrets: o.as === 'app' ? [github.app.privateKey] : [github.token],
    finish: () => bench.pass(RUN_MS),
    takesTime: true,
    interfere: () => deployed(0),
  };
}
