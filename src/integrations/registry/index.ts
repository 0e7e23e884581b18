/**
 * Looks for images in registries by the API that they have in common (OCI Distribution Specification 1.1, «Pulling manifests»;
 * tokens: distribution.github.io/distribution/spec/auth/token). Reads only, and pulls nothing.
 */

import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { answerError, noAnswerError, type Speech } from '../json-api/failures.ts';
import { createJsonApi, readBody } from '../json-api/index.ts';
import { retryReads } from '../retry-reads.ts';
import { createAzureSignIn, type SignIn } from './azure-sign-in.ts';
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
  /^(docker\.io|ghcr\.io|quay\.io|mcr\.microsoft\.com|public\.ecr\.aws|[a-z0-9-]+\.azurecr\.io)$/;
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

/** Who asks: nobody, where neither is given. */
interface Who {
  readonly login?: Login | undefined;
  readonly signIn?: SignIn | undefined;
}

export interface Registries {
  /** Where the image is looked for, or why nobody looks. @param own who the caller is there, unless the configuration says. */
  placeOf(image: string, own?: (server: string) => Login | undefined): ImagePlace | string;
}

/**
 * @param connections those of the configuration: `registries`, where there is one, and `azure`, for registries that are asked as its
 *   identity. Throws ZodError on what was not parsed.
 */
export function createRegistries(connections: Readonly<Record<string, unknown>>): Registries {
  const { servers } = RegistriesConnection.parse(connections['registries'] ?? {});
  const { azure } = connections;
  const isAsked = Object.values(servers).some(({ identity }) => identity === 'azure');
  const azureSignIn = isAsked && azure !== undefined ? createAzureSignIn(azure) : undefined;
  return {
    placeOf(image, own) {
      const name = imageName(image);
      if (!name) return 'its name is none that a registry takes';
      const known = Object.hasOwn(servers, name.server) ? servers[name.server] : undefined;
      if (!known && !PUBLIC.test(name.server)) {
        return `${name.server} is not under \`registries.servers\` in backstop.yaml`;
      }
      const address = known?.address ?? ADDRESSES[name.server] ?? `https://${name.server}`;
      if (known?.identity && !azureSignIn) {
        return `${name.server} is to be asked as the identity in \`azure\`, which backstop.yaml does not have`;
      }
      const who: Who = known?.identity
        ? { signIn: azureSignIn }
        : { login: known?.login ?? own?.(name.server) };
      return {
        name: NAMES[name.server] ?? name.server,
        has: (signal) => isThere(name, address, who, signal),
      };
    },
  };
}

/** @throws OutsideError when the registry does not tell. */
async function isThere(
  name: ImageName,
  address: string,
  who: Who,
  signal: AbortSignal,
): Promise<boolean> {
  const { repository, reference } = name;
  const url = `${address.replace(/\/+$/, '')}/v2/${repository}/manifests/${reference}`;
  const speech = speechOf(name, who);
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
      ? await authorize(first.challenge, { address, name, who, speech, on: what.on }, signal)
      : undefined;
  const { status } = authorization === undefined ? first : await ask('HEAD', authorization);
  if (status !== 404) return true;
  // Why not is only said in a body.
  const { status: again, body } = await ask('GET', authorization);
  if (again !== 404) return true;
  const code = Errors.safeParse(body).data?.errors[0]?.code;
  // Some hide what one may not see: a repository that is not there for nobody may be there for somebody.
  if (code === 'MANIFEST_UNKNOWN' || (code === 'NAME_UNKNOWN' && (who.login ?? who.signIn))) {
    return false;
  }
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
    readonly name: ImageName;
    readonly who: Who;
    readonly speech: Speech;
    readonly on: string;
  },
  signal: AbortSignal,
): Promise<string> {
  const { address, speech, on } = by;
  const { server, repository } = by.name;
  const { login, signIn } = by.who;
  const basic = login && `Basic ${encoded(login)}`;
  const [, scheme = '', rest = ''] = /^\s*(\w+)\s*(.*)$/s.exec(challenge) ?? [];
  // Not at the address that it tells, but at its own.
  if (signIn && scheme.toLowerCase() === 'bearer') {
    return `Bearer ${await signIn({ server, address, repository, on, speech }, signal)}`;
  }
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

function speechOf({ server, repository }: ImageName, { login, signIn }: Who): Speech {
  const may = signIn
    ? `Give the identity in \`azure\` the role AcrPull on ${server}; a grant takes some minutes to be in force.`
    : `Give \`registries.servers.${server}.login\` in backstop.yaml a user who may pull ${repository}.`;
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
