import { z } from 'zod';
import type { ChangeSet, Changes } from '../../component.ts';
import type { GitHub } from '../github/client.ts';
import { understood } from '../github/errors.ts';

const PAGE = 100;
const MOST_COMMITS = 200;
/** Each commit costs a request for its pull requests. */
const MOST_ASKED = 40;
const AT_ONCE = 5;

const Person = z.object({ login: z.string() }).nullish();

const Comparison = z.object({
  html_url: z.string(),
  total_commits: z.number(),
  commits: z.array(
    z.object({
      sha: z.string(),
      author: Person.catch(undefined),
      commit: z.object({
        message: z.string(),
        author: z.object({ name: z.string().nullish() }).nullish(),
      }),
    }),
  ),
});
type Comparison = z.infer<typeof Comparison>;

const Pulls = z.array(
  z.object({
    number: z.number(),
    title: z.string(),
    html_url: z.string(),
    merged_at: z.string().nullish(),
    user: Person,
  }),
);
type Pull = ChangeSet['pullRequests'][number];

/**
 * Commits and merged pull requests between two commits, newest first: at most 200 commits, and the pull requests of the
 * newest 40 of them; beyond, `truncated` says so.
 */
export function createChanges(github: GitHub): Changes {
  return {
    async between(older, newer, signal): Promise<ChangeSet> {
      const first = await compare(github, older, newer, 1, signal);
      const commits = [...first.commits];
      const wanted = Math.min(first.total_commits, MOST_COMMITS);
      for (let page = 2; commits.length < wanted; page++) {
        const more = await compare(github, older, newer, page, signal);
        if (more.commits.length === 0) break;
        commits.push(...more.commits);
      }
      // GitHub lists the oldest first.
      const newestFirst = commits.slice(0, MOST_COMMITS).reverse();
      const asked = newestFirst.slice(0, MOST_ASKED);
      return {
        commits: newestFirst.map((one) => ({
          id: one.sha,
          title: one.commit.message.split('\n', 1)[0] ?? '',
          author: one.author?.login ?? one.commit.author?.name ?? 'unknown',
        })),
        pullRequests: await pullsOf(github, asked, signal),
        url: first.html_url,
        truncated: first.total_commits > newestFirst.length || newestFirst.length > asked.length,
      };
    },
  };
}

async function compare(
  github: GitHub,
  older: string,
  newer: string,
  page: number,
  signal: AbortSignal,
): Promise<Comparison> {
  const attempted = `compare ${older.slice(0, 12)} with ${newer.slice(0, 12)}`;
  const { data } = await github.read(
    attempted,
    (target) =>
      github.octokit.rest.repos.compareCommitsWithBasehead({
        ...target,
        basehead: `${older}...${newer}`,
        per_page: PAGE,
        page,
      }),
    signal,
  );
  return understood(Comparison, data, { attempted, name: github.name });
}

/** The merged pull requests that brought the commits, each once, newest first. */
async function pullsOf(
  github: GitHub,
  commits: Comparison['commits'],
  signal: AbortSignal,
): Promise<readonly Pull[]> {
  const found = new Map<number, Pull>();
  for (let from = 0; from < commits.length; from += AT_ONCE) {
    const batch = commits.slice(from, from + AT_ONCE);
    const lists = await Promise.all(batch.map(({ sha }) => pullsOfCommit(github, sha, signal)));
    for (const pull of lists.flat()) found.set(pull.number, pull);
  }
  return [...found.values()].sort((a, b) => b.number - a.number);
}

async function pullsOfCommit(
  github: GitHub,
  sha: string,
  signal: AbortSignal,
): Promise<readonly Pull[]> {
  const attempted = `list the pull requests of ${sha.slice(0, 12)}`;
  const { data } = await github.read(
    attempted,
    (target) =>
      github.octokit.rest.repos.listPullRequestsAssociatedWithCommit({
        ...target,
        commit_sha: sha,
      }),
    signal,
  );
  return understood(Pulls, data, { attempted, name: github.name })
    .filter((pull) => typeof pull.merged_at === 'string')
    .map((pull) => ({
      number: pull.number,
      title: pull.title,
      author: pull.user?.login ?? 'unknown',
      url: pull.html_url,
    }));
}
