/** `/postmortem --format github-issue`: the post-mortem where its follow-ups are worked on. */

import { OutsideError, Refusal } from '../errors.ts';
import type { Incident } from '../incident.ts';
import { repositoryFor } from '../issue-tracker.ts';
import { type DocumentOptions, postmortemFrom } from '../journal/exports/documents.ts';
import { writeGithubIssue } from '../journal/exports/github-issue.ts';
import type { Desk, PostmortemIssues, Request } from './desk.ts';

const ISSUE_LIMIT_MS = 120_000;

/** Incidents whose issue is being opened: two people at once must not open two. */
const posting = new WeakMap<Desk, Set<string>>();

/**
 * Where the issue goes: one of the repositories that the service is built from.
 * @param named as somebody typed it.
 * @throws Refusal for a private incident, without a connection to GitHub, and where it is not clear which repository.
 */
export function issueRepository(desk: Desk, incident: Incident, named?: string): string {
  const { id, service } = incident;
  const own = issuesOf(desk).repositoriesOf(service);
  if (incident.private) {
    throw new Refusal(
      'forbidden',
      `${id} is private and goes into no issue. \`/postmortem --format md\` puts it here, for those who may know.`,
    );
  }
  const repository = repositoryFor(service, named, own);
  if (own.includes(repository)) return repository;
  throw new Refusal(
    'forbidden',
    `${service} is not built from ${repository}; from Slack its issues go into ${own.join(' or ') || 'none'}.`,
  );
}

/** Opens the issue, and one for each follow-up, each unless it is there; tells who asked where they are. */
export async function shareIssue(
  desk: Desk,
  request: Request,
  incident: Incident,
  repository: string,
  shape: Omit<DocumentOptions, 'formats'>,
): Promise<void> {
  const { id } = incident;
  const busy = posting.get(desk) ?? new Set();
  posting.set(desk, busy);
  if (busy.has(id)) {
    throw new Refusal('already-done', `The issue of ${id} is being opened. Ask again in a minute.`);
  }
  busy.add(id);
  try {
    const { url, isNew, followUps } = await issuesOf(desk).post(
      id,
      request.actor,
      {
        ...writeGithubIssue(postmortemFrom(desk.journal, incident, shape)),
        repository,
      },
      AbortSignal.timeout(ISSUE_LIMIT_MS),
    );
    const count = followUps.length;
    const under =
      count === 0 ? '' : `, with ${count === 1 ? '1 follow-up' : `${count} follow-ups`}`;
    await request.answer({
      text: isNew
        ? `The post-mortem of ${id} is an issue now: <${url}>${under}.`
        : `The post-mortem of ${id} is an issue already: <${url}>${under}. Its text is left as people made it.`,
    });
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    desk.onError(error);
    throw new Refusal(
      'not-possible',
      `${error.message} Typing it again opens only what is not there.`,
    );
  } finally {
    busy.delete(id);
  }
}

function issuesOf({ issues }: Desk): PostmortemIssues {
  if (issues) return issues;
  throw new Refusal(
    'not-possible',
    'There is no connection to GitHub. Whoever runs Backstop adds `github:` with a token that may write issues to its configuration.',
  );
}
