import { Octokit } from '@octokit/rest';
import { OutsideError } from '../../errors.ts';
import { retryReads } from '../retry-reads.ts';
import { githubError } from './errors.ts';
import { createIdentity, type Identity } from './identity.ts';
import type { GitHubConnection } from './schema.ts';

const READ_TIMEOUT_MS = 30_000;
const CHANGE_TIMEOUT_MS = 20_000;

/** The parameters of every call. */
interface Target {
  readonly owner: string;
  readonly repo: string;
  readonly headers: { readonly authorization: string };
  readonly request: { readonly signal: AbortSignal };
}

/** One repository, as this integration speaks to it. */
export interface GitHub {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  /** `owner/name`. */
  readonly name: string;
  readonly identity: Identity;
  /**
   * A read, repeated when it fails for a passing reason, and once more when a token had been taken back; 30 s for each try.
   * @throws OutsideError; the signal's reason when it was aborted.
   */
  read<T>(attempted: string, call: (target: Target) => Promise<T>, signal: AbortSignal): Promise<T>;
  /**
   * A change, sent once.
   * @throws OutsideError, `ambiguous` when nobody knows whether it was done, also after an abort once it was sent;
   *   the signal's reason when it was aborted before.
   */
  change<T>(
    attempted: string,
    call: (target: Target) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
}

/**
 * A client without the retry and throttling plugins, which send changes again.
 * @param name `owner/name`.
 */
export function createGitHub(connection: GitHubConnection, name: string): GitHub {
  const [owner = '', repo = ''] = name.split('/');
  const nothing = () => undefined;
  const octokit = new Octokit({
    baseUrl: connection.baseUrl.replace(/\/+$/, ''),
    userAgent: 'backstop',
    // Octokit would print failed requests.
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });
  const identity = createIdentity(connection, octokit, name);

  async function attempt<T>(
    asked: 'read' | 'change',
    attempted: string,
    call: (target: Target) => Promise<T>,
    authorization: string,
    signal: AbortSignal,
  ): Promise<T> {
    signal.throwIfAborted();
    const timeout = AbortSignal.timeout(asked === 'read' ? READ_TIMEOUT_MS : CHANGE_TIMEOUT_MS);
    const request = { signal: AbortSignal.any([signal, timeout]) };
    try {
      return await call({ owner, repo, headers: { authorization }, request });
    } catch (error) {
      if (signal.aborted && asked === 'read') throw signal.reason;
      const gaveUp = signal.aborted ? 'aborted' : timeout.aborted ? 'timed-out' : undefined;
      const what = { asked, attempted, on: `repository ${name}` };
      const { kind: holder } = identity;
      throw githubError(what, error, { gaveUp, secrets: identity.secrets(), holder });
    }
  }

  return {
    octokit,
    owner,
    repo,
    name,
    identity,
    async read(attempted, call, signal) {
      const once = async (authorization: string) =>
        retryReads(() => attempt('read', attempted, call, authorization, signal), signal);
      const authorization = await identity.authorization(signal);
      try {
        return await once(authorization);
      } catch (error) {
        if (!isRefused(error) || !identity.refused(authorization)) throw error;
        return once(await identity.authorization(signal));
      }
    },
    async change(attempted, call, signal) {
      const authorization = await identity.authorization(signal);
      try {
        return await attempt('change', attempted, call, authorization, signal);
      } catch (error) {
        // It was not done; whoever asks again does so with a new token.
        if (isRefused(error)) identity.refused(authorization);
        throw error;
      }
    },
  };
}

function isRefused(error: unknown): boolean {
  return error instanceof OutsideError && error.detail.kind === 'credentials';
}
