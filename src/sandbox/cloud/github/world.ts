import { createHash } from 'node:crypto';

export interface Person {
  readonly name: string;
  readonly login: string;
}

/** The blobs of a commit by path. */
export type Tree = ReadonlyMap<string, string>;

export interface ChangedFile {
  readonly filename: string;
  readonly status: 'added' | 'modified' | 'removed';
  readonly additions: number;
  readonly deletions: number;
}

export interface Commit {
  readonly sha: string;
  readonly message: string;
  readonly author: Person;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly parents: readonly string[];
  readonly files: readonly ChangedFile[];
  /** Blob by path, where it was written through the git data API; else it follows from the files of the commits before. */
  readonly tree?: Tree | undefined;
}

export interface Pull {
  readonly number: number;
  title: string;
  body: string;
  readonly author: Person;
  readonly head: string;
  headSha: string;
  readonly base: string;
  baseSha: string;
  readonly createdAt: string;
  readonly isDraft: boolean;
  state: 'open' | 'closed';
  closedAt?: string;
  mergedAt?: string;
  mergedBy?: Person;
  mergeSha?: string;
}

/** A release's page with its notes; what runs where is not GitHub's business. */
export interface PublishedRelease {
  readonly id: number;
  readonly tag: string;
  readonly name: string;
  readonly body: string;
  readonly author: Person;
  readonly publishedAt: string;
  readonly isDraft: boolean;
  readonly isPrerelease: boolean;
}

export interface DeploymentStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly environment: string;
  readonly logUrl: string;
  readonly creator: Person;
  readonly createdAt: string;
}

export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string;
  readonly payload: unknown;
  readonly creator: Person;
  readonly createdAt: string;
  /** Oldest first. */
  readonly statuses: DeploymentStatus[];
}

export interface Workflow {
  readonly id: number;
  readonly name: string;
  readonly path: string;
  state: 'active' | 'disabled_manually';
  /** What it does when it is dispatched; without it has no such trigger. */
  dispatch?: WorkflowDispatch;
}

/** The trigger of a workflow that deploys. */
export interface WorkflowDispatch {
  readonly inputs: readonly string[];
  /** How its runs are named; `{input}` is that input. */
  readonly runName?: string;
  /** What its job deploys to, which GitHub records. */
  readonly environment: string;
  /** The input that names the tag or commit to deploy; what the run is on unless given. */
  readonly deploys?: string;
}

export interface Run {
  readonly id: number;
  readonly workflow: Workflow;
  readonly number: number;
  attempt: number;
  readonly event: string;
  readonly branch: string;
  readonly sha: string;
  readonly title: string;
  readonly actor: Person;
  readonly createdAt: string;
  /** When its newest attempt started; `createdAt` of one that was never run again. */
  startedAt?: string;
  updatedAt: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly sha: string;
  readonly startedAt: string;
  status: 'queued' | 'completed';
  conclusion: string | null;
}

export interface Ruleset {
  readonly id: number;
  readonly name: string;
  readonly target: string;
  readonly enforcement: string;
  readonly include: readonly string[];
  readonly rules: readonly { readonly type: string }[];
  readonly bypassActors: readonly unknown[];
  readonly createdAt: string;
}

/** An issue, or what a follow-up is worked on in. */
export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly createdAt: string;
  readonly body?: string;
  /** The number of the issue that it hangs under. */
  parent?: number;
  state: 'open' | 'closed';
  closedAt?: string;
}

export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  /** By sha, in the order they were made. */
  readonly commits: Map<string, Commit>;
  /** `refs/heads/main` to sha. */
  readonly refs: Map<string, string>;
  readonly pulls: Pull[];
  readonly issues: Issue[];
  /** Newest first. */
  readonly releases: PublishedRelease[];
  readonly deployments: Deployment[];
  readonly workflows: Workflow[];
  readonly runs: Run[];
  readonly rulesets: Ruleset[];
  readonly checkRuns: CheckRun[];
  /** Trees written through the git data API, by sha. */
  readonly trees: Map<string, Tree>;
  /** True while pull requests wait for somebody's approval. */
  needsReview: boolean;
  /** True of a private repository on a plan without rulesets. */
  lacksRulesets: boolean;
}

/** A repository with nothing in it. */
export function createRepository(id: number, fullName: string, defaultBranch: string): Repository {
  const [owner = '', name = ''] = fullName.split('/');
  return {
    id,
    owner,
    name,
    defaultBranch,
    commits: new Map(),
    refs: new Map(),
    pulls: [],
    issues: [],
    releases: [],
    deployments: [],
    workflows: [],
    runs: [],
    rulesets: [],
    checkRuns: [],
    trees: new Map(),
    needsReview: false,
    lacksRulesets: false,
  };
}

/** A moment as GitHub writes it: UTC, whole seconds. */
export function stamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * Adds a commit on top of `parents` and moves `branch` to it, and with it the head of an open pull request;
 * the sha follows from the content unless given.
 */
export function addCommit(
  repository: Repository,
  branch: string,
  commit: Omit<Commit, 'sha'> & { readonly sha?: string },
): Commit {
  const seed = JSON.stringify([commit.message, commit.date, commit.author, commit.parents, branch]);
  const sha = commit.sha ?? createHash('sha1').update(seed).digest('hex');
  const made = { ...commit, sha };
  repository.commits.set(sha, made);
  moveRef(repository, `refs/heads/${branch}`, sha);
  return made;
}

/** Creates a ref or moves it; an open pull request follows its branch. */
export function moveRef(repository: Repository, ref: string, sha: string): void {
  repository.refs.set(ref, sha);
  for (const pull of repository.pulls) {
    if (pull.state === 'open' && ref === `refs/heads/${pull.head}`) pull.headSha = sha;
  }
}

/** The commit a branch, tag, full ref or (abbreviated) sha means. */
export function resolveRef(repository: Repository, ref: string): Commit | undefined {
  const sha =
    repository.refs.get(ref) ??
    repository.refs.get(`refs/${ref}`) ??
    repository.refs.get(`refs/heads/${ref}`) ??
    repository.refs.get(`refs/tags/${ref}`) ??
    abbreviated(repository, ref);
  return sha === undefined ? undefined : repository.commits.get(sha);
}

/** All commits reachable from `from`, newest first. */
export function history(repository: Repository, from: Commit): readonly Commit[] {
  const seen = new Set<string>();
  const queue = [from.sha];
  for (let sha = queue.pop(); sha !== undefined; sha = queue.pop()) {
    if (seen.has(sha)) continue;
    seen.add(sha);
    queue.push(...(repository.commits.get(sha)?.parents ?? []));
  }
  return [...repository.commits.values()]
    .map((commit, index) => ({ commit, index }))
    .filter(({ commit }) => seen.has(commit.sha))
    .sort((a, b) => b.commit.date.localeCompare(a.commit.date) || b.index - a.index)
    .map(({ commit }) => commit);
}

/** What three-dot comparison sees: commits on one side only, oldest first, and where the sides parted. */
export function compareCommits(repository: Repository, base: Commit, head: Commit) {
  const ofBase = history(repository, base);
  const ofHead = history(repository, head);
  const baseShas = new Set(ofBase.map((commit) => commit.sha));
  const headShas = new Set(ofHead.map((commit) => commit.sha));
  return {
    mergeBase: ofHead.find((commit) => baseShas.has(commit.sha)),
    ahead: ofHead.filter((commit) => !baseShas.has(commit.sha)).reverse(),
    behind: ofBase.filter((commit) => !headShas.has(commit.sha)),
  };
}

/** The files that commits changed together. */
export function changedFiles(commits: readonly Commit[]): readonly ChangedFile[] {
  const files = new Map<string, ChangedFile>();
  for (const file of commits.flatMap((commit) => commit.files)) {
    const before = files.get(file.filename);
    files.set(file.filename, {
      ...(before ?? file),
      additions: (before?.additions ?? 0) + file.additions,
      deletions: (before?.deletions ?? 0) + file.deletions,
    });
  }
  return [...files.values()];
}

/** True while an active ruleset keeps everybody from moving the branch. */
export function isFrozen(repository: Repository, branch: string): boolean {
  const names = [`refs/heads/${branch}`, branch, '~ALL'];
  if (branch === repository.defaultBranch) names.push('~DEFAULT_BRANCH');
  return repository.rulesets.some(
    (ruleset) =>
      ruleset.enforcement === 'active' &&
      ruleset.rules.some((rule) => rule.type === 'update') &&
      ruleset.include.some((pattern) => names.includes(pattern)),
  );
}

function abbreviated(repository: Repository, ref: string): string | undefined {
  if (!/^[0-9a-f]{7,40}$/.test(ref)) return undefined;
  const matches = [...repository.commits.keys()].filter((sha) => sha.startsWith(ref));
  return matches.length === 1 ? matches[0] : undefined;
}
