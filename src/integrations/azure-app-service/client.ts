import { AsyncLocalStorage } from 'node:async_hooks';
import {
  createWebSiteManagement,
  type WebSiteManagementClientOptionalParams,
  type WebSiteManagementContext,
} from '@azure/arm-appservice/api';
import { retryReads } from '../retry-reads.ts';
import { createCredential } from './credential.ts';
import { type Answer, type Attempt, azureError } from './errors.ts';
import { type AzureAppServiceSettings, type AzureConnection, isLoopback } from './schema.ts';

const READ_TIMEOUT_MS = 30_000;

/** What every call of the SDK is given: when to stop, and headers. */
interface CallOptions {
  readonly abortSignal: AbortSignal;
  readonly requestOptions: { headers: Record<string, string> };
}

interface Reply<T> {
  readonly value: T;
  /** The last answer as it came, for what the SDK hides: status and headers. */
  readonly answer: Answer | undefined;
}

/** One web app in Azure Resource Manager, as this integration speaks to it. */
export interface Arm {
  readonly context: WebSiteManagementContext;
  readonly endpoint: string;
  readonly subscription: string;
  readonly group: string;
  readonly app: string;
  readonly slot: string;
  /**
   * A read, repeated when it fails for a passing reason; 30 s for each try.
   * @throws OutsideError; the signal's reason when it was aborted.
   */
  read<T>(
    attempted: string,
    call: (options: CallOptions) => Promise<T>,
    signal: AbortSignal,
  ): Promise<Reply<T>>;
  /**
   * A change, sent once. `requestId` is a UUID that Azure's activity log keeps.
   * @throws OutsideError, `ambiguous` when nobody knows whether it was done, also after an abort once it was sent;
   *   the signal's reason when it was aborted before.
   */
  change<T>(
    attempted: string,
    call: (options: CallOptions) => Promise<T>,
    o: { readonly requestId: string; readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<Reply<T>>;
}

/** A client with every retry of the SDK switched off: by itself it sends a slot swap four times on a 500. */
export function createArm(connection: AzureConnection, settings: AzureAppServiceSettings): Arm {
  const secrets = secretsOf(connection);
  const on = `web app ${settings.app}`;
  const answers = new AsyncLocalStorage<Answer[]>();
  const context = connect(connection, answers);

  async function attempt<T>(
    what: Attempt,
    call: (options: CallOptions) => Promise<T>,
    o: { timeoutMs: number; signal: AbortSignal; headers?: Record<string, string> },
  ): Promise<Reply<T>> {
    o.signal.throwIfAborted();
    const seen: Answer[] = [];
    const timeout = AbortSignal.timeout(o.timeoutMs);
    const options: CallOptions = {
      abortSignal: AbortSignal.any([o.signal, timeout]),
      requestOptions: { headers: { ...o.headers } },
    };
    try {
      const value = await answers.run(seen, () => call(options));
      return { value, answer: seen.at(-1) };
    } catch (error) {
      if (o.signal.aborted && what.asked === 'read') throw o.signal.reason;
      const gaveUp = o.signal.aborted ? 'aborted' : timeout.aborted ? 'timed-out' : undefined;
      throw azureError(what, error, { answer: seen.at(-1), gaveUp, secrets });
    }
  }

  return {
    context,
    endpoint: connection.endpoint,
    subscription: connection.subscriptionId,
    group: settings.resourceGroup,
    app: settings.app,
    slot: settings.slot,
    read(attempted, call, signal) {
      const what = { asked: 'read', attempted, on } as const;
      return retryReads(() => attempt(what, call, { timeoutMs: READ_TIMEOUT_MS, signal }), signal);
    },
    change(attempted, call, { requestId, timeoutMs, signal }) {
      const headers = {
        'x-ms-client-request-id': requestId,
        'x-ms-correlation-request-id': requestId,
      };
      return attempt({ asked: 'change', attempted, on }, call, { timeoutMs, signal, headers });
    },
  };
}

function connect(
  connection: AzureConnection,
  answers: AsyncLocalStorage<Answer[]>,
): WebSiteManagementContext {
  const { endpoint, subscriptionId } = connection;
  const credential = createCredential(connection.auth);
  const scope = `${endpoint.replace(/\/+$/, '')}/.default`;
  const additional: NonNullable<WebSiteManagementClientOptionalParams['additionalPolicies']> = [
    {
      position: 'perCall',
      policy: {
        // App Service writes its errors with capitals, where the SDK does not find them.
        name: 'keepAnswer',
        async sendRequest(request, next) {
          const response = await next(request);
          answers.getStore()?.push({
            status: response.status,
            body: response.status >= 400 ? (response.bodyAsText ?? '') : '',
            correlationId:
              response.headers.get('x-ms-correlation-request-id') ??
              response.headers.get('x-ms-request-id'),
            retryAfter: response.headers.get('retry-after'),
            operation:
              response.headers.get('azure-asyncoperation') ?? response.headers.get('location'),
          });
          return response;
        },
      },
    },
  ];
  const isLocal = endpoint.startsWith('http:') && isLoopback(endpoint);
  const context = createWebSiteManagement(credential, subscriptionId, {
    endpoint,
    credentials: { scopes: [scope] },
    retryOptions: { maxRetries: 0 },
    redirectOptions: { maxRetries: 0 },
    additionalPolicies: additional,
    ...(isLocal && { allowInsecureConnection: true }),
  });
  if (isLocal) {
    // The SDK's own policy refuses to send a token without TLS, also to this machine.
    context.pipeline.removePolicy({ name: 'bearerTokenAuthenticationPolicy' });
    context.pipeline.addPolicy({
      name: 'localToken',
      async sendRequest(request, next) {
        const token = await credential.getToken(scope);
        if (token) request.headers.set('authorization', `Bearer ${token.token}`);
        return next(request);
      },
    });
  }
  return context;
}

function secretsOf({ auth }: AzureConnection): readonly string[] {
  if (auth.kind === 'client-secret') return [auth.clientSecret];
  return auth.kind === 'token' ? [auth.token] : [];
}
