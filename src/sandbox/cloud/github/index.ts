import { createHash } from 'node:crypto';
import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import { createFaults, type Faults } from '../faults.ts';
import { type Answer, type Call, type Route, serve } from '../http.ts';
import { type App, type AppInstallation, createApp } from './app.ts';
import { checkRoutes, startChecks } from './check-routes.ts';
import { commitRoutes } from './commit-routes.ts';
import { dispatchRoutes } from './dispatch-routes.ts';
import { githubError, notFound } from './errors.ts';
import { gitRoutes } from './git-routes.ts';
import { issueRoutes } from './issue-routes.ts';
import { pullRoutes } from './pull-routes.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { refRoutes } from './ref-routes.ts';
import { repositoryRoutes } from './repository-routes.ts';
import { type GitHubWorld, ok, recordsFor } from './route.ts';
import { runRoutes } from './run-routes.ts';
import { createRepository, type Person, type Repository, type Run } from './world.ts';

export { githubFaults } from './errors.ts';
export { mergePull, openPull } from './pulls.ts';
export { addCommit, moveRef, type Person, type Repository, type Run, stamp } from './world.ts';

/** Fine-grained tokens expire; this one in ninety days. */
const TOKEN_MS = 90 * 86_400_000;

/**
 * GitHub's REST API as a fine-grained personal access token or a token of an app sees it: permissions in
 * `x-accepted-github-permissions`, no `x-oauth-scopes`.
 */
export interface GitHub {
  /** What Octokit takes as its base URL. */
  readonly baseUrl: string;
  /** The token that is accepted. */
  readonly token: string;
  /** The app whose tokens are accepted, too. */
  readonly app: App;
  /** Whose token it is. */
  readonly viewer: Person;
  readonly faults: Faults;
  /** The token's allowance for an hour of the cloud's clock. */
  readonly rateLimit: RateLimit;
  /** Permissions the token lacks: `contents=write`; without `contents=read` there is no writing either. */
  readonly denied: Set<string>;
  /** How long a workflow run takes when it is run again, in milliseconds of the cloud's clock. */
  runMs: number;
  /** The checks that run on each new pull request; they take as long as a workflow run, and end as one. */
  checks: readonly string[];
  /** How workflow runs end from now on. */
  conclusion: 'success' | 'failure';
  /** What the pipeline does outside of GitHub, once a run that was run again has succeeded. */
  afterRun: (repository: Repository, run: Run) => void;
  /** Whether a dispatch is answered with the run it started, where that is asked for; older servers answer nothing. */
  tellsRun: boolean;
  /** Mutations that took effect, by the name of their call (`POST git/refs`). */
  readonly mutations: Readonly<Record<string, number>>;
  /** Every request, oldest first. */
  readonly requests: readonly Exchange[];
  /** Adds an empty repository, `owner/name`. Its contents may be read and changed directly. */
  addRepository(fullName: string, defaultBranch?: string): Repository;
  /** The repository as it is now; the first unless named. Throws when there is none. */
  repository(fullName?: string): Repository;
  readonly close: () => Promise<void>;
}

/** Serves a GitHub with no repositories in it; every request is written to `log`. */
export async function createGitHub(o: {
  readonly agenda: Agenda;
  readonly log: Exchange[];
  readonly port?: number | undefined;
}): Promise<GitHub> {
  const { agenda } = o;
  const token = 'github_pat_sandbox';
  const installation = createApp();
  const viewer: Person = { name: 'Backstop', login: 'acme-backstop' };
  const denied = new Set<string>();
  const repositories: Repository[] = [];
  const rateLimit = createRateLimit(agenda);
  const expiresAt = new Date(agenda.now() + TOKEN_MS).toISOString();
  const expiry = {
    'github-authentication-token-expiration': `${expiresAt.slice(0, 19).replace('T', ' ')} UTC`,
  };

  const world: GitHubWorld = {
    repositories,
    agenda,
    viewer,
    runMs: () => github.runMs,
    conclusion: () => github.conclusion,
    afterRun: (repository, run) => github.afterRun(repository, run),
    tellsRun: () => github.tellsRun,
    startChecks: (repository, sha) => startChecks(world, repository, sha, github.checks),
  };
  const routes: readonly Route[] = [
    installation.route,
    ...repositoryRoutes(world),
    ...checkRoutes(world),
    ...gitRoutes(world),
    ...issueRoutes(world),
    ...commitRoutes(world),
    ...pullRoutes(world),
    ...refRoutes(world),
    ...runRoutes(world),
    ...dispatchRoutes(world),
    { call: 'GET user', path: '/user', handle: (call) => ok(recordsFor(call).user(viewer)) },
    { call: 'GET rate_limit', path: '/rate_limit', handle: () => ok(rateLimit.report()) },
  ];
  const faults = createFaults([...new Set(routes.map((route) => route.call))]);
  const service = await serve({
    name: 'github',
    routes: routes.map((route) => conditional(route, rateLimit)),
    faults,
    agenda,
    log: o.log,
    port: o.port,
    guard: (call) =>
      refuseCaller(call, token, installation) ??
      (isUncounted(call) ? undefined : rateLimit.take(viewer)) ??
      refusePermission(call, denied),
    headers: (call) => ({
      ...githubHeaders(call),
      ...rateLimit.headers(),
      ...(tokenIn(call) === token && expiry),
    }),
    notFound,
  });

  function requests(): readonly Exchange[] {
    agenda.settle();
    return o.log.filter((one) => one.service === 'github');
  }

  const github: GitHub = {
    baseUrl: service.url,
    token,
    app: installation.app,
    viewer,
    faults,
    rateLimit,
    denied,
    runMs: 20_000,
    conclusion: 'success',
    checks: [],
    afterRun: () => undefined,
    tellsRun: true,
    get mutations() {
      const counts: Record<string, number> = {};
      for (const { applied, call } of requests()) {
        if (applied) counts[call] = (counts[call] ?? 0) + 1;
      }
      return counts;
    },
    get requests() {
      return requests();
    },
    addRepository(fullName, defaultBranch = 'main') {
      const made = createRepository(730_000_001 + repositories.length, fullName, defaultBranch);
      repositories.push(made);
      return made;
    },
    repository(fullName) {
      agenda.settle();
      const found = repositories.find(
        (one) => fullName === undefined || `${one.owner}/${one.name}` === fullName,
      );
      if (!found) throw new Error(`The simulated GitHub has no repository ${fullName ?? 'yet'}.`);
      return found;
    },
    close: service.close,
  };
  return github;
}

/** Gives reads an `ETag`, and 304 to who has the same already; that costs nothing of the rate limit. */
function conditional(route: Route, rateLimit: RateLimit): Route {
  if (!route.call.startsWith('GET ')) return route;
  return {
    ...route,
    async handle(call) {
      const answer = await route.handle(call);
      if (answer.status !== 200) return answer;
      const etag = `W/"${createHash('sha256').update(JSON.stringify(answer.body)).digest('hex')}"`;
      const headers = {
        ...answer.headers,
        etag,
        'cache-control': 'private, max-age=60, s-maxage=60',
      };
      if (call.headers['if-none-match'] !== etag) return { ...answer, headers };
      rateLimit.giveBack();
      return { status: 304, headers };
    },
  };
}

function refuseCaller(
  call: Call,
  token: string,
  installation: AppInstallation,
): Answer | undefined {
  if (!call.headers['user-agent']) {
    return githubError(
      403,
      'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.',
    );
  }
  // Who signs for an app has no token yet.
  if (isSigned(call)) return undefined;
  const sent = tokenIn(call);
  if (sent === token || (call.path === '/rate_limit' && sent === undefined)) return undefined;
  if (sent !== undefined) {
    const refusal = installation.refusalOf(sent, call);
    return refusal === 'unknown' ? githubError(401, 'Bad credentials') : refusal;
  }
  // A private repository does not exist for strangers.
  return call.path.startsWith('/repos/') ? notFound() : githubError(401, 'Requires authentication');
}

function tokenIn(call: Call): string | undefined {
  return /^(?:bearer|token) (.+)$/i.exec(call.headers.authorization ?? '')?.[1];
}

function isSigned({ path }: Call): boolean {
  return path.startsWith('/app/');
}

/** What costs nothing of the allowance of a token. */
function isUncounted(call: Call): boolean {
  return call.path === '/rate_limit' || isSigned(call);
}

function refusePermission(call: Call, denied: ReadonlySet<string>): Answer | undefined {
  if (call.needs === undefined) return undefined;
  const isDenied = denied.has(call.needs) || denied.has(call.needs.replace('=write', '=read'));
  return isDenied
    ? githubError(403, 'Resource not accessible by personal access token')
    : undefined;
}

function githubHeaders(call: Call): Record<string, string> {
  const id = call.exchange.id.replaceAll('-', '').toUpperCase();
  return {
    server: 'github.com',
    'x-github-media-type': 'github.v3; format=json',
    'x-github-api-version-selected': String(call.headers['x-github-api-version'] ?? '2022-11-28'),
    'x-github-request-id': `${id.slice(0, 4)}:${id.slice(4, 10)}:${id.slice(10, 16)}:${id.slice(16, 23)}:${id.slice(23, 31)}`,
    'access-control-expose-headers': 'ETag, Link, Location, Retry-After, X-GitHub-Request-Id',
    vary: 'Accept, Authorization, Cookie, X-GitHub-OTP',
    ...(call.needs && { 'x-accepted-github-permissions': call.needs }),
  };
}
