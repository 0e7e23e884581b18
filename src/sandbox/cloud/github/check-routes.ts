import type { Route } from '../http.ts';
import { apiOf, nodeId, webOf } from './addresses.ts';
import { githubError } from './errors.ts';
import { pageOf } from './paging.ts';
import { createRepositoryRoutes, type GitHubWorld, ok } from './route.ts';
import { type CheckRun, type Repository, resolveRef, stamp } from './world.ts';

/** Check runs of a commit, and its combined status, which nothing in here reports to. */
export function checkRoutes(world: GitHubWorld): readonly Route[] {
  const route = createRepositoryRoutes(world);
  return [
    route(
      { call: 'GET check runs', path: '/commits/:ref/check-runs', needs: 'checks=read' },
      (call, r) => {
        const commit = resolveRef(r, call.params['ref'] ?? '');
        if (!commit) return githubError(422, `No commit found for SHA: ${call.params['ref']}`);
        const runs = r.checkRuns.filter((one) => one.sha === commit.sha);
        return pageOf(call, runs, (page) => ({
          total_count: runs.length,
          check_runs: page.map((one) => checkRecord(call.origin, r, one)),
        }));
      },
    ),
    route(
      { call: 'GET status', path: '/commits/:ref/status', needs: 'statuses=read' },
      (call, r, records) => {
        const commit = resolveRef(r, call.params['ref'] ?? '');
        if (!commit) return githubError(422, `No commit found for SHA: ${call.params['ref']}`);
        const url = `${apiOf(call.origin, r)}/commits/${commit.sha}`;
        return ok({
          state: 'pending',
          statuses: [],
          sha: commit.sha,
          total_count: 0,
          repository: records.repository(r),
          commit_url: url,
          url: `${url}/status`,
        });
      },
    ),
  ];
}

/** Queues a check of each name; they end as a workflow run does. */
export function startChecks(
  world: GitHubWorld,
  repository: Repository,
  sha: string,
  names: readonly string[],
): void {
  for (const name of names) {
    const run: CheckRun = {
      id: 41_200_000_000 + repository.checkRuns.length,
      name,
      sha,
      startedAt: stamp(world.agenda.now()),
      status: 'queued',
      conclusion: null,
    };
    repository.checkRuns.push(run);
    world.agenda.later(world.runMs(), () => {
      run.status = 'completed';
      run.conclusion = world.conclusion();
    });
  }
}

function checkRecord(api: string, r: Repository, one: CheckRun) {
  const url = `${apiOf(api, r)}/check-runs/${one.id}`;
  return {
    id: one.id,
    node_id: nodeId('CR', one.id),
    name: one.name,
    external_id: '',
    url,
    details_url: `${webOf(r)}/runs/${one.id}`,
    output: {
      title: null,
      summary: null,
      text: null,
      annotations_count: 0,
      annotations_url: `${url}/annotations`,
    },
    app: null,
    check_suite: { id: 7_300_000_000 },
    pull_requests: [],
    head_sha: one.sha,
    status: one.status,
    conclusion: one.conclusion,
    started_at: one.startedAt,
    completed_at: one.status === 'completed' ? one.startedAt : null,
    html_url: `${webOf(r)}/runs/${one.id}`,
  };
}
