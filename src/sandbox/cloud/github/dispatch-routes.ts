import { z } from 'zod';
import type { Route } from '../http.ts';
import { apiOf, webOf } from './addresses.ts';
import { githubError, notFound } from './errors.ts';
import { createRepositoryRoutes, type GitHubWorld, ok } from './route.ts';
import { start } from './run-routes.ts';
import {
  type Repository,
  type Run,
  resolveRef,
  stamp,
  type Workflow,
  type WorkflowDispatch,
} from './world.ts';

const Dispatch = z.object({
  ref: z.string(),
  inputs: z.record(z.string(), z.string()).default({}),
  return_run_details: z.boolean().default(false),
});
type Inputs = z.infer<typeof Dispatch>['inputs'];

/** One workflow, its file, and its runs by hand. */
export function dispatchRoutes(world: GitHubWorld): readonly Route[] {
  const route = createRepositoryRoutes(world);
  return [
    route(
      { call: 'GET workflow', path: '/actions/workflows/:workflow', needs: 'actions=read' },
      (call, r, records) => {
        const found = workflowOf(r, call.params['workflow']);
        return found ? ok(records.workflow(r, found)) : notFound();
      },
    ),
    route({ call: 'GET contents', path: '/contents/*path', needs: 'contents=read' }, (call, r) => {
      const path = call.params['path'] ?? '';
      const found = r.workflows.find((one) => one.path === path);
      const ref = call.query.get('ref') ?? r.defaultBranch;
      if (!found || !resolveRef(r, ref)) return notFound();
      return ok(fileRecord(apiOf(call.origin, r), r, path, ref, textOf(found)));
    }),
    route(
      {
        call: 'POST dispatches',
        path: '/actions/workflows/:workflow/dispatches',
        needs: 'actions=write',
        mutates: 'now',
      },
      (call, r) => {
        const workflow = workflowOf(r, call.params['workflow']);
        if (!workflow) return notFound();
        const asked = Dispatch.safeParse(call.body);
        if (!asked.success) return githubError(422, 'Invalid request.');
        const { ref, inputs, return_run_details: isTold } = asked.data;
        const named = r.refs.has(`refs/tags/${ref}`) || r.refs.has(`refs/heads/${ref}`);
        const commit = named ? resolveRef(r, ref) : undefined;
        if (!commit) return githubError(422, `No ref found for: ${ref}`);
        const { dispatch } = workflow;
        if (workflow.state !== 'active') {
          return githubError(422, 'Cannot trigger a "workflow_dispatch" on a disabled workflow');
        }
        if (!dispatch) {
          return githubError(422, "Workflow does not have 'workflow_dispatch' trigger");
        }
        const unknown = Object.keys(inputs).filter((name) => !dispatch.inputs.includes(name));
        if (unknown.length > 0) {
          return githubError(422, `Unexpected inputs provided: ${JSON.stringify(unknown)}`);
        }
        const run = begin(world, r, workflow, { dispatch, inputs, ref, sha: commit.sha });
        if (!isTold || !world.tellsRun()) return { status: 204 };
        return ok({
          workflow_run_id: run.id,
          run_url: `${apiOf(call.origin, r)}/actions/runs/${run.id}`,
          html_url: `${webOf(r)}/actions/runs/${run.id}`,
        });
      },
    ),
  ];
}

function begin(
  world: GitHubWorld,
  repository: Repository,
  workflow: Workflow,
  o: {
    readonly dispatch: WorkflowDispatch;
    readonly inputs: Inputs;
    readonly ref: string;
    readonly sha: string;
  },
): Run {
  const { dispatch, inputs, ref, sha } = o;
  const now = stamp(world.agenda.now());
  const title = (dispatch.runName ?? workflow.name).replace(
    /\{(\w+)\}/g,
    (_, name: string) => inputs[name] ?? '',
  );
  const run: Run = {
    id: Math.max(0, ...repository.runs.map((one) => one.id)) + 1,
    workflow,
    number: Math.max(0, ...repository.runs.map((one) => one.number)) + 1,
    attempt: 1,
    event: 'workflow_dispatch',
    branch: ref,
    sha,
    title,
    actor: world.viewer,
    createdAt: now,
    updatedAt: now,
    status: 'queued',
    conclusion: null,
  };
  repository.runs.push(run);
  start(world, repository, run, () => {
    const named = dispatch.deploys === undefined ? undefined : inputs[dispatch.deploys];
    const deployed = named === undefined ? undefined : resolveRef(repository, named);
    deploy(world, repository, run, {
      environment: dispatch.environment,
      ref: named ?? ref,
      sha: deployed?.sha ?? sha,
    });
    world.afterRun(repository, run);
  });
  return run;
}

/** What GitHub records of a job that names an environment. */
function deploy(
  world: GitHubWorld,
  repository: Repository,
  run: Run,
  {
    environment,
    ref,
    sha,
  }: { readonly environment: string; readonly ref: string; readonly sha: string },
): void {
  const createdAt = stamp(world.agenda.now());
  const creator = world.viewer;
  for (const one of repository.deployments) {
    if (one.environment !== environment || one.statuses.at(-1)?.state !== 'success') continue;
    const last = one.statuses.at(-1);
    if (last) one.statuses.push({ ...last, id: last.id + 100_000, state: 'inactive', createdAt });
  }
  const id = Math.max(0, ...repository.deployments.map((one) => one.id)) + 1;
  repository.deployments.push({
    id,
    sha,
    ref,
    task: 'deploy',
    environment,
    description: '',
    payload: {},
    creator,
    createdAt,
    statuses: [
      {
        id: id + 1,
        state: 'success',
        description: '',
        environment,
        logUrl: `${webOf(repository)}/actions/runs/${run.id}`,
        creator,
        createdAt,
      },
    ],
  });
}

function workflowOf(repository: Repository, asked: string | undefined): Workflow | undefined {
  return repository.workflows.find(
    (one) => String(one.id) === asked || one.path.endsWith(`/${asked}`),
  );
}

/** The workflow's file, as far as anybody reads it here. */
function textOf({ name, dispatch }: Workflow): string {
  const inputs = dispatch?.inputs.map((one) => `      ${one}: { type: string }\n`).join('') ?? '';
  const trigger = dispatch
    ? `  workflow_dispatch:\n${inputs === '' ? '' : `    inputs:\n${inputs}`}`
    : '';
  return `name: ${name}\non:\n  push:\n${trigger}`;
}

function fileRecord(api: string, r: Repository, path: string, ref: string, text: string) {
  const url = `${api}/contents/${path}?ref=${ref}`;
  const html = `${webOf(r)}/blob/${ref}/${path}`;
  const git = `${api}/git/blobs/${'0'.repeat(40)}`;
  return {
    type: 'file',
    encoding: 'base64',
    size: Buffer.byteLength(text),
    name: path.split('/').at(-1),
    path,
    content: Buffer.from(text).toString('base64'),
    sha: '0'.repeat(40),
    url,
    git_url: git,
    html_url: html,
    download_url: null,
    _links: { git, self: url, html },
  };
}
