import { AsyncLocalStorage } from 'node:async_hooks';
import type { WebSiteManagementContext } from '@azure/arm-appservice/api';
import { OutsideError } from '../../errors.ts';
import { retryReads } from '../retry-reads.ts';
import { createCredential } from './credential.ts';
import { type Answer, azureError, type Subject } from './errors.ts';
import { answerOf, type Exchange, keepAnswer, type Policies } from './keep-answer.ts';
import { type AzureConnection, isLoopback } from './schema.ts';

const READ_TIMEOUT_MS = 30_000;

type Pipeline = WebSiteManagementContext['pipeline'];
type Credential = ReturnType<typeof createCredential>;

/** What every call of an SDK is given: when to stop, and headers. */
interface CallOptions {
  readonly abortSignal: AbortSignal;
  readonly requestOptions: {
    readonly headers: Record<string, string>;
    readonly customHeaders: Record<string, string>;
  };
}

/** What every client of Azure's SDKs is made with: no retries of its own, and its answers kept. */
interface ClientOptions {
  readonly endpoint: string;
  readonly retryOptions: { readonly maxRetries: 0 };
  readonly redirectOptions: { readonly maxRetries: 0 };
  readonly additionalPolicies: Policies;
  readonly allowInsecureConnection?: true;
}

/** Calls to Azure Resource Manager about one resource. */
export interface Calls {
  readonly subject: Subject;
  readonly credential: Credential;
  /** The scope that tokens are asked for. */
  readonly scope: string;
  readonly options: ClientOptions;
  /** Lets a client speak to a simulated Azure on this machine, for which its SDK sends no token. */
  prepare(client: { readonly pipeline: Pipeline }): void;
  /**
   * A read, repeated when it fails for a passing reason; 30 s for each try.
   * @throws OutsideError; the signal's reason when it was aborted.
   */
  read<T>(
    attempted: string,
    call: (options: CallOptions) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
  /**
   * A read without an SDK, of an address below the endpoint or of a full one that leads to Azure.
   * @throws as `read`; OutsideError `malformed` when the address leads elsewhere, as the token goes with the request.
   */
  get(attempted: string, address: string, signal: AbortSignal): Promise<unknown>;
  /**
   * A change, sent once; gives the answer it was accepted with. `requestId` is a UUID that Azure's activity log keeps.
   * @throws OutsideError, `ambiguous` when nobody knows whether it was done, also after an abort once it was sent;
   *   the signal's reason when it was aborted before.
   */
  change(
    attempted: string,
    call: (options: CallOptions) => Promise<unknown>,
    o: { readonly requestId: string; readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<Answer | undefined>;
}

/**
 * Calls about `subject`, with every retry of the SDKs switched off: by themselves they send a change four times on a 500.
 * @param more secrets beside those of the connection that must never be in an error.
 */
export function createCalls(
  connection: AzureConnection,
  subject: Subject,
  more: readonly string[] = [],
): Calls {
  const secrets = [...secretsOf(connection), ...more];
  const exchanges = new AsyncLocalStorage<Exchange>();
  const credential = createCredential(connection.auth);
  const { endpoint } = connection;
  const home = endpoint.replace(/\/+$/, '');
  const scope = `${home}/.default`;
  const isLocal = endpoint.startsWith('http:') && isLoopback(endpoint);

  async function attempt<T>(
    what: { asked: 'read' | 'change'; attempted: string },
    call: (options: CallOptions) => Promise<T>,
    o: { timeoutMs: number; signal: AbortSignal; headers?: Record<string, string> },
  ): Promise<{ value: T | undefined; answer: Answer | undefined }> {
    o.signal.throwIfAborted();
    const exchange: Exchange = { asked: what.asked, answers: [], isFollowed: false };
    const timeout = AbortSignal.timeout(o.timeoutMs);
    const headers = { ...o.headers };
    const options: CallOptions = {
      abortSignal: AbortSignal.any([o.signal, timeout]),
      requestOptions: { headers, customHeaders: headers },
    };
    try {
      const value = await exchanges.run(exchange, () => call(options));
      return { value, answer: exchange.answers.at(-1) };
    } catch (error) {
      const answer = exchange.answers.at(-1);
      if (exchange.isFollowed) return { value: undefined, answer };
      if (o.signal.aborted && what.asked === 'read') throw o.signal.reason;
      if (error instanceof OutsideError) throw error;
      const gaveUp = o.signal.aborted ? 'aborted' : timeout.aborted ? 'timed-out' : undefined;
      throw azureError(subject, what, error, { answer, gaveUp, secrets });
    }
  }

  function read<T>(
    attempted: string,
    call: (options: CallOptions) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const what = { asked: 'read', attempted } as const;
    return retryReads(async () => {
      const { value } = await attempt(what, call, { timeoutMs: READ_TIMEOUT_MS, signal });
      return value as T;
    }, signal);
  }

  async function fetchJson(attempted: string, address: string, o: CallOptions): Promise<unknown> {
    const token = await credential.getToken(scope, { abortSignal: o.abortSignal });
    const response = await fetch(addressBelow(attempted, address), {
      redirect: 'manual',
      headers: { accept: 'application/json', authorization: `Bearer ${token?.token ?? ''}` },
      signal: o.abortSignal,
    });
    const body = await response.text();
    exchanges
      .getStore()
      ?.answers.push(
        answerOf(response.status, body, (name) => response.headers.get(name) ?? undefined),
      );
    if (!response.ok) throw new Error(`unexpected status ${response.status}`);
    return body === '' ? undefined : (JSON.parse(body) as unknown);
  }

  function addressBelow(attempted: string, address: string): string {
    if (address.startsWith('/')) return `${home}${address}`;
    const to = new URL(address);
    const own = new URL(home);
    const isHome = to.host === own.host || to.host.endsWith(`.${own.host}`);
    if (isHome && to.protocol === own.protocol) return address;
    throw new OutsideError({
      kind: 'malformed',
      system: subject.system,
      attempted,
      on: subject.on,
      answer: `its address leads to ${to.host}`,
      next: `Something between here and Azure changes its answers; ${subject.look}.`,
    });
  }

  return {
    subject,
    credential,
    scope,
    options: {
      endpoint,
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
      additionalPolicies: [keepAnswer(exchanges)],
      ...(isLocal && { allowInsecureConnection: true as const }),
    },
    prepare({ pipeline }) {
      if (!isLocal) return;
      pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
      pipeline.addPolicy({
        name: 'localToken',
        async sendRequest(request, next) {
          const token = await credential.getToken(scope);
          if (token) request.headers.set('authorization', `Bearer ${token.token}`);
          return next(request);
        },
      });
    },
    read,
    get: (attempted, address, signal) =>
      read(attempted, (o) => fetchJson(attempted, address, o), signal),
    async change(attempted, call, { requestId, timeoutMs, signal }) {
      const headers = {
        'x-ms-client-request-id': requestId,
        'x-ms-correlation-request-id': requestId,
      };
      const what = { asked: 'change', attempted } as const;
      return (await attempt(what, call, { timeoutMs, signal, headers })).answer;
    },
  };
}

function secretsOf({ auth }: AzureConnection): readonly string[] {
  if (auth.kind === 'client-secret') return [auth.clientSecret];
  return auth.kind === 'token' ? [auth.token] : [];
}
