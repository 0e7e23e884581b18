import type { Redis } from 'ioredis';
import { OutsideError } from '../../errors.ts';
import { untilAborted } from '../until-aborted.ts';
import { secretsOfUrl, whereOfUrl } from './address.ts';
import { redisError } from './redis-failures.ts';

const TIMEOUT_MS = 15_000;

/** What is asked of Redis, each over a connection of its own that ends with it. */
export interface RedisLink {
  /** `queue.example:6379/2`, without user and password. */
  readonly where: string;
  /** Runs reads. @throws OutsideError; the signal's reason when it was aborted. */
  read<T>(work: (redis: Redis) => Promise<T>, signal: AbortSignal): Promise<T>;
  /**
   * Sends one script, which Redis carries out whole or not at all, and never again by itself.
   * @throws OutsideError, `ambiguous` when nobody knows whether it was done.
   */
  change(
    attempted: string,
    script: { readonly lua: string; readonly keys: readonly string[] },
    args: readonly string[],
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<void>;
}

/** @param url `redis://` or `rediss://`, with user, password and database where they are needed. */
export function createRedisLink(url: string): RedisLink {
  const where = whereOfUrl(url, 'the Redis of the queues');
  const secrets = secretsOfUrl(url);

  async function connected<T>(
    what: { asked: 'read' | 'change'; attempted: string },
    work: (redis: Redis) => Promise<T>,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<T> {
    signal.throwIfAborted();
    const { Redis } = await import('ioredis');
    const redis = new Redis(url, {
      lazyConnect: true,
      protocol: 2,
      connectionName: 'backstop',
      connectTimeout: timeoutMs,
      disableClientInfo: true,
      enableReadyCheck: false,
      // Nothing is sent twice, and nothing later than it was asked for.
      retryStrategy: () => null,
      reconnectOnError: () => false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      enableOfflineQueue: false,
    });
    // What breaks the connection rejects the command that waits for it; nobody else has to hear of it.
    let broken: unknown;
    redis.on('error', (error: unknown) => {
      broken = error;
    });
    const timeout = AbortSignal.timeout(timeoutMs);
    let isSent = false;
    const working = redis.connect().then(() => {
      isSent = true;
      return work(redis);
    });
    working.catch(() => undefined);
    try {
      return await Promise.race([working, untilAborted(AbortSignal.any([signal, timeout]))]);
    } catch (error) {
      if (error instanceof OutsideError) throw error;
      if (signal.aborted && what.asked === 'read') throw signal.reason;
      const asked = isSent ? what.asked : 'read';
      const gaveUp = signal.aborted ? 'not waited for to the end' : 'no answer in time';
      const words = signal.aborted || timeout.aborted ? gaveUp : undefined;
      const thrown = isReply(error) ? error : (broken ?? error);
      throw redisError(thrown, { ...what, asked, on: where, gaveUp: words, secrets });
    } finally {
      redis.disconnect();
    }
  }

  return {
    where,
    read: (work, signal) =>
      connected({ asked: 'read', attempted: 'read the queues' }, work, TIMEOUT_MS, signal),
    async change(attempted, { lua, keys }, args, timeoutMs, signal) {
      const work = (redis: Redis) => redis.eval(lua, keys.length, ...keys, ...args);
      const limit = Math.min(TIMEOUT_MS, timeoutMs);
      await connected({ asked: 'change', attempted }, work, limit, signal);
    },
  };
}

/** Whether Redis itself said no, rather than the connection. */
function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}

/** The values of a pipeline. @throws the first failure among them. */
export async function valuesOf(pipeline: {
  exec(): Promise<[error: Error | null, result: unknown][] | null>;
}): Promise<readonly unknown[]> {
  const results = (await pipeline.exec()) ?? [];
  return results.map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}
