import { z } from 'zod';
import type { GitHub } from './client.ts';
import { understood } from './errors.ts';

export interface RepositoryState {
  readonly defaultBranch: string;
  readonly isReadOnly: boolean;
  /** Undefined when GitHub does not say what the token may do. */
  readonly mayPush: boolean | undefined;
  /** When the token ends, as GitHub writes it. */
  readonly tokenEnds: string | undefined;
}

const Repository = z.object({
  default_branch: z.string(),
  archived: z.boolean(),
  disabled: z.boolean().optional(),
  permissions: z.object({ push: z.boolean() }).optional(),
});

/**
 * The repository as GitHub describes it to this token.
 * @throws OutsideError, `not-found` also when the token may not see it.
 */
export async function readRepository(
  github: GitHub,
  signal: AbortSignal,
): Promise<RepositoryState> {
  const attempted = 'read the repository';
  const response = await github.read(
    attempted,
    (target) => github.octokit.rest.repos.get({ ...target }),
    signal,
  );
  const found = understood(Repository, response.data, { attempted, name: github.name });
  const ends = response.headers['github-authentication-token-expiration'];
  return {
    defaultBranch: found.default_branch,
    isReadOnly: found.archived || found.disabled === true,
    mayPush: found.permissions?.push,
    tokenEnds: typeof ends === 'string' ? ends : undefined,
  };
}
