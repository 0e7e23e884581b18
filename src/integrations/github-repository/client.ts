import { Octokit } from '@octokit/rest';
import { retryReads } from '../retry-reads.ts';
import { githubError } from './errors.ts';
import type { GitHubConnection, GitHubRepositorySettings } from './schema.ts';

const READ_TIMEOUT_MS = 30_000;
const CHANGE_TIMEOUT_MS = 20_000;

/** The parameters of every call. */
interface Target {
  readonly owner: string;
  readonly repo: string;
  readonly request: { readonly signal: AbortSignal };
}

/** One repository, as this integration speaks to it. */
export interface GitHub {
  readonly octokit: Octokit;
  readonly owner: string;
  readonly repo: string;
  /** `owner/name`. */
  readonly name: string;
  /**
   * A read, repeated when it fails for a passing reason; 30 s for each try.
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

/** A client without the retry and throttling plugins, which send changes again. */
export function createGitHub(
  connection: GitHubConnection,
  settings: GitHubRepositorySettings,
): GitHub {
  const [owner = '', repo = ''] = settings.repository.split('/');
  const nothing = () => undefined;
  const octokit = new Octokit({
    auth: connection.token,
    baseUrl: connection.baseUrl.replace(/\/+$/, ''),
    userAgent: 'backstop',
    // Octokit would print failed requests.
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  });

  async function attempt<T>(
    asked: 'read' | 'change',
    attempted: string,
    call: (target: Target) => Promise<T>,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<T> {
    signal.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await call({ owner, repo, request: { signal: AbortSignal.any([signal, timeout]) } });
    } catch (error) {
      if (signal.aborted && asked === 'read') throw signal.reason;
      const gaveUp = signal.aborted ? 'aborted' : timeout.aborted ? 'timed-out' : undefined;
      const what = { asked, attempted, on: `repository ${settings.repository}` };
      throw githubError(what, error, { gaveUp, secrets: [connection.token] });
    }
  }

  return {
    octokit,
    owner,
    repo,
    name: settings.repository,
    read: (attempted, call, signal) =>
      retryReads(() => attempt('read', attempted, call, READ_TIMEOUT_MS, signal), signal),
    change: (attempted, call, signal) =>
      attempt('change', attempted, call, CHANGE_TIMEOUT_MS, signal),
  };
}
