import type { Component } from '../../src/component.ts';
import { createGitHubRepository } from '../../src/integrations/github-repository/index.ts';
import { addCommit, type Commit } from '../../src/sandbox/cloud/github/world.ts';
import { type Cloud, createCloud } from '../../src/sandbox/cloud/index.ts';
import type { Bench } from './contract.ts';

const CLEO = { name: 'Cleo Diaz', login: 'cleo' };

export interface GitHubBench extends Bench {
  readonly cloud: Cloud;
  /** The commits of main, oldest first. */
  readonly commits: readonly Commit[];
  commit(message: string): Commit;
}

/** A simulated repository with three commits on main, the last one by pull request 412. */
export async function openGitHubBench(): Promise<GitHubBench> {
  // The real time: the doctor judges by it how long the token is still good.
  const start = Date.now();
  const cloud = await createCloud({ clock: { now: () => start } });
  const { github } = cloud;
  const repository = github.addRepository('acme/checkout');
  const commits: Commit[] = [];
  function commit(message: string): Commit {
    const made = addCommit(repository, 'main', {
      message,
      author: CLEO,
      date: new Date(start - 3_600_000 + commits.length * 60_000).toISOString(),
      parents: commits.slice(-1).map((one) => one.sha),
      files: [{ filename: 'src/tax.ts', status: 'modified', additions: 3, deletions: 1 }],
    });
    commits.push(made);
    return made;
  }
  const [first, second, third] = [
    commit('Round totals half up (#405)'),
    commit('Prepare tax by region'),
    commit('Charge tax by the region of the basket (#412)\n\nCloses #400.'),
  ];
  repository.pulls.push({
    number: 412,
    title: 'Charge tax by the region of the basket',
    body: '',
    author: CLEO,
    head: 'tax',
    headSha: third.sha,
    base: 'main',
    baseSha: second.sha,
    createdAt: new Date(start - 86_400_000).toISOString(),
    isDraft: false,
    state: 'closed',
    mergedAt: new Date(start - 1_800_000).toISOString(),
    mergedBy: CLEO,
    mergeSha: third.sha,
  });
  const make = (): Component =>
    createGitHubRepository({
      id: 'source',
      settings: { repository: 'acme/checkout' },
      connections: { github: { baseUrl: github.baseUrl, token: github.token } },
    });
  return {
    cloud,
    commits,
    commit,
    component: make(),
    again: make,
    operation: 'create-hotfix-branch',
    input: { branch: 'hotfix/inc-0001', commit: first.sha },
    faults: github.faults,
    mutation: 'POST git/refs',
    requests: () => github.requests,
    secrets: [github.token],
    now: () => start,
    finish: () => undefined,
    takesTime: false,
    interfere: () => {
      repository.refs.set('refs/heads/hotfix/inc-0001', second.sha);
    },
    close: () => cloud.close(),
  };
}
