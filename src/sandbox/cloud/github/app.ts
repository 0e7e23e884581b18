import { createPublicKey, generateKeyPairSync, randomUUID, verify } from 'node:crypto';
import { z } from 'zod';
import type { Answer, Call, Route } from '../http.ts';
import { githubError, notFound } from './errors.ts';
import { stamp } from './world.ts';

const HOUR_MS = 3_600_000;
const ORDER = ['read', 'write'];
/** GitHub takes no longer ones. */
const LONGEST_JWT_S = 10 * 60;

/** A GitHub App that is installed on the repositories of its owner. */
export interface App {
  readonly id: number;
  readonly installationId: number;
  /** As GitHub gives it: PEM, PKCS#1. */
  readonly privateKey: string;
  /** What it was granted. */
  readonly permissions: Map<string, string>;
  /** The repositories it is installed on, by name; all of them while undefined. */
  installedOn: ReadonlySet<string> | undefined;
  isSuspended: boolean;
  /** How long its tokens are good, by the real clock, as its callers' signatures are. */
  tokenMs: number;
  /** Tokens given out, newest last. */
  readonly tokens: readonly string[];
  /** Takes every token back that was given out. */
  revoke(): void;
}

/** The app, the route that gives out its tokens, and what a token is good for. */
export interface AppInstallation {
  readonly app: App;
  readonly route: Route;
  /** Why a request with this token is refused; undefined when it is not; `unknown` when it is no token of the app. */
  refusalOf(token: string, call: Call): Answer | 'unknown' | undefined;
}

interface Grant {
  readonly endsAt: number;
  readonly repositories: readonly string[] | undefined;
}

const Asked = z.object({ repositories: z.array(z.string()).optional() }).optional();
const Header = z.object({ alg: z.literal('RS256') });
const Claims = z.object({
  iat: z.number().int(),
  exp: z.number().int(),
  iss: z.union([z.string(), z.number()]),
});

/** Made when it is first asked for, and once in a process: it takes its time. */
let pem: string | undefined;

/** An app with all that Backstop uses granted. */
export function createApp(): AppInstallation {
  const grants = new Map<string, Grant>();
  const app: App = {
    id: 712_345,
    installationId: 48_210_077,
    get privateKey() {
      pem ??= generateKeyPairSync('rsa', {
        modulusLength: 2048,
        publicKeyEncoding: { type: 'spki', format: 'pem' },
        privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      }).privateKey;
      return pem;
    },
    permissions: new Map([
      ['metadata', 'read'],
      ...['actions', 'administration', 'contents', 'issues', 'pull_requests'].map(
        (name): [string, string] => [name, 'write'],
      ),
      ...['checks', 'deployments', 'statuses'].map((name): [string, string] => [name, 'read']),
    ]),
    installedOn: undefined,
    isSuspended: false,
    tokenMs: HOUR_MS,
    get tokens() {
      return [...grants.keys()];
    },
    revoke: () => grants.clear(),
  };

  function issue(call: Call): Answer {
    const refusal = refusalOfJwt(app, call.headers.authorization);
    if (refusal) return refusal;
    if (call.params['installation'] !== String(app.installationId)) return notFound();
    if (app.isSuspended) return githubError(403, 'This installation has been suspended');
    const { repositories } = Asked.parse(call.body) ?? {};
    if (repositories?.some((name) => app.installedOn?.has(name) === false)) {
      return githubError(
        422,
        'There is at least one repository that does not exist or is not accessible to the parent installation.',
      );
    }
    const token = `ghs_${randomUUID().replaceAll('-', '')}`;
    const endsAt = Date.now() + app.tokenMs;
    grants.set(token, { endsAt, repositories });
    const body = {
      token,
      expires_at: stamp(endsAt),
      permissions: Object.fromEntries(app.permissions),
      repository_selection: 'selected',
    };
    return { status: 201, body };
  }

  return {
    app,
    route: {
      call: 'POST access_tokens',
      path: '/app/installations/:installation/access_tokens',
      handle: issue,
    },
    refusalOf(token, call) {
      const grant = grants.get(token);
      if (!grant) return 'unknown';
      if (grant.endsAt <= Date.now()) return githubError(401, 'Bad credentials');
      const [, root, , repository] = call.path.split('/');
      const isCovered = repository === undefined || grant.repositories?.includes(repository);
      if (root === 'repos' && isCovered === false) return notFound();
      const [permission = '', level = ''] = call.needs?.split('=') ?? [];
      const isGranted =
        call.needs === undefined || rank(app.permissions.get(permission)) >= rank(level);
      return isGranted ? undefined : githubError(403, 'Resource not accessible by integration');
    },
  };
}

function rank(level: string | undefined): number {
  return level === undefined ? -1 : ORDER.indexOf(level);
}

/** What GitHub says to a JSON Web Token that is not one of the app, or not good now. */
function refusalOfJwt(app: App, authorization: string | undefined): Answer | undefined {
  const [head = '', body = '', signature = ''] =
    /^bearer (.+)$/i.exec(authorization ?? '')?.[1]?.split('.') ?? [];
  const undecodable = githubError(401, 'A JSON web token could not be decoded');
  const claims = Claims.safeParse(decoded(body));
  if (!Header.safeParse(decoded(head)).success || !claims.success) return undecodable;
  const { iss, iat, exp } = claims.data;
  if (String(iss) !== String(app.id)) return githubError(404, 'Integration not found');
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    createPublicKey(app.privateKey),
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) return undecodable;
  const now = Math.floor(Date.now() / 1000);
  if (iat > now) {
    const text =
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
    return githubError(401, text);
  }
  if (exp <= now) {
    const text =
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
    return githubError(401, text);
  }
  if (exp > now + LONGEST_JWT_S) {
    return githubError(401, "'Expiration time' claim ('exp') is too far in the future");
  }
  return undefined;
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
