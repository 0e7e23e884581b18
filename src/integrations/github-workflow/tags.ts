import { z } from 'zod';
import type { GitHub } from '../github/client.ts';
import { understood } from '../github/errors.ts';

const PAGE = 100;
const MOST_PAGES = 5;

const Tags = z.array(z.object({ name: z.string(), commit: z.object({ sha: z.string() }) }));

/** The tags at a commit, by name; of the repository's first five hundred, as GitHub lists them. */
export type Tags = ReadonlyMap<string, readonly string[]>;

/** Which tags are at which commit now. @throws OutsideError. */
export async function readTags(github: GitHub, signal: AbortSignal): Promise<Tags> {
  const attempted = 'list the tags';
  const found = new Map<string, string[]>();
  for (let page = 1; page <= MOST_PAGES; page++) {
    const { data } = await github.read(
      attempted,
      (target) => github.octokit.rest.repos.listTags({ ...target, per_page: PAGE, page }),
      signal,
    );
    const tags = understood(Tags, data, { attempted, name: github.name });
    for (const { name, commit } of tags) {
      found.set(commit.sha, [...(found.get(commit.sha) ?? []), name].sort());
    }
    if (tags.length < PAGE) break;
  }
  return found;
}

/** The tag a version goes by: the one it was deployed from, if it is still there, else the first of its commit. */
export function tagOf(tags: Tags, commit: string, from?: string): string | undefined {
  const names = tags.get(commit) ?? [];
  return names.find((name) => name === from) ?? names[0];
}
