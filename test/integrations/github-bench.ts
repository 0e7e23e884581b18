import type { Component } from '../../src/component.ts';
import { createGitHubRepository } from '../../src/integrations/github-repository/index.ts';
import { type GitHub, openPull } from '../../src/sandbox/cloud/github/index.ts';
import { addCommit, type Commit } from '../../src/sandbox/cloud/github/world.ts';
import { type Cloud, createCloud } from '../../src/sandbox/cloud/index.ts';
import type { Bench } from './contract.ts';

const CLEO = { name: 'Cleo Diaz', login: 'cleo' };

export interface GitHubBench extends Bench {
  readonly cloud: Cloud;
  /** The commits of main, oldest first. */
  readonly commits: readonly Commit[];
  commit(message: string): Commit;
  /** Moves the world's clock. */
  pass(ms: number): void;
  with(settings: Readonly<Record<string, unknown>>): Component;
}

/** A simulated repository with three commits on main, the last one by pull request 412; asked with a personal token, or as an app. */
export async function openGitHubBench(as: 'token' | 'app' = 'token'): Promise<GitHubBench> {
  // The real time: the doctor judges by it how long the token is still good.
  const start = Date.now();
  let now = start;
  const cloud = await createCloud({ clock: { now: () => now } });
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
  const make = (settings: Readonly<Record<string, unknown>> = {}): Component =>
    createGitHubRepository({
      id: 'source',
      settings: { repository: 'acme/checkout', ...settings },
      connections: { github: connectionTo(github, as) },
    });
  return {
    cloud,
    commits,
    commit,
    component: make(),
    again: () => make(),
    with: make,
    pass: (ms) => {
      now += ms;
    },
    operation: 'create-hotfix-branch',
    input: { branch: 'hotfix/inc-0001', commit: first.sha },
    faults: github.faults,
    mutation: 'POST git/refs',
    requests: () => github.requests,
    secrets: as === 'token' ? [github.token] : [github.app.privateKey],
    now: () => now,
    finish: () => undefined,
    takesTime: false,
    interfere: () => {
      repository.refs.set('refs/heads/hotfix/inc-0001', second.sha);
    },
    close: () => cloud.close(),
  };
}

/** The `github` of a configuration. */
export function connectionTo(github: GitHub, as: 'token' | 'app'): Record<string, unknown> {
  const { baseUrl, token, app } = github;
  if (as === 'token') return { baseUrl, token };
  const { id, installationId, privateKey } = app;
  return { baseUrl, app: { id, installationId, privateKey } };
}

const RUN_MS = 60_000;

/** The same with two past runs of the deploy workflow, of the second and third commit; the first of them is run again. */
export async function openRerunBench(): Promise<GitHubBench> {
  const bench = await openGitHubBench();
  const { github } = bench.cloud;
  github.runMs = RUN_MS;
  const repository = github.repository();
  const workflow = {
    id: 71,
    name: 'Deploy',
    path: '.github/workflows/deploy.yml',
    state: 'active' as const,
  };
  repository.workflows.push(workflow);
  for (const [n, commit] of bench.commits.slice(1).entries()) {
    const at = new Date(bench.now() - (3 - n) * 3_600_000).toISOString();
    repository.runs.push({
      id: 9_001 + n,
      workflow,
      number: 30 + n,
      attempt: 1,
      event: 'push',
      branch: 'main',
      sha: commit.sha,
      title: commit.message,
      actor: CLEO,
      createdAt: at,
      updatedAt: at,
      status: 'completed',
      conclusion: 'success',
    });
  }
  const again = repository.runs[0];
  return {
    ...bench,
    operation: 'rerun-workflow',
    input: { commit: bench.commits[1]?.sha ?? '', since: bench.now() - 3_600_000 },
    mutation: 'POST rerun',
    finish: () => bench.pass(RUN_MS),
    takesTime: true,
    interfere: () => {
      if (!again) throw new Error('The bench has no run.');
      again.attempt = 2;
      again.startedAt = new Date(bench.now()).toISOString();
      again.conclusion = 'failure';
    },
  };
}

/** The three steps that revert the last merge, with the ones before `step` done. */
export async function openRevertBench(
  step: 'create-revert-branch' | 'open-revert-pull' | 'revert-merge',
): Promise<GitHubBench> {
  const bench = await openGitHubBench();
  const { github } = bench.cloud;
  const never = new AbortController().signal;
  github.runMs = RUN_MS;
  github.checks = ['test', 'lint'];
  const repository = github.repository();
  const branch = 'revert/inc-0001';
  const input = { merge: bench.commits[2]?.sha ?? '', branch };
  const steps = ['create-revert-branch', 'open-revert-pull', 'revert-merge'];
  for (const name of steps.slice(0, steps.indexOf(step))) {
    const operation = bench.component.operations[name];
    if (!operation) throw new Error(`no ${name}`);
    const { fingerprint: before, expected } = await operation.observe(input, never);
    const intent = {
      run: 'R1',
      step: name,
      key: `R1/${name}/1`,
      at: bench.now(),
      before,
      expected,
    };
    await operation.submit(input, intent, never);
    bench.pass(RUN_MS);
  }
  const past = github.requests.length;
  const mutations = {
    'create-revert-branch': 'POST git/refs',
    'open-revert-pull': 'POST pulls',
    'revert-merge': 'PUT pull merge',
  };
  return {
    ...bench,
    operation: step,
    input,
    mutation: mutations[step],
    requests: () => github.requests.slice(past),
    finish: () => bench.pass(RUN_MS),
    takesTime: step === 'open-revert-pull',
    interfere: () => {
      if (step === 'create-revert-branch') {
        repository.refs.set(`refs/heads/${branch}`, bench.commits[0]?.sha ?? '');
        return;
      }
      if (step === 'open-revert-pull') {
        openPull(repository, {
          title: 'Other',
          body: '',
          author: CLEO,
          head: branch,
          base: 'main',
          at: bench.now(),
        });
      }
      const pull = repository.pulls.at(-1);
      if (!pull) throw new Error('The bench has no pull request.');
      pull.state = 'closed';
    },
  };
}

/** A hotfix branch with the fix pushed, whose pull request is to be opened. */
export async function openHotfixPullBench(): Promise<GitHubBench> {
  const bench = await openGitHubBench();
  const { github } = bench.cloud;
  const repository = github.repository();
  const branch = 'hotfix/inc-0001';
  const [, , head] = bench.commits;
  addCommit(repository, branch, {
    message: 'Round tax half up again',
    author: CLEO,
    date: new Date(bench.now()).toISOString(),
    parents: head ? [head.sha] : [],
    files: [{ filename: 'src/tax.ts', status: 'modified', additions: 1, deletions: 1 }],
  });
  return {
    ...bench,
    operation: 'open-hotfix-pull',
    input: { branch },
    mutation: 'POST pulls',
    interfere: () => {
      const pull = openPull(repository, {
        title: 'By hand',
        body: '',
        author: CLEO,
        head: branch,
        base: 'main',
        at: bench.now(),
      });
      pull.state = 'closed';
    },
  };
}

const LOCK = 'Backstop: nothing is merged during INC-0001';

/** A repository whose branch is to be locked; or one where it is, to be unlocked. */
export async function openLockBench(
  operation: 'lock-branch' | 'unlock-branch',
): Promise<GitHubBench> {
  const bench = await openGitHubBench();
  const component = bench.with({ freeze: true });
  const { github } = bench.cloud;
  const repository = github.repository();
  const input = { holder: 'INC-0001' };
  if (operation === 'unlock-branch') {
    const signal = AbortSignal.timeout(30_000);
    const seen = await component.operations['lock-branch']?.observe(input, signal);
    const { fingerprint: before = '', expected = '' } = seen ?? {};
    const intent = { run: 'R0', step: 's1', key: 'R0/s1/1', at: bench.now(), before, expected };
    await component.operations['lock-branch']?.submit(input, intent, signal);
  }
  const past = github.requests.length;
  return {
    ...bench,
    component,
    again: () => bench.with({ freeze: true }),
    operation,
    input,
    mutation: operation === 'lock-branch' ? 'POST rulesets' : 'DELETE ruleset',
    requests: () => github.requests.slice(past),
    interfere() {
      const others = repository.rulesets.filter(({ name }) => name !== LOCK);
      const ours = repository.rulesets.find(({ name }) => name === LOCK);
      repository.rulesets.splice(0, repository.rulesets.length, ...others, {
        id: 7,
        target: 'branch',
        include: ['refs/heads/main'],
        rules: [{ type: 'update' }],
        bypassActors: [],
        createdAt: '2026-11-21T03:07:00Z',
        ...ours,
        name: LOCK,
        enforcement: 'disabled',
      });
    },
  };
}
