/**
 * A container registry, as far as one looks into it: manifests (OCI Distribution Specification) behind bearer tokens, which it
 * gives to whoever may pull. It answers for any host whose images it is given; as one of Azure it takes tokens of an identity, too
 * (github.com/Azure/acr, docs/AAD-OAuth.md).
 */
import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import { createFaults, type Faults } from '../faults.ts';
import { type Answer, type Call, type Route, serve } from '../http.ts';

export interface Registry {
  /** Without a slash at the end. */
  readonly url: string;
  readonly login: { readonly username: string; readonly password: string };
  /** Tokens of identities of Azure that are taken in exchange, and the repositories that each may pull from. */
  readonly identities: Map<string, ReadonlySet<string>>;
  /** Repositories that everybody may pull from; the others are for the login. */
  readonly everybodys: Set<string>;
  /** By repository, the tags and digests that are there. */
  readonly repositories: Map<string, Set<string>>;
  readonly faults: Faults;
  readonly requests: readonly Exchange[];
  push(repository: string, ...references: readonly string[]): void;
  readonly close: () => Promise<void>;
}

const SERVICE = 'registry.sandbox';
const AZURE = /^[a-z0-9-]+\.azurecr\.io$/;

/** Serves a registry without images; every request is written to `log`. */
export async function createRegistry(o: {
  readonly agenda: Agenda;
  readonly log: Exchange[];
  readonly port?: number | undefined;
}): Promise<Registry> {
  const login = { username: 'pull', password: 'sandbox-registry-password' };
  const basic = `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
  const everybodys = new Set<string>();
  const repositories = new Map<string, Set<string>>();
  /** What each token is good for. */
  const tokens = new Map<string, string>();

  function token({ headers, query }: Call): Answer {
    const scope = query.get('scope') ?? '';
    const repository = /^repository:(.+):pull$/.exec(scope)?.[1] ?? '';
    const isKnown = headers.authorization === basic;
    if (query.get('service') !== SERVICE) return refused(400, 'UNSUPPORTED', 'unknown service');
    if (!isKnown && headers.authorization !== undefined) {
      return refused(401, 'UNAUTHORIZED', 'incorrect username or password');
    }
    if (!isKnown && !everybodys.has(repository)) {
      return refused(403, 'DENIED', 'requested access to the resource is denied');
    }
    const made = `sandbox-registry-token-${tokens.size + 1}`;
    tokens.set(`Bearer ${made}`, repository);
    return { status: 200, body: { token: made, expires_in: 300 } };
  }

  const identities = new Map<string, ReadonlySet<string>>();
  /** The token of the identity that each was made from. */
  const refreshTokens = new Map<string, string>();

  function exchange({ body }: Call): Answer {
    const form = formOf(body);
    const [identity = ''] = form.getAll('access_token');
    const isAsked =
      form.get('grant_type') === 'access_token' && AZURE.test(form.get('service') ?? '');
    if (!isAsked) return refused(400, 'BAD_REQUEST', 'invalid request');
    if (!identities.has(identity)) {
      return refused(
        401,
        'UNAUTHORIZED',
        'authentication required, visit https://aka.ms/acr/authorization for more information.',
      );
    }
    const made = `sandbox.${'refresh'.repeat(8)}.${refreshTokens.size + 1}`;
    refreshTokens.set(made, identity);
    return { status: 200, body: { refresh_token: made } };
  }

  function access({ body }: Call): Answer {
    const form = formOf(body);
    const identity = refreshTokens.get(form.get('refresh_token') ?? '');
    const repository = /^repository:(.+):pull$/.exec(form.get('scope') ?? '')?.[1] ?? '';
    if (form.get('grant_type') !== 'refresh_token' || !AZURE.test(form.get('service') ?? '')) {
      return refused(400, 'BAD_REQUEST', 'invalid request');
    }
    if (identity === undefined) return refused(401, 'UNAUTHORIZED', 'authentication required');
    const made = `sandbox-registry-token-${tokens.size + 1}`;
    // A token is given all the same; what it may not read, it is refused there.
    tokens.set(`Bearer ${made}`, identities.get(identity)?.has(repository) ? repository : '');
    return { status: 200, body: { access_token: made } };
  }

  function manifest({ origin, params, headers }: Call): Answer {
    const { repository = '', reference = '' } = params;
    if (tokens.get(headers.authorization ?? '') !== repository) {
      const challenge = `Bearer realm="${origin}/token",service="${SERVICE}",scope="repository:${repository}:pull"`;
      const answer = refused(401, 'UNAUTHORIZED', 'authentication required');
      return { ...answer, headers: { 'www-authenticate': challenge } };
    }
    const held = repositories.get(repository);
    if (!held) return refused(404, 'NAME_UNKNOWN', 'repository name not known to registry');
    if (!held.has(reference)) return refused(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    if (!headers.accept?.includes(mediaType)) {
      return refused(
        404,
        'MANIFEST_UNKNOWN',
        'OCI index found, but accept header does not support OCI indexes',
      );
    }
    return {
      status: 200,
      headers: { 'content-type': mediaType },
      body: { schemaVersion: 2, mediaType, manifests: [] },
    };
  }

  const path = '/v2/*repository/manifests/:reference';
  const routes: readonly Route[] = [
    { call: 'GET token', path: '/token', handle: token },
    { call: 'POST exchange', path: '/oauth2/exchange', handle: exchange },
    { call: 'POST token', path: '/oauth2/token', handle: access },
    { call: 'HEAD manifest', path, handle: manifest },
    { call: 'GET manifest', path, handle: manifest },
  ];
  const faults = createFaults(routes.map((route) => route.call));
  const service = await serve({
    name: 'registry',
    routes,
    faults,
    agenda: o.agenda,
    log: o.log,
    port: o.port,
    headers: () => ({ 'docker-distribution-api-version': 'registry/2.0' }),
    notFound: () => refused(404, 'UNSUPPORTED', 'not found'),
  });
  return {
    url: service.url,
    login,
    identities,
    everybodys,
    repositories,
    faults,
    get requests() {
      return o.log.filter((one) => one.service === 'registry');
    },
    push(repository, ...references) {
      const held = repositories.get(repository) ?? new Set();
      repositories.set(repository, new Set([...held, ...references]));
    },
    close: service.close,
  };
}

/** What was posted as a form comes as its fields. */
function formOf(body: unknown): URLSearchParams {
  return new URLSearchParams(body as Record<string, string>);
}

function refused(status: number, code: string, message: string): Answer {
  return { status, body: { errors: [{ code, message }] } };
}
