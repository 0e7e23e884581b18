import { addCommit, mergePull, moveRef, openPull, type Repository, stamp } from './github/index.ts';
import type { Cloud } from './index.ts';
import type { Release } from './release.ts';
import { COMMITS, type SeedCommit } from './seed-commits.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const MAIN = 'main';
const FIRST_PULL = 471;

/** What `seedCheckout` made, by the names a configuration uses. */
export interface CheckoutWorld {
  readonly resourceGroup: 'rg-shop';
  readonly app: 'acme-checkout';
  readonly slot: 'staging';
  readonly repository: 'acme/checkout';
  /** In production, and broken. */
  readonly bad: Release;
  /** In staging; it was in production until the last swap. */
  readonly good: Release;
}

/**
 * Fills an empty cloud: repository acme/checkout and web app acme-checkout in rg-shop. Cleo put 2.4.0 into production
 * twenty minutes ago, and its checkout fails; staging holds 2.3.1, which worked.
 */
export function seedCheckout(cloud: Cloud): CheckoutWorld {
  const now = cloud.now();
  const repository = cloud.github.addRepository('acme/checkout', MAIN);
  for (const commit of COMMITS) addToMain(repository, commit, now);

  const times = {
    first: now - 558 * HOUR_MS,
    good: now - 216 * HOUR_MS,
    bad: now - 20 * MINUTE_MS,
  };
  const first = releaseOf(repository, '2.3.0', 'ben@acme.example', times.first);
  const good = releaseOf(repository, '2.3.1', 'ben@acme.example', times.good);
  const bad: Release = {
    ...releaseOf(repository, '2.4.0', 'cleo@acme.example', times.bad),
    behaviour: 'errors',
  };
  for (const release of [first, good, bad]) publish(repository, release);
  const settings = { PRICING_URL: 'https://pricing.internal.acme.example', WEBSITES_PORT: '8080' };
  cloud.azure.addApp({
    resourceGroup: 'rg-shop',
    name: 'acme-checkout',
    stickySettings: ['SLOT_NAME', 'PAYMENT_MODE'],
    slots: {
      production: {
        release: bad,
        history: [first],
        settings: { ...settings, SLOT_NAME: 'production', PAYMENT_MODE: 'live' },
      },
      staging: {
        release: good,
        settings: { ...settings, SLOT_NAME: 'staging', PAYMENT_MODE: 'test' },
      },
    },
    pastSwaps: [first, good, bad].map((release) => ({
      slot: 'staging',
      at: Date.parse(release.deployedAt),
      by: release.author,
    })),
  });
  return {
    resourceGroup: 'rg-shop',
    app: 'acme-checkout',
    slot: 'staging',
    repository: 'acme/checkout',
    bad,
    good,
  };
}

function addToMain(repository: Repository, commit: SeedCommit, now: number): void {
  const at = now - commit.hoursAgo * HOUR_MS;
  const head = repository.refs.get(`refs/heads/${MAIN}`);
  if (commit.tag !== undefined || head === undefined) {
    const { sha } = addCommit(repository, MAIN, {
      ...contentOf(commit),
      date: stamp(at),
      parents: head === undefined ? [] : [head],
    });
    if (commit.tag !== undefined) moveRef(repository, `refs/tags/${commit.tag}`, sha);
    return;
  }
  const branch = addBranch(repository, commit, now);
  const pull = openPull(repository, {
    title: commit.title,
    body: '',
    author: commit.author,
    head: branch.head,
    base: MAIN,
    at: branch.at,
    number: nextPull(repository),
  });
  if (commit.isOpen) return;
  mergePull(repository, pull, { method: 'squash', by: commit.author, at, deletesBranch: true });
}

/** A branch with the change in it, five hours before it is merged or asked for. */
function addBranch(
  repository: Repository,
  commit: SeedCommit,
  now: number,
): { readonly head: string; readonly at: number } {
  const head = commit.title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const at = now - (commit.hoursAgo + 5) * HOUR_MS;
  const base = repository.refs.get(`refs/heads/${MAIN}`);
  addCommit(repository, head, {
    ...contentOf(commit),
    date: stamp(at),
    parents: base === undefined ? [] : [base],
  });
  return { head, at };
}

function contentOf({ title, author, files }: SeedCommit) {
  return {
    message: title,
    author,
    files: Object.entries(files).map(([filename, [additions, deletions]]) => ({
      filename,
      status: deletions === 0 ? ('added' as const) : ('modified' as const),
      additions,
      deletions,
    })),
  };
}

/** Issues have numbers of the same series, so pull requests leave gaps. */
function nextPull(repository: Repository): number {
  const last = repository.pulls.at(-1)?.number ?? FIRST_PULL;
  return last + 1 + (repository.pulls.length % 3) * 2;
}

function releaseOf(
  repository: Repository,
  version: string,
  author: string,
  deployedAt: number,
): Release {
  const commit = repository.refs.get(`refs/tags/v${version}`);
  if (commit === undefined) throw new Error(`The seed has no release ${version}.`);
  return {
    version,
    commit,
    message: `Release ${version}`,
    author,
    deployedAt: new Date(deployedAt).toISOString(),
    behaviour: 'good',
  };
}

/** What GitHub keeps of a release: its page, the run that deployed it, the deployment. */
function publish(repository: Repository, release: Release): void {
  const commit = repository.commits.get(release.commit);
  if (!commit) throw new Error(`The seed has no commit for ${release.version}.`);
  const id = repository.runs.length + 1;
  const at = stamp(Date.parse(release.deployedAt));
  const workflow = repository.workflows[0] ?? {
    id: 88_100_201,
    name: 'Deploy',
    path: '.github/workflows/deploy.yml',
    state: 'active',
  };
  if (repository.workflows.length === 0) repository.workflows.push(workflow);
  repository.releases.unshift({
    id: 190_400_000 + id,
    tag: `v${release.version}`,
    name: release.version,
    body: `What changed in ${release.version} is in CHANGELOG.md.`,
    author: commit.author,
    publishedAt: commit.date,
    isDraft: false,
    isPrerelease: false,
  });
  repository.runs.push({
    id: 11_840_000_000 + id,
    workflow,
    number: 60 + id,
    attempt: 1,
    event: 'release',
    branch: `v${release.version}`,
    sha: release.commit,
    title: release.message,
    actor: commit.author,
    createdAt: commit.date,
    updatedAt: at,
    status: 'completed',
    conclusion: 'success',
  });
  repository.deployments.push({
    id: 2_310_000_000 + id,
    sha: release.commit,
    ref: `v${release.version}`,
    task: 'deploy',
    environment: 'production',
    description: `Deploy ${release.version}`,
    payload: {},
    creator: commit.author,
    createdAt: at,
    statuses: [
      {
        id: 5_720_000_000 + id,
        state: 'success',
        description: 'Swapped into production',
        environment: 'production',
        logUrl: `https://github.com/acme/checkout/actions/runs/${11_840_000_000 + id}`,
        creator: commit.author,
        createdAt: at,
      },
    ],
  });
}
