import type { Repository, Run } from './github/index.ts';
import type { Cloud } from './index.ts';
import type { Release } from './release.ts';
import type { CheckoutWorld } from './seed.ts';

/** What `seedWorkflow` made, by the names a configuration uses. */
export interface WorkflowShop {
  readonly workflow: 'deploy.yml';
  /** What customers get now. */
  live(): Release;
  /** Runs that somebody asked for by hand, oldest first. */
  dispatched(): readonly Run[];
}

/**
 * The checkout as a team has it that deploys from GitHub alone: the workflow deploy.yml, run on the tag of a version, puts that version
 * into production. It deployed 2.4.0 twenty minutes ago.
 */
export function seedWorkflow({ github, shop }: Cloud, { good, bad }: CheckoutWorld): WorkflowShop {
  github.runMs = 3_000;
  const repository = github.repository();
  for (const one of repository.workflows) {
    one.dispatch = { inputs: [], environment: 'production' };
  }
  let live = bad;
  shop.serveProduction(() => live);
  github.afterRun = (_repository: Repository, { sha }: Run) => {
    live = [good, bad].find(({ commit }) => commit === sha) ?? live;
  };
  return {
    workflow: 'deploy.yml',
    live: () => live,
    dispatched: () => repository.runs.filter(({ event }) => event === 'workflow_dispatch'),
  };
}
