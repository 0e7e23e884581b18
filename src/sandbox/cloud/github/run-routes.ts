import type { Call, Route } from '../http.ts';
import { githubError, notFound } from './errors.ts';
import { pageOf } from './paging.ts';
import { createRepositoryRoutes, type GitHubWorld, ok, type RepositoryHandler } from './route.ts';
import { type Repository, type Run, stamp } from './world.ts';

const READ = 'actions=read';
const WRITE = 'actions=write';
/** GitHub's limit on the age of a run that is run again. */
const RERUN_MS = 30 * 86_400_000;

/** Workflows and their runs. */
export function runRoutes(world: GitHubWorld): readonly Route[] {
  const route = createRepositoryRoutes(world);

  const rerun: RepositoryHandler = (call, repository) => {
    const run = runOf(call, repository);
    if (!run) return notFound();
    if (run.status !== 'completed') return githubError(403, 'This workflow is already running');
    if (world.agenda.now() - Date.parse(run.createdAt) > RERUN_MS) {
      return githubError(
        403,
        'Unable to retry this workflow run because it was created over a month ago',
      );
    }
    run.attempt += 1;
    start(world, repository, run);
    return { status: 201, body: {} };
  };

  return [
    route({ call: 'GET runs', path: '/actions/runs', needs: READ }, list),
    route({ call: 'GET run', path: '/actions/runs/:run', needs: READ }, (call, r, records) => {
      const run = runOf(call, r);
      return run ? ok(records.run(r, run)) : notFound();
    }),
    route(
      { call: 'POST rerun', path: '/actions/runs/:run/rerun', needs: WRITE, mutates: 'now' },
      rerun,
    ),
    route({ call: 'GET workflows', path: '/actions/workflows', needs: READ }, (call, r, records) =>
      pageOf(call, r.workflows, (page) => ({
        total_count: r.workflows.length,
        workflows: page.map((workflow) => records.workflow(r, workflow)),
      })),
    ),
    route(
      { call: 'GET workflow runs', path: '/actions/workflows/:workflow/runs', needs: READ },
      list,
    ),
  ];
}

const list: RepositoryHandler = (call, repository, records) => {
  const runs = runsAsked(call, repository);
  return pageOf(call, runs, (page) => ({
    total_count: runs.length,
    workflow_runs: page.map((run) => records.run(repository, run)),
  }));
};

/** Lets a run go: queued at once, under way after a tenth of the time it takes, then completed. */
export function start(
  world: GitHubWorld,
  repository: Repository,
  run: Run,
  then: () => void = () => world.afterRun(repository, run),
): void {
  const move = (status: Run['status'], conclusion: string | null) => {
    run.status = status;
    run.conclusion = conclusion;
    run.updatedAt = stamp(world.agenda.now());
  };
  const takesMs = world.runMs();
  run.startedAt = stamp(world.agenda.now());
  move('queued', null);
  world.agenda.later(takesMs / 10, () => move('in_progress', null));
  world.agenda.later(takesMs, () => {
    move('completed', world.conclusion());
    if (run.conclusion === 'success') then();
  });
}

function runsAsked(call: Call, repository: Repository): readonly Run[] {
  const { query } = call;
  const status = query.get('status');
  const workflow = call.params['workflow'];
  const wanted = (name: string, value: string) => !query.has(name) || query.get(name) === value;
  return repository.runs
    .filter((run) => wanted('branch', run.branch) && wanted('event', run.event))
    .filter((run) => wanted('head_sha', run.sha) && wanted('actor', run.actor.login))
    .filter((run) => !status || run.status === status || run.conclusion === status)
    .filter((run) => isCreated(query.get('created'), run.createdAt))
    .filter(
      (run) =>
        workflow === undefined ||
        String(run.workflow.id) === workflow ||
        run.workflow.path.endsWith(`/${workflow}`),
    )
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id - a.id);
}

/** Understands `>=date`, `>date`, `<=date`, `<date`, `from..to` and a day. */
function isCreated(asked: string | null, createdAt: string): boolean {
  if (!asked) return true;
  const at = Date.parse(createdAt);
  const [from, to] = asked.split('..');
  if (from !== undefined && to !== undefined) return at >= Date.parse(from) && at <= Date.parse(to);
  const [, sign, date = ''] = /^([<>]=?)?(.+)$/.exec(asked) ?? [];
  const bound = Date.parse(date);
  if (sign === undefined) return createdAt.startsWith(asked);
  if (sign.startsWith('>')) return at > bound || (sign === '>=' && at === bound);
  return at < bound || (sign === '<=' && at === bound);
}

function runOf(call: Call, repository: Repository): Run | undefined {
  return repository.runs.find((run) => String(run.id) === call.params['run']);
}
