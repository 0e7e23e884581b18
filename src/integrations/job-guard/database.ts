import { Client } from 'pg';
import { retryReads } from '../retry-reads.ts';
import { untilAborted } from '../until-aborted.ts';
import { secretsOfUrl } from './address.ts';
import { databaseError } from './failures.ts';
import { isGuarded, type Job, type JobSource } from './jobs.ts';
import type { JobDatabase } from './schema.ts';
import { type JobRow, runningJobs, usualSchema } from './tables.ts';

const TIMEOUT_MS = 15_000;
const STATEMENT_TIMEOUT_MS = 10_000;

/** Running jobs by the tables of a job library, each read over a connection of its own that can only read. */
export function createDatabase(settings: JobDatabase, patterns: readonly string[]): JobSource {
  const { library, url } = settings;
  const on = whereOf(url);
  const secrets = secretsOfUrl(url);

  async function query(signal: AbortSignal): Promise<readonly JobRow[]> {
    signal.throwIfAborted();
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: TIMEOUT_MS,
      application_name: 'backstop',
      statement_timeout: STATEMENT_TIMEOUT_MS,
      options: '-c default_transaction_read_only=on',
    });
    // A connection that breaks while nobody waits for it must not end the process.
    client.on('error', () => undefined);
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const stop = AbortSignal.any([signal, timeout]);
    const work = async () => {
      await client.connect();
      const schema = client.escapeIdentifier(settings.schema ?? usualSchema(library));
      return (await client.query<JobRow>(runningJobs(library, schema))).rows;
    };
    const working = work();
    working.catch(() => undefined);
    try {
      return await Promise.race([working, untilAborted(stop)]);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw databaseError(error, on, timeout.aborted ? 'timed-out' : undefined, secrets);
    } finally {
      // Also ends a query that is still at work.
      client.end().catch(() => undefined);
    }
  }

  return {
    async read(signal) {
      const rows = await retryReads(() => query(signal), signal);
      const running = rows.map(jobFrom).filter(({ name }) => isGuarded(name, patterns));
      return { running, interrupted: [], pausedBy: undefined };
    },
  };
}

function jobFrom({ id, name, started_at }: JobRow): Job {
  return { id, name: name ?? 'a job without a name', startedAt: started_at?.getTime() };
}

/** The host and the database of a connection string, without user and password. */
function whereOf(url: string): string {
  if (!URL.canParse(url)) return 'the job database';
  const { pathname, host } = new URL(url);
  return `database ${pathname.slice(1)} on ${host}`;
}
