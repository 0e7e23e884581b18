/** `backstop export --format github-issue`: the post-mortem where its follow-ups are worked on. */

import { userInfo } from 'node:os';
import type { Config } from '../config/config.ts';
import { Refusal } from '../errors.ts';
import { recordExport } from '../flows/record-export.ts';
import { finishByIssue, linkTask } from '../flows/tasks.ts';
import type { Incident } from '../incident.ts';
import { GitHubConnection } from '../integrations/github/schema.ts';
import { trackFollowUp } from '../integrations/github-repository/follow-up-issues.ts';
import { openIssueOnce } from '../integrations/github-repository/post-mortem-issue.ts';
import { type DocumentOptions, postmortemFrom } from '../journal/exports/documents.ts';
import { withoutReferences, writeGithubIssue } from '../journal/exports/github-issue.ts';
import type { Journal } from '../journal/journal.ts';
import { openSqliteJournal } from '../journal/sqlite.ts';
import { createLoop } from '../loop.ts';
import { EXIT } from './exit-codes.ts';

const ISSUE_LIMIT_MS = 120_000;

const Repository = /^[A-Za-z0-9][A-Za-z0-9-]*\/[\w.-]+$/;

/**
 * Opens the issue and records that it was; where it is already, says where.
 * @param repository `owner/name`; the service's own unless given.
 * @throws Refusal for a private incident, or where it is not clear which repository; OutsideError from GitHub.
 */
export async function exportIssue(
  incident: Incident,
  config: Config | undefined,
  options: Omit<DocumentOptions, 'formats'> & { readonly repository?: string | undefined },
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
  const repository = options.repository ?? repositoryOf(incident, config);
  if (!Repository.test(repository)) {
    throw new Refusal('invalid-input', `${repository} is no repository; write it as owner/name.`);
  }
  const journal = openSqliteJournal({ file: config.journal.file, now: Date.now });
  try {
    const issue = writeGithubIssue(postmortemFrom(journal, incident, options));
    const { url, isNew } = await openIssueOnce(
      GitHubConnection.parse(connection),
      repository,
      issue,
      AbortSignal.timeout(ISSUE_LIMIT_MS),
    );
    if (isNew) {
      const actor = { kind: 'operator', name: userInfo().username } as const;
      await createLoop(journal, Date.now).decide(incident.id, actor, recordExport([url]));
    }
    await trackFollowUps(journal, incident.id, {
      connection: GitHubConnection.parse(connection),
      repository,
      parent: url,
      options,
    });
    process.stdout.write(`${isNew ? 'Opened' : 'It is there already:'} ${url}\n`);
    return EXIT.ok;
  } finally {
    await journal.close();
  }
}

interface Tracking {
  readonly connection: GitHubConnection;
  readonly repository: string;
  /** The post-mortem's issue. */
  readonly parent: string;
  readonly options: Pick<DocumentOptions, 'redact'>;
}

/** Opens an issue for each follow-up that people agreed on, and brings what is done on either side over to the other. */
async function trackFollowUps(
  journal: Journal,
  id: string,
  { connection, repository, parent, options }: Tracking,
): Promise<void> {
  const loop = createLoop(journal, Date.now);
  const actor = { kind: 'operator', name: userInfo().username } as const;
  for (const task of loop.incident(id)?.tasks ?? []) {
    if (task.kind !== 'follow-up' || (task.done && task.url === undefined)) continue;
    const text = options.redact(withoutReferences(task.text));
    const { url, isNew, isClosed } = await trackFollowUp(
      connection,
      repository,
      parent,
      {
        title: `${id} ${task.id}: ${text}`.slice(0, 250),
        body: `Follow-up ${task.id} of ${parent}.`,
        isDone: task.done !== undefined,
        url: task.url,
      },
      AbortSignal.timeout(ISSUE_LIMIT_MS),
    );
    await loop.decide(id, actor, linkTask(task.id, url));
    if (isClosed) await loop.decide(id, actor, finishByIssue(task.id));
    process.stdout.write(`${isNew ? 'Opened' : isClosed ? 'Done:' : 'Open:'} ${task.id} ${url}\n`);
  }
}

function repositoryOf(incident: Incident, config: Config): string {
  const environments = Object.values(config.services[incident.service]?.environments ?? {});
  const components = environments.flatMap((each) => Object.values(each.components));
  const named = components.flatMap(({ kind, settings }) =>
    kind === 'github-repository' ? [(settings as { readonly repository: string }).repository] : [],
  );
  const [only, ...more] = [...new Set(named)];
  if (only !== undefined && more.length === 0) return only;
  throw new Refusal(
    'invalid-input',
    only === undefined
      ? `${incident.service} has no github-repository in the configuration; name one with --repository owner/name.`
      : `${incident.service} is built from several repositories (${[only, ...more].join(', ')}); name one with --repository owner/name.`,
  );
}
