import { retryReads } from '../retry-reads.ts';
import { untilAborted } from '../until-aborted.ts';
import { awsError } from './errors.ts';
import type { AwsConnection, AwsCredentials } from './schema.ts';

const READ_TIMEOUT_MS = 30_000;
const CHANGE_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;

interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/** One resource of one AWS service, as an integration speaks to it. */
export interface Aws {
  /** `AWS CodeDeploy`. */
  readonly system: string;
  /** The resource in AWS's words. */
  readonly on: string;
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
   * A change, sent once.
   * @throws OutsideError, `ambiguous` when nobody knows whether it was done, also after an abort once it was sent;
   *   the signal's reason when it was aborted before.
   */
  change<T>(
    attempted: string,
    call: (options: CallOptions) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T>;
}

/** How calls on one resource are made and their failures told. The client is made with `clientConfig`. */
export function createAws(connection: AwsConnection, system: string, on: string): Aws {
  const secrets = secretsOf(connection.credentials);

  async function attempt<T>(
    asked: 'read' | 'change',
    attempted: string,
    call: (options: CallOptions) => Promise<T>,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<T> {
    signal.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutMs);
    const abortSignal = AbortSignal.any([signal, timeout]);
    try {
      // The SDK looks at the signal only once it has credentials, and a role may take long to answer.
      return await Promise.race([call({ abortSignal }), untilAborted(abortSignal)]);
    } catch (error) {
      if (signal.aborted && asked === 'read') throw signal.reason;
      const gaveUp = signal.aborted ? 'aborted' : timeout.aborted ? 'timed-out' : undefined;
      throw awsError({ asked, system, attempted, on }, error, { gaveUp, secrets });
    }
  }

  return {
    system,
    on,
    read: (attempted, call, signal) =>
      retryReads(() => attempt('read', attempted, call, READ_TIMEOUT_MS, signal), signal),
    change: (attempted, call, signal) =>
      attempt('change', attempted, call, CHANGE_TIMEOUT_MS, signal),
  };
}

/**
 * The configuration of an SDK client: one attempt a call, since on its own the SDK sends CreateDeployment three times on a
 * 500. Also keeps the SDK from warning about Node 20 on every start: the versions in package.json run on it.
 */
export function clientConfig(
  connection: AwsConnection,
  service: 'codedeploy' | 'ecs' | 'ecr' | 'cloudwatch',
) {
  // oxlint-disable-next-line node/no-process-env -- the SDK's only switch for its notice about coming Node versions
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const { region, endpoints, credentials } = connection;
  const endpoint = endpoints[service];
  return {
    region,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS },
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials.kind === 'keys' && { credentials: keysOf(credentials) }),
    ...(credentials.kind === 'default-chain' &&
      credentials.profile !== undefined && { profile: credentials.profile }),
  };
}

function keysOf({
  accessKeyId,
  secretAccessKey,
  sessionToken,
}: Extract<AwsCredentials, { kind: 'keys' }>) {
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

function secretsOf(credentials: AwsCredentials): readonly string[] {
  if (credentials.kind !== 'keys') return [];
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  return [accessKeyId, secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])];
}
