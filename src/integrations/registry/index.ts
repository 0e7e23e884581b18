/**
 * Looks for images in registries by the API that they have in common (OCI Distribution Specification 1.1, «Pulling manifests»;
 * tokens: distribution.github.io/distribution/spec/auth/token). Reads only, and pulls nothing.
 */

import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { answerError, noAnswerError, type Speech } from '../json-api/failures.ts';
import { createJsonApi, readBody } from '../json-api/index.ts';
import { retryReads } from '../retry-reads.ts';
import { type ImageName, imageName } from './image-name.ts';
import type { ImagePlace } from './images-check.ts';
import { RegistriesConnection } from './schema.ts';

const TIMEOUT_MS = 8_000;
/** Images and lists of them, in both forms that are in use; a registry may hide what it is not asked for. */
const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');
/** They are asked without being configured: the name of an image goes nowhere else. */
const PUBLIC =
  /^(docker\.io|ghcr\.io|quay\.io|mcr\.microsoft\.com|public\.ecr\.aws|[a-z0-9]+\.azurecr\.io)$/;
const ADDRESSES: Readonly<Record<string, string>> = { 'docker.io': 'https://registry-1.docker.io' };
const NAMES: Readonly<Record<string, string>> = { 'docker.io': 'Docker Hub' };

const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() });
const Errors = z.object({
  errors: z.array(z.object({ code: z.string(), message: z.string().optional() })).min(1),
});

interface Login {
  readonly username: string;
  readonly password: string;
}

export interface Registries {
  /** Where the image is looked for, or why nobody looks. @param own who the caller is there, unless the configuration says. */
  placeOf(image: string, own?: (server: string) => Login | undefined): ImagePlace | string;
}

/** @param connection `registries` of the configuration; undefined where there is none. Throws ZodError on what was not parsed. */
export function createRegistries(connection: unknown): Registries {
  const { servers } = RegistriesConnection.parse(connection ?? {});
  return {
    placeOf(image, own) {
      const name = imageName(image);
      if (!name) return 'its name is none that a registry takes';
      const known = Object.hasOwn(servers, name.server) ? servers[name.server] : undefined;
      if (!known && !PUBLIC.test(name.server)) {
        return `${name.server} is not under \`registries.servers\` in backstop.yaml`;
      }
      const address = known?.address ?? ADDRESSES[name.server] ?? `https://${name.server}`;
      const login = known?.login ?? own?.(name.server);
      return {
        name: NAMES[name.server] ?? name.server,
        has: (signal) => isThere(name, address, login, signal),
      };
    },
  };
}

/** @throws OutsideError when the registry does not tell. */
async function isThere(
  name: ImageName,
  address: string,
  login: Login | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const { repository, reference } = name;
  const url = `${address.replace(/\/+$/, '')}/v2/${repository}/manifests/${reference}`;
  const speech = speechOf(name, login);
  const what = {
    asked: 'read',
    attempted: 'look whether it is there',
    on: `image ${repository}${reference.includes(':') ? '@' : ':'}${reference}`,
  } as const;

  /** An answer that says yes, no, or who are you. */
  const ask = (method: 'HEAD' | 'GET', authorization: string | undefined) =>
    retryReads(async () => {
      const timeout = AbortSignal.timeout(TIMEOUT_MS);
      try {
        const response = await fetch(url, {
          method,
          redirect: 'manual',
          headers: {
            accept: MANIFESTS,
            'user-agent': 'backstop',
            ...(authorization === undefined ? {} : { authorization }),
          },
          signal: AbortSignal.any([signal, timeout]),
        });
        const { ok, status, headers } = response;
        const body = jsonIn(await readBody(response));
        const challenge = headers.get('www-authenticate') ?? '';
        const isAsked = status === 401 && authorization === undefined && challenge !== '';
        if (ok || status === 404 || isAsked) return { status, body, challenge };
        const retryAfter = headers.get('retry-after') ?? undefined;
        throw answerError(what, { status, body, retryAfter, requestId: undefined }, speech);
      } catch (error) {
        if (error instanceof OutsideError) throw error;
        if (signal.aborted) throw signal.reason;
        throw noAnswerError(what, error, timeout.aborted ? 'timed-out' : undefined, speech);
      }
    }, signal);

  const first = await ask('HEAD', undefined);
  const authorization =
    first.status === 401
      ? await authorize(
          first.challenge,
          { address, repository, login, speech, on: what.on },
          signal,
        )
      : undefined;
  const { status } = authorization === undefined ? first : await ask('HEAD', authorization);
  if (status !== 404) return true;
  // Why not is only said in a body.
  const { status: again, body } = await ask('GET', authorization);
  if (again !== 404) return true;
  const code = Errors.safeParse(body).data?.errors[0]?.code;
  // Some hide what one may not see: a repository that is not there for nobody may be there for somebody.
  if (code === 'MANIFEST_UNKNOWN' || (code === 'NAME_UNKNOWN' && login)) return false;
  throw answerError(
    what,
    { status: 404, body, retryAfter: undefined, requestId: undefined },
    speech,
  );
}

/** The header that answers the challenge. @throws OutsideError where it is refused, or cannot be answered safely. */
async function authorize(
  challenge: string,
  by: {
    readonly address: string;
    readonly repository: string;
    readonly login: Login | undefined;
    readonly speech: Speech;
    readonly on: string;
  },
  signal: AbortSignal,
): Promise<string> {
  const { address, repository, login, speech, on } = by;
  const basic = login && `Basic ${encoded(login)}`;
  const [, scheme = '', rest = ''] = /^\s*(\w+)\s*(.*)$/s.exec(challenge) ?? [];
  if (scheme.toLowerCase() === 'basic' && basic) return basic;
  const said = new Map(
    [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  const told = said.get('realm') ?? '';
  const realm = URL.canParse(told) ? new URL(told) : undefined;
  const what = { asked: 'read', attempted: 'get a token to look', on } as const;
  // A password goes over an open line only where the registry itself is on this machine.
  const isSafe =
    realm?.protocol === 'https:' || (realm && realm.origin === new URL(address).origin);
  if (scheme.toLowerCase() !== 'bearer' || !realm || !isSafe) {
    const refused = { status: 401, body: undefined, retryAfter: undefined, requestId: undefined };
    throw answerError(what, refused, speech);
  }
  const service = said.get('service');
  if (service !== undefined) realm.searchParams.set('service', service);
  realm.searchParams.set('scope', said.get('scope') ?? `repository:${repository}:pull`);
  const api = createJsonApi('', basic === undefined ? {} : { authorization: basic }, speech);
  const { body } = await api.read(
    { attempted: what.attempted, on, path: realm.href },
    Token,
    signal,
  );
  return `Bearer ${body.token ?? body.access_token ?? ''}`;
}

function speechOf({ server, repository }: ImageName, login: Login | undefined): Speech {
  const may = `Give \`registries.servers.${server}.login\` in backstop.yaml a user who may pull ${repository}.`;
  return {
    system: NAMES[server] ?? server,
    secrets: login ? [login.password, encoded(login)] : [],
    meaning(_status, body) {
      const said = Errors.safeParse(body).data?.errors[0];
      return { code: said?.code, message: said?.message };
    },
    next: { credentials: may, permission: may, 'not-found': may },
  };
}

function encoded({ username, password }: Login): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
