import type { Octokit } from '@octokit/rest';
import { createInstallationTokens } from './installation-token.ts';
import type { GitHubConnection } from './schema.ts';

/** A permission of a GitHub App, by GitHub's name: `pull_requests`, and what it is given for: `read`, `write`, `admin`. */
export type Permissions = Readonly<Record<string, string>>;

/** As whom GitHub is asked. */
export interface Identity {
  readonly kind: 'token' | 'app';
  /** For people: `token`, `GitHub App 1234`. */
  readonly name: string;
  /**
   * What goes into `Authorization`.
   * @throws OutsideError when an app gets no token; the signal's reason when it was aborted.
   */
  authorization(signal: AbortSignal): Promise<string>;
  /** Told that GitHub did not take it. True when another one is to be had, which the next call gives. */
  refused(authorization: string): boolean;
  /** What the app was granted; undefined of a personal token, which GitHub does not say. */
  permissions(signal: AbortSignal): Promise<Permissions | undefined>;
  /** What must be in no message. */
  secrets(): readonly string[];
}

/** Who `connection` says; tokens of an app are good for one repository alone. */
export function createIdentity(
  connection: GitHubConnection,
  octokit: Octokit,
  repository: string,
): Identity {
  const { token, app } = connection;
  if (app) return createInstallationTokens(app, octokit, repository);
  // One of the two is there: the schema has seen to it.
  const secret = token ?? '';
  return {
    kind: 'token',
    name: 'token',
    async authorization(signal) {
      signal.throwIfAborted();
      return `token ${secret}`;
    },
    refused: () => false,
    permissions: async () => undefined,
    secrets: () => [secret],
  };
}
