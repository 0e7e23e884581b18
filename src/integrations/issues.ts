import type { IssueTracker } from '../issue-tracker.ts';
import { GitHubConnection } from './github/schema.ts';

/**
 * Issues on GitHub, whose package is loaded when there is something to ask; undefined where no connection to it is configured.
 * @throws ZodError when the connection is not as its schema wants it.
 */
export function issuesOf(configured: unknown): IssueTracker | undefined {
  if (configured === undefined) return undefined;
  const connection = GitHubConnection.parse(configured);
  const loaded = async (): Promise<IssueTracker> => {
    const { createIssueTracker } = await import('./github-repository/issue-tracker.ts');
    return createIssueTracker(connection);
  };
  return {
    openOnce: async (...asked) => (await loaded()).openOnce(...asked),
    track: async (...asked) => (await loaded()).track(...asked),
    isClosed: async (...asked) => (await loaded()).isClosed(...asked),
    close: async (...asked) => (await loaded()).close(...asked),
  };
}
