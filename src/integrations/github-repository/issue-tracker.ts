import type { IssueTracker } from '../../issue-tracker.ts';
import type { GitHubConnection } from '../github/schema.ts';
import { closeIssue, isIssueClosed, trackFollowUp } from './follow-up-issues.ts';
import { openIssueOnce } from './post-mortem-issue.ts';

/** GitHub's issues, with the connection's token: it needs the permission `issues: write`. */
export function createIssueTracker(connection: GitHubConnection): IssueTracker {
  return {
    openOnce: (repository, issue, signal) => openIssueOnce(connection, repository, issue, signal),
    track: (repository, parent, followUp, signal) =>
      trackFollowUp(connection, repository, parent, followUp, signal),
    isClosed: (url, signal) => isIssueClosed(connection, url, signal),
    close: (url, signal) => closeIssue(connection, url, signal),
  };
}
