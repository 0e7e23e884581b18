import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addCommit, stamp } from '../../../src/sandbox/cloud/github/index.ts';
import { githubFaults } from '../../../src/sandbox/cloud/index.ts';
import { aCheckoutCloud, octokitFor, type Stage } from './clients.ts';

const REPO = { owner: 'acme', repo: 'checkout' };

let stage: Stage;
beforeEach(async () => {
  stage = await aCheckoutCloud();
});
afterEach(() => stage.cloud.close());

const octokit = () => octokitFor(stage.cloud).rest;

describe('what changed', () => {
  it('compares two releases, oldest commit first', async () => {
    const { seeded } = stage;

    const { data } = await octokit().repos.compareCommitsWithBasehead({
      ...REPO,
      basehead: 'v2.3.1...v2.4.0',
    });

    expect(data).toMatchObject({ status: 'ahead', ahead_by: 9, behind_by: 0, total_commits: 9 });
    expect(data.merge_base_commit.sha).toBe(seeded.good.commit);
    expect(data.commits.at(-1)?.sha).toBe(seeded.bad.commit);
    expect(data.commits.map((one) => one.commit.message)[1]).toMatch(
      /^Read tax rates from the pricing service \(#\d+\)$/,
    );
    expect(data.files?.map((file) => file.filename)).toContain('src/pricing.js');
  });

  it('compares page by page, with the files on the first', async () => {
    const basehead = `${stage.seeded.good.commit}...main`;
    const page = (number: number) =>
      octokit().repos.compareCommitsWithBasehead({
        ...REPO,
        basehead,
        per_page: 6,
        page: number,
      });

    const [first, second] = await Promise.all([page(1), page(2)]);

    expect([first.data.commits.length, second.data.commits.length]).toEqual([6, 3]);
    expect(first.headers.link).toContain('rel="next"');
    expect(first.data.files).not.toHaveLength(0);
    expect(second.data.files).toEqual([]);
  });

  it.each([
    ['v2.4.0...v2.3.1', 'behind'],
    ['v2.4.0...main', 'identical'],
    ['v2.4.0...take-gift-cards', 'diverged'],
  ])('sees that %s is %s', async (basehead, status) => {
    const { data } = await octokit().repos.compareCommitsWithBasehead({ ...REPO, basehead });

    expect(data.status).toBe(status);
  });

  it('answers 404 for a ref that does not exist', async () => {
    const basehead = 'v9.9.9...main';

    const compared = octokit().repos.compareCommitsWithBasehead({ ...REPO, basehead });

    await expect(compared).rejects.toMatchObject({ status: 404 });
  });

  it('lists commits through all pages and reads one by tag', async () => {
    const client = octokitFor(stage.cloud);

    const shas = await client.paginate(client.rest.repos.listCommits, { ...REPO, per_page: 10 });
    const { data } = await client.rest.repos.getCommit({ ...REPO, ref: 'v2.3.1' });

    expect(shas).toHaveLength(25);
    expect(shas[0]?.sha).toBe(stage.seeded.bad.commit);
    expect(data.sha).toBe(stage.seeded.good.commit);
    expect(data.stats?.total).toBe(11);
  });

  it('names the pull request a commit came with', async () => {
    const { repos } = octokit();
    const compared = await repos.compareCommitsWithBasehead({
      ...REPO,
      basehead: 'v2.3.1...v2.4.0',
    });
    const commits = compared.data.commits.map((one) => one.sha);

    const pulls = await Promise.all(
      commits.map((commit_sha) =>
        repos.listPullRequestsAssociatedWithCommit({ ...REPO, commit_sha }),
      ),
    );

    expect(pulls.map(({ data }) => data.length)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0]);
    expect(pulls[1]?.data[0]).toMatchObject({
      title: 'Read tax rates from the pricing service',
      user: { login: 'dpetrov' },
      state: 'closed',
    });
  });

  it('shows tags, releases, branches and the repository', async () => {
    const { repos } = octokit();

    const tags = await repos.listTags(REPO);
    const latest = await repos.getLatestRelease(REPO);
    const branch = await repos.getBranch({ ...REPO, branch: 'main' });
    const repository = await repos.get(REPO);

    expect(tags.data.map((one) => one.name)).toEqual(['v2.4.0', 'v2.3.1', 'v2.3.0']);
    expect(latest.data.tag_name).toBe('v2.4.0');
    expect(branch.data.commit.sha).toBe(stage.seeded.bad.commit);
    expect(repository.data).toMatchObject({ full_name: 'acme/checkout', default_branch: 'main' });
  });
});

describe('a hotfix', () => {
  it('gets a branch once; the second time it exists already', async () => {
    const { git } = octokit();
    const hotfix = { ...REPO, ref: 'refs/heads/hotfix/inc-0001', sha: stage.seeded.bad.commit };

    const made = await git.createRef(hotfix);

    expect(made.status).toBe(201);
    await expect(git.createRef(hotfix)).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Reference already exists'),
    });
    const found = await git.getRef({ ...REPO, ref: 'heads/hotfix/inc-0001' });
    expect(found.data.object.sha).toBe(stage.seeded.bad.commit);
    expect(stage.cloud.github.mutations).toEqual({ 'POST git/refs': 1 });
  });

  it.each([
    [{ ref: 'hotfix', sha: 'a'.repeat(40) }, 'not a valid ref name'],
    [{ ref: 'refs/heads/a..b', sha: 'a'.repeat(40) }, 'not a valid ref name'],
    [{ ref: 'refs/heads/hotfix', sha: 'a'.repeat(40) }, 'Object does not exist'],
    [{ ref: 'refs/heads/hotfix', sha: 'v2.4.0' }, 'exactly 40 characters'],
  ])('is refused as %o', async (wrong, message) => {
    const made = octokit().git.createRef({ ...REPO, ...wrong });

    await expect(made).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining(message),
    });
  });

  it('loses its branch, and a missing one cannot be read or deleted', async () => {
    const { git } = octokit();
    const ref = 'heads/take-gift-cards';

    const deleted = await git.deleteRef({ ...REPO, ref });

    expect(deleted.status).toBe(204);
    await expect(git.getRef({ ...REPO, ref })).rejects.toMatchObject({ status: 404 });
    await expect(git.deleteRef({ ...REPO, ref })).rejects.toMatchObject({ status: 422 });
  });

  it('becomes a pull request that is merged unless its branch moved', async () => {
    const { git, pulls, repos } = octokit();
    const { cloud, seeded } = stage;
    const head = 'hotfix/inc-0001';
    await git.createRef({ ...REPO, ref: `refs/heads/${head}`, sha: seeded.bad.commit });
    const proposal = { ...REPO, title: 'Guard the tax rate', head, base: 'main' };
    await expect(pulls.create(proposal)).rejects.toMatchObject({ status: 422 });
    const repository = cloud.github.repository();
    const fix = addCommit(repository, head, {
      message: 'Guard the tax rate',
      author: cloud.github.viewer,
      date: stamp(cloud.now()),
      parents: [seeded.bad.commit],
      files: [{ filename: 'src/totals.js', status: 'modified', additions: 2, deletions: 1 }],
    });

    const { data: made } = await pulls.create(proposal);
    const merge = { ...REPO, pull_number: made.number, merge_method: 'squash' as const };

    expect(made).toMatchObject({ state: 'open', commits: 1, mergeable: true });
    await expect(pulls.create(proposal)).rejects.toMatchObject({
      message: expect.stringContaining('A pull request already exists for acme:hotfix/inc-0001'),
    });
    await expect(pulls.merge({ ...merge, sha: seeded.bad.commit })).rejects.toMatchObject({
      status: 409,
    });
    const merged = await pulls.merge({ ...merge, sha: fix.sha });
    const main = await repos.getBranch({ ...REPO, branch: 'main' });
    expect(main.data.commit.sha).toBe(merged.data.sha);
    expect(main.data.commit.commit.message).toBe(`Guard the tax rate (#${made.number})`);
    await expect(pulls.merge(merge)).rejects.toMatchObject({ status: 405 });
    const { data: after } = await pulls.get({ ...REPO, pull_number: made.number });
    expect(after).toMatchObject({ state: 'closed', merged: true });
  });

  it('cannot be merged while a ruleset freezes the branch', async () => {
    const { pulls, repos } = octokit();
    const { data: open } = await pulls.list(REPO);
    const merge = { ...REPO, pull_number: open[0]?.number ?? 0 };
    const freeze = await repos.createRepoRuleset({
      ...REPO,
      name: 'freeze',
      enforcement: 'active',
      conditions: { ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] } },
      rules: [{ type: 'update' }],
    });

    await expect(pulls.merge(merge)).rejects.toMatchObject({ status: 405 });

    await repos.deleteRepoRuleset({ ...REPO, ruleset_id: freeze.data.id });
    const merged = await pulls.merge(merge);
    expect(merged.data.merged).toBe(true);
  });
});

describe('refs and pull requests', () => {
  it('moves a branch forward only, unless forced', async () => {
    const { git } = octokit();
    const { good } = stage.seeded;
    const back = { ...REPO, ref: 'heads/main', sha: good.commit };

    await expect(git.updateRef(back)).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('not a fast forward'),
    });
    const forced = await git.updateRef({ ...back, force: true });

    expect(forced.data.object.sha).toBe(good.commit);
  });

  it('lists what is open, by branch, and everything on request', async () => {
    const { pulls, git } = octokit();

    const open = await pulls.list(REPO);
    const byHead = await pulls.list({ ...REPO, head: 'acme:take-gift-cards', state: 'all' });
    const all = await pulls.list({ ...REPO, state: 'all', per_page: 100 });
    const tags = await git.listMatchingRefs({ ...REPO, ref: 'tags/v2.3' });

    expect(open.data.map((one) => one.title)).toEqual(['Take gift cards']);
    expect(byHead.data).toEqual(open.data);
    expect(all.data).toHaveLength(22);
    expect(all.data[0]?.title).toBe('Take gift cards');
    expect(tags.data.map((one) => one.ref)).toEqual(['refs/tags/v2.3.0', 'refs/tags/v2.3.1']);
  });

  it('shows what was deployed to production, newest first', async () => {
    const { repos } = octokit();

    const { data } = await repos.listDeployments({ ...REPO, environment: 'production' });
    const deployment_id = data[0]?.id ?? 0;
    const statuses = await repos.listDeploymentStatuses({ ...REPO, deployment_id });

    expect(data.map((one) => one.ref)).toEqual(['v2.4.0', 'v2.3.1', 'v2.3.0']);
    expect(statuses.data[0]?.state).toBe('success');
  });
});

describe('a workflow run', () => {
  it('runs again by the clock', async () => {
    const { actions } = octokit();
    const { data } = await actions.listWorkflowRunsForRepo({
      ...REPO,
      head_sha: stage.seeded.good.commit,
    });
    const run_id = data.workflow_runs[0]?.id ?? 0;
    const look = async () => (await actions.getWorkflowRun({ ...REPO, run_id })).data;

    const again = await actions.reRunWorkflow({ ...REPO, run_id });
    const queued = await look();
    await expect(actions.reRunWorkflow({ ...REPO, run_id })).rejects.toMatchObject({ status: 403 });
    stage.advance(10_000);
    const running = await look();
    stage.advance(10_000);
    const ended = await look();

    expect(again.status).toBe(201);
    expect([queued.status, running.status, ended.status]).toEqual([
      'queued',
      'in_progress',
      'completed',
    ]);
    expect(ended).toMatchObject({ conclusion: 'success', run_attempt: 2 });
  });
});

describe('what GitHub refuses', () => {
  it('a wrong token', async () => {
    const { users } = octokitFor(stage.cloud, 'github_pat_wrong').rest;

    await expect(users.getAuthenticated()).rejects.toMatchObject({
      status: 401,
      message: expect.stringContaining('Bad credentials'),
    });
  });

  it.each(['contents=write', 'contents=read'])(
    'writing without %s, naming the permission',
    async (denied) => {
      stage.cloud.github.denied.add(denied);

      const made = octokit().git.createRef({
        ...REPO,
        ref: 'refs/heads/x',
        sha: stage.seeded.bad.commit,
      });

      await expect(made).rejects.toMatchObject({
        status: 403,
        response: { headers: { 'x-accepted-github-permissions': 'contents=write' } },
      });
      expect(stage.cloud.github.mutations).toEqual({});
    },
  );

  it.each([403, 429] as const)('too much at once with %i and Retry-After', async (status) => {
    const fault = githubFaults.secondaryLimit(60, status);
    stage.cloud.faults.github.add({ on: 'POST git/refs', fault });

    const made = octokit().git.createRef({
      ...REPO,
      ref: 'refs/heads/x',
      sha: stage.seeded.bad.commit,
    });

    await expect(made).rejects.toMatchObject({
      status,
      message: expect.stringContaining('secondary rate limit'),
      response: { headers: { 'retry-after': '60' } },
    });
    expect(stage.cloud.github.repository().refs.has('refs/heads/x')).toBe(false);
  });

  it('more than the hour allows, until the next hour', async () => {
    const { cloud, advance } = stage;
    const { repos } = octokit();
    cloud.github.rateLimit.used = cloud.github.rateLimit.limit;

    await expect(repos.get(REPO)).rejects.toMatchObject({
      status: 403,
      response: { headers: { 'x-ratelimit-remaining': '0' } },
    });
    advance(3_600_000);

    const { headers } = await repos.get(REPO);
    expect(headers['x-ratelimit-remaining']).toBe('4999');
  });

  it('a repository that is not there', async () => {
    const asked = octokit().repos.get({ owner: 'acme', repo: 'nope' });

    await expect(asked).rejects.toMatchObject({ status: 404 });
  });
});

describe('headers', () => {
  it('are those of a fine-grained token: no scopes, a request id, the accepted permission', async () => {
    const { headers } = await octokit().repos.get(REPO);

    expect(headers).not.toHaveProperty('x-oauth-scopes');
    expect(headers['x-github-request-id']).toMatch(/^[0-9A-F:]+$/);
    expect(headers['x-accepted-github-permissions']).toBe('metadata=read');
  });

  it('let a client ask whether anything changed, at no cost', async () => {
    const { repos } = octokit();
    const first = await repos.get(REPO);

    const again = repos.get({ ...REPO, headers: { 'if-none-match': first.headers.etag } });

    await expect(again).rejects.toMatchObject({ status: 304 });
    expect(stage.cloud.github.rateLimit.used).toBe(1);
  });
});

it('a ref can be made although the answer is lost', async () => {
  const { cloud, seeded } = stage;
  cloud.faults.github.add({ on: 'POST git/refs', fault: { kind: 'reset', when: 'after' } });

  const made = octokit().git.createRef({ ...REPO, ref: 'refs/heads/x', sha: seeded.bad.commit });

  await expect(made).rejects.toThrow();
  expect(cloud.github.repository().refs.get('refs/heads/x')).toBe(seeded.bad.commit);
});
