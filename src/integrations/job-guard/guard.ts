import { createBullmq } from './bullmq.ts';
import { createDatabase } from './database.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import type { JobSource, Jobs } from './jobs.ts';
import type { Queues } from './queues.ts';
import type { JobGuardSettings } from './schema.ts';
import { createSidekiq } from './sidekiq.ts';

const QUEUES = { bullmq: createBullmq, sidekiq: createSidekiq };

/** Where the jobs of a service are read, and where its queue is paused and resumed, if anywhere. */
export interface Guard extends JobSource {
  readonly settings: JobGuardSettings;
  readonly endpoint: Endpoint | undefined;
  /** Queues in Redis. */
  readonly queues: Queues | undefined;
  /** What lets no new job begin: the endpoint where it pauses; the queues where there is no endpoint. */
  readonly pausing: Pick<Endpoint, 'pause'> | undefined;
  /** For people: `the jobs of shop.example/internal/jobs`. */
  readonly title: string;
}

/**
 * Running jobs come from the database or the queues where they are given; who paused and what was interrupted is told by
 * the app where it has an endpoint.
 */
export function createGuard(settings: JobGuardSettings): Guard {
  const endpoint = settings.endpoint && createEndpoint(settings.endpoint, settings.jobs);
  const queues = settings.redis && QUEUES[settings.redis.library](settings.redis, settings.jobs);
  const database = settings.database && createDatabase(settings.database, settings.jobs);

  async function read(signal: AbortSignal): Promise<Jobs> {
    const [told, counted] = await Promise.all([
      endpoint?.read(signal),
      (database ?? queues)?.read(signal),
    ]);
    const first = told ?? counted;
    if (!first) throw new Error('A job guard was made without a place to read jobs.');
    return { ...first, running: (counted ?? first).running };
  }

  const where = endpoint?.where ?? queues?.where;
  const library = `the ${settings.database?.library ?? ''} jobs`;
  return {
    settings,
    endpoint,
    queues,
    pausing: settings.endpoint?.pause === false ? undefined : (endpoint ?? queues),
    title: where === undefined ? library : `the jobs of ${where}`,
    read,
  };
}
