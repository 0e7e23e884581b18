import type { IncomingMessage } from 'node:http';
import { request as overHttp } from 'node:http';
import { request as overHttps, type RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { OutsideError } from '../../errors.ts';
import type { Meaning } from '../json-api/failures.ts';
import { createJsonApi, type Fetch, type JsonApi } from '../json-api/index.ts';
import { plainCause } from '../redact.ts';
import type { KubernetesConnection } from './schema.ts';

const SYSTEM = 'Kubernetes';

/**
 * The API server's JSON as it is. The client's own types would lose fields that are newer than they are, and a template
 * that goes back must be whole; of the client only the credentials are used.
 */
export function connect({ auth }: KubernetesConnection): JsonApi {
  const secrets: string[] = auth.kind === 'token' ? [auth.token] : [];
  let config: Promise<KubeConfig> | undefined;

  const ask: Fetch = async (path, init) => {
    config ??= configOf(auth);
    // A file that could not be read may be there the next time.
    const known = await config.catch((error: unknown) => {
      config = undefined;
      throw noCredentials(error, secrets);
    });
    const server = known.getCurrentCluster()?.server;
    if (!server) throw noCredentials(new Error('The configuration names no cluster.'), secrets);
    const options: RequestOptions = {
      method: init.method ?? 'GET',
      headers: { ...(init.headers as Readonly<Record<string, string>>) },
      ...(init.signal ? { signal: init.signal } : {}),
    };
    await known.applyToHTTPSOptions(options).catch((error: unknown) => {
      throw noCredentials(error, secrets);
    });
    const headers = options.headers as Readonly<Record<string, unknown>>;
    const credentials = headers['Authorization'];
    const sent = typeof credentials === 'string' ? credentials.replace(/^Bearer /, '') : '';
    if (sent !== '' && !secrets.includes(sent)) secrets.push(sent);
    return send(new URL(server.replace(/\/+$/, '') + path), options, init.body);
  };
  return createJsonApi('', {}, { system: SYSTEM, secrets, meaning: meaningOf }, ask);
}

async function configOf(auth: KubernetesConnection['auth']): Promise<KubeConfig> {
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const config = new Config();
  switch (auth.kind) {
    case 'in-cluster':
      config.loadFromCluster();
      return config;
    case 'kubeconfig':
      config.loadFromFile(auth.file);
      if (auth.context !== undefined) config.setCurrentContext(auth.context);
      return config;
    case 'token': {
      const name = 'backstop';
      config.loadFromOptions({
        // Over http, which the settings take for this machine alone, there is nothing to verify.
        clusters: [
          {
            name,
            server: auth.server,
            skipTLSVerify: auth.server.startsWith('http:'),
            ...(auth.caFile && { caFile: auth.caFile }),
          },
        ],
        users: [{ name, token: auth.token }],
        contexts: [{ name, cluster: name, user: name }],
        currentContext: name,
      });
      return config;
    }
  }
}

function send(address: URL, options: RequestOptions, body: RequestInit['body']): Promise<Response> {
  const request = address.protocol === 'https:' ? overHttps : overHttp;
  return new Promise((resolve, reject) => {
    const sent = request(address, options, (message) => {
      answerOf(message).then(resolve, reject);
    });
    sent.on('error', reject);
    sent.end(typeof body === 'string' ? body : undefined);
  });
}

async function answerOf(message: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) headers.set(name, String(value));
  const status = message.statusCode ?? 0;
  // A response with such a status may have no body at all.
  const body = status === 204 || status === 304 ? null : Buffer.concat(chunks);
  return new Response(body, { status, headers });
}

function noCredentials(error: unknown, secrets: readonly string[]): OutsideError {
  const cause = plainCause(error, secrets);
  return new OutsideError({
    kind: 'credentials',
    system: SYSTEM,
    attempted: 'get credentials',
    on: 'the cluster',
    answer: cause.message,
    next: 'Check `kubernetes.auth` in backstop.yaml: the file, its context, the command in it, or the pod’s service account.',
    cause,
  });
}

/** `Status` of the API: `{ reason, message, code }`. A failed condition of a patch is answered with 422. */
function meaningOf(status: number, body: unknown): Meaning {
  const said = body as { readonly reason?: unknown; readonly message?: unknown } | undefined;
  const code = typeof said?.reason === 'string' ? said.reason : undefined;
  const message = typeof said?.message === 'string' ? said.message : undefined;
  if (status === 409 || status === 422) {
    return {
      code,
      message,
      next: 'It was changed at the same moment, or an admission rule refused it; nothing was changed. Look at it, then retry.',
    };
  }
  if (status === 403) {
    return { code, message, next: 'Bind the Role of the integration’s README to this account.' };
  }
  return { code, message };
}
