import { createDatabase } from './database.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import type { JobSource, Jobs } from './jobs.ts';
import type { JobGuardSettings } from './schema.ts';

/** Where the jobs of a service are read, and where its queue is paused and resumed, if anywhere. */
export interface Guard extends JobSource {
  readonly settings: JobGuardSettings;
  readonly endpoint: Endpoint | undefined;
  /** The endpoint, where it also pauses. */
  readonly pausing: Endpoint | undefined;
  /** For people: `the jobs of shop.example/internal/jobs`. */
  readonly title: string;
}

/** Running jobs come from the database where one is given; who paused and what was interrupted only the app can tell. */
export function createGuard(settings: JobGuardSettings): Guard {
  const endpoint = settings.endpoint && createEndpoint(settings.endpoint, settings.jobs);
  const database = settings.database && createDatabase(settings.database, settings.jobs);

  async function read(signal: AbortSignal): Promise<Jobs> {
    const [told, counted] = await Promise.all([endpoint?.read(signal), database?.read(signal)]);
    const first = told ?? counted;
    if (!first) throw new Error('A job guard was made without a place to read jobs.');
    return { ...first, running: (counted ?? first).running };
  }

  const kind = settings.database?.library;
  return {
    settings,
    endpoint,
    pausing: settings.endpoint?.pause ? endpoint : undefined,
    title: endpoint ? `the jobs of ${endpoint.where}` : `the ${kind ?? ''} jobs`,
    read,
  };
}
