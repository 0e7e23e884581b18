import type { Octokit } from '@octokit/rest';
import githubAppJwt from 'universal-github-app-jwt';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { plainCause } from '../redact.ts';
import { retryReads } from '../retry-reads.ts';
import { githubError, understood } from './errors.ts';
import type { Identity, Permissions } from './identity.ts';
import type { GitHubApp } from './schema.ts';
import { createSharedRequest } from './shared-request.ts';

const TIMEOUT_MS = 30_000;
/** A token is good for an hour; it is renewed while a request under way can still end with it. */
const RENEWED_BEFORE_MS = 5 * 60_000;
const ATTEMPTED = 'get a token of the installation';

const Issued = z.object({
  token: z.string().min(1),
  expires_at: z.string(),
  permissions: z.record(z.string(), z.string()).default({}),
});

interface Token {
  readonly token: string;
  readonly endsAt: number;
  readonly permissions: Permissions;
}

/**
 * Tokens of an app's installation, for one repository alone: asked for when the first is needed, again before one ends or
 * after GitHub refused it, and kept nowhere but in memory. The request for one is repeated as a read is: a token more than
 * needed changes nothing.
 *
 * Octokit's own `auth-app` is not used for it: within five seconds of a new token it sends every request again that is
 * answered 401, also a change, and its request for a token can be neither cancelled nor limited in time.
 */
export function createInstallationTokens(
  app: GitHubApp,
  octokit: Octokit,
  repository: string,
): Identity {
  const [, name = ''] = repository.split('/');
  let current: Token | undefined;
  /** Newest first; the one before may still be in use. */
  let issued: readonly string[] = [];
  const secrets = () => [app.privateKey, ...issued];
  const what = { asked: 'read', attempted: ATTEMPTED, on: `repository ${repository}` } as const;

  async function ask(stop: AbortSignal): Promise<Token> {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const jwt = await jwtOf(app, repository);
    try {
      const { data } = await octokit.rest.apps.createInstallationAccessToken({
        installation_id: app.installationId,
        repositories: [name],
        headers: { authorization: `bearer ${jwt}` },
        request: { signal: AbortSignal.any([stop, timeout]) },
      });
      const answer = understood(Issued, data, { attempted: ATTEMPTED, name: repository });
      const { token, permissions } = answer;
      issued = [token, ...issued].slice(0, 2);
      return { token, permissions, endsAt: Date.parse(answer.expires_at) };
    } catch (error) {
      if (error instanceof OutsideError) throw error;
      const gaveUp = stop.aborted ? 'aborted' : timeout.aborted ? 'timed-out' : undefined;
      const failure = githubError(what, error, {
        gaveUp,
        secrets: [...secrets(), jwt],
        next: (status, words) => nextFor(app, repository, status, words),
      });
      // Whatever GitHub does not find here, it is not what was to be read.
      const isRefused = ['permission', 'not-found', 'rejected'].includes(failure.detail.kind);
      throw isRefused ? new OutsideError({ ...failure.detail, kind: 'credentials' }) : failure;
    }
  }
  const renew = createSharedRequest(async (stop) => {
    current = await retryReads(() => ask(stop), stop);
    return current;
  });
  async function token(signal: AbortSignal): Promise<Token> {
    signal.throwIfAborted();
    const isGood = current !== undefined && current.endsAt - Date.now() > RENEWED_BEFORE_MS;
    return isGood && current ? current : renew(signal);
  }

  return {
    kind: 'app',
    name: `GitHub App ${app.id}`,
    authorization: async (signal) => `token ${(await token(signal)).token}`,
    refused(authorization) {
      if (current && authorization === `token ${current.token}`) current = undefined;
      return true;
    },
    permissions: async (signal) => (await token(signal)).permissions,
    secrets,
  };
}

/** Says who asks: good for ten minutes, and signed with the app's key. @throws OutsideError when the key cannot be read. */
async function jwtOf({ id, privateKey }: GitHubApp, repository: string): Promise<string> {
  try {
    return (
      await githubAppJwt<number | string>({
        id,
        privateKey: privateKey.replaceAll('\\n', '\n').trim(),
      })
    ).token;
  } catch (error) {
    throw new OutsideError({
      kind: 'credentials',
      system: 'GitHub',
      attempted: ATTEMPTED,
      on: `repository ${repository}`,
      answer: 'the private key of the app cannot be read, and nothing was sent',
      next: 'Set `github.app.privateKey` to the .pem file as GitHub gave it, best by a `file:` reference.',
      cause: plainCause(error, [privateKey]),
    });
  }
}

function nextFor(
  { id, installationId }: GitHubApp,
  repository: string,
  status: number,
  words: string,
): string | undefined {
  if (/'(exp|iat)'/.test(words)) {
    return "Set this machine's clock right: GitHub takes half a minute of difference.";
  }
  if (/integration not found/i.test(words)) {
    return `Check \`github.app.id\`: GitHub knows no app ${id}.`;
  }
  if (/suspended/i.test(words)) {
    return `An owner has to unsuspend installation ${installationId} of the app, on its settings page.`;
  }
  switch (status) {
    case 401:
      return `Check \`github.app.privateKey\`: it is none of app ${id}. Make one at the app's settings > Private keys.`;
    case 404:
      return `Check \`github.app.installationId\`: app ${id} has no installation ${installationId}; its number is at the end of its address.`;
    case 422:
      return `Install app ${id} on ${repository}: the installation's settings > Repository access.`;
    default:
      return undefined;
  }
}
