import type { Redis } from 'ioredis';
import { z } from 'zod';
import { retryReads } from '../retry-reads.ts';
import { isGuarded, type Job, type Jobs, OWNER } from './jobs.ts';
import { MARK_SECONDS, type Queues } from './queues.ts';
import { createRedisLink, valuesOf } from './redis.ts';
import type { JobRedis } from './schema.ts';

/** How long Sidekiq's own API lets a signal wait for its process. Seconds. */
const SIGNAL_SECONDS = '60';

/** Sends every process the signal that Sidekiq's own `Process#quiet!` sends, and leaves Backstop's mark: the first key. */
const QUIET = `
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2], 'NX')
for at = 2, #KEYS do
  redis.call('LPUSH', KEYS[at], 'TSTP')
  redis.call('EXPIRE', KEYS[at], ARGV[3])
end
return 1`;

const UNMARK = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** What a thread works on. Sidekiq 7 keeps the payload as text, before it was an object; names of a wrapped job come first. */
const Payload = z.object({
  class: z.string(),
  jid: z.string().optional(),
  wrapped: z.string().optional(),
  display_class: z.string().optional(),
});
const Work = z.object({ run_at: z.number().optional(), payload: z.union([z.string(), Payload]) });

interface Process {
  readonly identity: string;
  readonly isQuiet: boolean;
  readonly jobs: readonly Job[];
}

/** Sidekiq (5 to 8): what its processes report with every heartbeat, and the signal that lets them take no new job. */
export function createSidekiq(settings: JobRedis, patterns: readonly string[]): Queues {
  const link = createRedisLink(settings.url);
  const key = (name: string) =>
    settings.prefix === undefined ? name : `${settings.prefix}:${name}`;
  const mark = key(`${OWNER}:quiet`);

  async function processesOf(redis: Redis): Promise<readonly Process[]> {
    const identities = (await redis.smembers(key('processes'))).sort();
    if (identities.length === 0) return [];
    const pipeline = redis.pipeline();
    for (const identity of identities) {
      pipeline.hmget(key(identity), 'info', 'quiet');
      pipeline.hgetall(key(`${identity}:work`));
      // Its name before Sidekiq 7.
      pipeline.hgetall(key(`${identity}:workers`));
    }
    const values = await valuesOf(pipeline);
    return identities.flatMap((identity, at) => {
      const [info, quiet] = values[at * 3] as (string | null)[];
      // It has not reported for a minute: it is gone.
      if (!info) return [];
      const work = { ...(values[at * 3 + 2] as object), ...(values[at * 3 + 1] as object) };
      const jobs = Object.entries(work).map(([thread, text]) =>
        jobOf(`${identity}:${thread}`, String(text)),
      );
      return [{ identity, isQuiet: quiet === 'true' || quiet === '1', jobs }];
    });
  }

  const look = (signal: AbortSignal) =>
    retryReads(
      () =>
        link.read(async (redis) => {
          const processes = await processesOf(redis);
          return { processes, heldBy: (await redis.get(mark)) ?? undefined };
        }, signal),
      signal,
    );

  return {
    where: `Sidekiq on ${link.where}`,
    async read(signal): Promise<Jobs> {
      const { processes, heldBy } = await look(signal);
      const running = processes.flatMap(({ jobs }) => jobs);
      const named = (isQuiet: boolean) =>
        processes.filter((one) => one.isQuiet === isQuiet).map(({ identity }) => identity);
      const open = named(false).join(', ');
      const quiet = named(true).join(', ');
      return {
        running: running.filter(({ name }) => isGuarded(name, patterns)),
        interrupted: [],
        pausedBy: heldBy,
        ...(heldBy !== undefined && open !== '' && { stillOpen: `${open} has not gone quiet yet` }),
        ...(quiet !== '' && {
          stillClosed: `${quiet} is quiet and takes no job again until it is restarted`,
        }),
      };
    },
    async pause(timeoutMs, signal) {
      const { processes } = await look(signal);
      const signals = processes.map(({ identity }) => key(`${identity}-signals`));
      await link.change(
        'quiet the Sidekiq processes',
        { lua: QUIET, keys: [mark, ...signals] },
        [OWNER, String(MARK_SECONDS), SIGNAL_SECONDS],
        timeoutMs,
        signal,
      );
    },
    resume: (timeoutMs, signal) =>
      link.change('end the hold', { lua: UNMARK, keys: [mark] }, [OWNER], timeoutMs, signal),
    async doubt(signal) {
      const { processes } = await look(signal);
      return processes.length === 0 ? 'no Sidekiq process has reported there lately' : undefined;
    },
    byHand: {
      pause: 'Quiet All on the Busy page of Sidekiq, or the signal TSTP to every process',
      look: 'the Busy page of Sidekiq',
      resume: `restart every Sidekiq process that is quiet, then delete the key ${mark} if it is left`,
    },
  };
}

function jobOf(id: string, text: string): Job {
  const work = parsed(Work, text);
  const payload = typeof work?.payload === 'string' ? parsed(Payload, work.payload) : work?.payload;
  const name = payload?.display_class ?? payload?.wrapped ?? payload?.class;
  return {
    id: payload?.jid ?? id,
    name: name ?? 'a job without a name',
    startedAt: work?.run_at === undefined ? undefined : millisecondsOf(work.run_at),
  };
}

/** Sidekiq writes seconds; what is too large for them is milliseconds. */
function millisecondsOf(time: number): number {
  return time > 1e11 ? time : time * 1000;
}

/** A job that cannot be read runs all the same. */
function parsed<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
