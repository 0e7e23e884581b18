/** `backstop export --format github-issue`: the post-mortem where its follow-ups are worked on. */

import { userInfo } from 'node:os';
import type { Config } from '../config/config.ts';
import { postIssue } from '../engine/post-issue.ts';
import { Refusal } from '../errors.ts';
import type { Incident } from '../incident.ts';
import { GitHubConnection } from '../integrations/github/schema.ts';
import { createIssueTracker } from '../integrations/github-repository/issue-tracker.ts';
import { repositoryFor } from '../issue-tracker.ts';
import { type DocumentOptions, postmortemFrom } from '../journal/exports/documents.ts';
import { writeGithubIssue } from '../journal/exports/github-issue.ts';
import { openSqliteJournal } from '../journal/sqlite.ts';
import { createLoop } from '../loop.ts';
import { EXIT } from './exit-codes.ts';
import { repositoriesOf } from './repositories.ts';

const ISSUE_LIMIT_MS = 120_000;

/**
 * Opens the issue and records that it was; where it is already, says where.
 * @param repository `owner/name`; the service's own unless given.
 * @throws Refusal for a private incident, or where it is not clear which repository; OutsideError from GitHub.
 */
export async function exportIssue(
  incident: Incident,
  config: Config | undefined,
  options: Omit<DocumentOptions, 'formats'> & {
    readonly repository?: string | undefined;
    /** The journal's. */
    readonly file: string;
  },
): Promise<number> {
  const connection = config?.connections['github'];
  if (!config || connection === undefined) {
    throw new Refusal(
      'not-possible',
      'There is no connection to GitHub; add github: with a token to the configuration, with the permission to write issues.',
    );
  }
  if (incident.private) {
    throw new Refusal(
      'forbidden',
      `${incident.id} is private and goes into no issue. Export it to a file, for those who may know.`,
    );
  }
  const { id, service } = incident;
  const repository = repositoryFor(service, options.repository, repositoriesOf(config, service));
  const tracker = createIssueTracker(GitHubConnection.parse(connection));
  const journal = openSqliteJournal({ file: options.file, now: Date.now });
  try {
    const posted = await postIssue(
      { loop: createLoop(journal, Date.now), tracker },
      id,
      { kind: 'operator', name: userInfo().username },
      {
        ...writeGithubIssue(postmortemFrom(journal, incident, options)),
        repository,
      },
      AbortSignal.timeout(ISSUE_LIMIT_MS),
    );
    const lines = [
      ...posted.followUps.map(({ task, url, state }) => `${STATES[state]} ${task} ${url}`),
      `${posted.isNew ? 'Opened' : 'It is there already:'} ${posted.url}`,
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
    return EXIT.ok;
  } finally {
    await journal.close();
  }
}

const STATES = { opened: 'Opened', open: 'Open:', done: 'Done:' } as const;
