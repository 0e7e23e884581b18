import type { Redis } from 'ioredis';
import { OutsideError } from '../../errors.ts';
import { retryReads } from '../retry-reads.ts';
import { isGuarded, type Job, type Jobs, OWNER } from './jobs.ts';
import { MARK_SECONDS, type Queues } from './queues.ts';
import { createRedisLink, valuesOf } from './redis.ts';
import type { JobRedis } from './schema.ts';

/** Enough to know that jobs run; nobody reads more. */
const MOST = 500;
/** The keys of one queue that the scripts take, in their order. */
const KEYS = ['wait', 'paused', 'meta', 'prioritized', 'events', 'delayed', 'marker', OWNER];

/**
 * As BullMQ's own `pause`, for all queues at once, with Backstop's mark beside it. Up to version 5 a paused queue keeps its waiting
 * jobs in another list, and its own `resume` would lose them from any other place; from version 6 on they stay where they are.
 * A queue that is paused already is left as it is.
 */
const PAUSE = `
for at = 1, #KEYS, ${KEYS.length} do
  local wait, paused, meta, events = KEYS[at], KEYS[at + 1], KEYS[at + 2], KEYS[at + 4]
  if not redis.call('HGET', meta, 'paused') then
    local version = redis.call('HGET', meta, 'version') or ''
    local major = tonumber(string.match(version, ':(%d+)')) or 0
    if major < 6 and redis.call('EXISTS', wait) == 1 then
      if redis.call('EXISTS', paused) == 0 then
        redis.call('RENAME', wait, paused)
      else
        while redis.call('LLEN', wait) > 0 do
          redis.call('LPUSH', paused, redis.call('RPOP', wait))
        end
      end
    end
    redis.call('HSET', meta, 'paused', 1)
    redis.call('DEL', KEYS[at + 6])
    redis.call('XADD', events, '*', 'event', 'paused')
    redis.call('SET', KEYS[at + 7], ARGV[1], 'EX', ARGV[2])
  end
end
return 1`;

/** As BullMQ's own `resume`, for those queues that bear Backstop's mark. */
const RESUME = `
for at = 1, #KEYS, ${KEYS.length} do
  local wait, paused, meta, prioritized = KEYS[at], KEYS[at + 1], KEYS[at + 2], KEYS[at + 3]
  local marker = KEYS[at + 6]
  if redis.call('DEL', KEYS[at + 7]) == 1 and redis.call('HDEL', meta, 'paused') == 1 then
    if redis.call('EXISTS', wait) == 0 and redis.call('EXISTS', paused) == 1 then
      redis.call('RENAME', paused, wait)
    else
      while redis.call('LLEN', paused) > 0 do
        redis.call('RPUSH', wait, redis.call('LPOP', paused))
      end
    end
    if redis.call('LLEN', wait) + redis.call('ZCARD', prioritized) > 0 then
      redis.call('ZADD', marker, 0, '0')
    else
      local nextOne = redis.call('ZRANGE', KEYS[at + 5], 0, 0, 'WITHSCORES')
      if nextOne[2] then redis.call('ZADD', marker, tonumber(nextOne[2]) / 0x1000, '1') end
    end
    redis.call('XADD', KEYS[at + 4], '*', 'event', 'resumed')
  end
end
return 1`;

interface Seen {
  readonly queue: string;
  readonly isPaused: boolean;
  readonly isOurs: boolean;
  readonly active: readonly string[];
}

/** The queues of BullMQ (4 to 6): active jobs with their start, and BullMQ's own pause. */
export function createBullmq(settings: JobRedis, patterns: readonly string[]): Queues {
  const link = createRedisLink(settings.url);
  const queues = settings.queues ?? [];
  const key = (queue: string, name: string) => `${settings.prefix ?? 'bull'}:${queue}:${name}`;
  const keys = queues.flatMap((queue) => KEYS.map((name) => key(queue, name)));

  async function see(redis: Redis): Promise<readonly Seen[]> {
    const pipeline = redis.pipeline();
    for (const queue of queues) {
      pipeline.hgetall(key(queue, 'meta'));
      pipeline.get(key(queue, OWNER));
      pipeline.lrange(key(queue, 'active'), 0, MOST - 1);
    }
    const values = await valuesOf(pipeline);
    return queues.map((queue, at) => {
      const meta = values[at * 3] as Record<string, string>;
      if (Object.keys(meta).length === 0) throw unknownQueue(queue, key(queue, 'meta'), link.where);
      const isPaused = meta['paused'] !== undefined;
      const isOurs = isPaused && values[at * 3 + 1] === OWNER;
      return { queue, isPaused, isOurs, active: values[at * 3 + 2] as readonly string[] };
    });
  }

  async function jobsOf(redis: Redis, seen: readonly Seen[]): Promise<readonly Job[]> {
    const ids = seen.flatMap(({ queue, active }) => active.map((id) => ({ queue, id })));
    if (ids.length === 0) return [];
    const pipeline = redis.pipeline();
    for (const { queue, id } of ids) pipeline.hmget(key(queue, id), 'name', 'processedOn');
    const values = await valuesOf(pipeline);
    return ids.map(({ queue, id }, at) => {
      const [name, processedOn] = values[at] as (string | null)[];
      const startedAt = processedOn ? Number(processedOn) : undefined;
      return { id: `${queue}:${id}`, name: name ?? `a job of ${queue}`, startedAt };
    });
  }

  return {
    where: `BullMQ on ${link.where}`,
    read: (signal) =>
      retryReads(
        () =>
          link.read(async (redis): Promise<Jobs> => {
            const seen = await see(redis);
            const running = await jobsOf(redis, seen);
            return {
              running: running.filter(({ name }) => isGuarded(name, patterns)),
              interrupted: [],
              ...pauseOf(seen),
            };
          }, signal),
        signal,
      ),
    pause: (timeoutMs, signal) =>
      link.change(
        'pause the queues',
        { lua: PAUSE, keys },
        [OWNER, String(MARK_SECONDS)],
        timeoutMs,
        signal,
      ),
    resume: (timeoutMs, signal) =>
      link.change('resume the queues', { lua: RESUME, keys }, [], timeoutMs, signal),
    doubt: async () => undefined,
    byHand: {
      pause: `queue.pause() of each BullMQ queue (${queues.join(', ')}) in a console of the app`,
      look: 'queue.getActive() of each queue',
      resume: `queue.resume() of each BullMQ queue (${queues.join(', ')}), then delete the keys ${queues.map((queue) => key(queue, OWNER)).join(', ')} if they are left`,
    },
  };
}

/** One of them paused by Backstop is enough to owe a release; one that takes jobs is enough not to be still. */
function pauseOf(seen: readonly Seen[]): Pick<Jobs, 'pausedBy' | 'stillOpen'> {
  const foreign = seen.find(({ isPaused, isOurs }) => isPaused && !isOurs);
  if (foreign) return { pausedBy: `somebody else (queue ${foreign.queue})` };
  if (!seen.some(({ isOurs }) => isOurs)) return { pausedBy: undefined };
  const open = seen.filter(({ isPaused }) => !isPaused).map(({ queue }) => queue);
  return {
    pausedBy: OWNER,
    ...(open.length > 0 && { stillOpen: `queue ${open.join(', ')} takes jobs` }),
  };
}

function unknownQueue(queue: string, meta: string, on: string): OutsideError {
  return new OutsideError({
    kind: 'not-found',
    system: 'Redis',
    attempted: `find queue ${queue}`,
    on,
    answer: `there is no key ${meta}`,
    next: 'Check `redis.queues`, `redis.prefix` and the database in `redis.url`.',
  });
}
