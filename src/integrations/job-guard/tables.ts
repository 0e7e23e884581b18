import type { Library } from './schema.ts';

/** A job row as every query below gives it. */
export interface JobRow {
  readonly id: string;
  readonly name: string | null;
  readonly started_at: Date | null;
}

/** Enough to know that jobs run; nobody reads more. */
const MOST = 500;

/** The schema in which a library makes its tables by itself. */
export function usualSchema(library: Library): string {
  return library === 'pg-boss' ? 'pgboss' : 'public';
}

/**
 * The query for the jobs that a library's workers are working on now: id, name and since when. Only select, without locks.
 * @param schema a quoted identifier.
 */
export function runningJobs(library: Library, schema: string): string {
  return `${QUERIES[library](schema)} limit ${MOST}`;
}

const QUERIES: Readonly<Record<Library, (schema: string) => string>> = {
  // Que (2.x), as its own introspection: a worker holds the advisory lock of the job it works on, and of the few it takes
  // up next. Since when is not kept.
  que: (s) => `
    select job.id::text as id,
           coalesce(job.args -> 0 ->> 'job_class', job.job_class) as name,
           null::timestamptz as started_at
      from ${s}.que_jobs job
      join (select (lock.classid::bigint << 32) + lock.objid::bigint as job_id
              from pg_locks lock
              join ${s}.que_lockers locker using (pid)
             where lock.locktype = 'advisory'
               and lock.granted
               and lock.objsubid = 1
               and lock.database = (select oid from pg_database where datname = current_database())
           ) held on held.job_id = job.id
     order by job.id`,

  // GoodJob (4.x): performed, not finished, and locked by a process that still shows signs of life. Its processes count as
  // gone after five minutes without one; until then a job of a process that was killed counts as running.
  good_job: (s) => `
    select job.id::text as id,
           job.job_class as name,
           ${utc('job.performed_at')} as started_at
      from ${s}.good_jobs job
      join ${s}.good_job_processes process on process.id = job.locked_by_id
     where job.performed_at is not null
       and job.finished_at is null
       and ${utc('process.updated_at')} > now() - interval '5 minutes'
     order by job.performed_at`,

  // Delayed Job (4.x): locked less than max_run_time ago, four hours unless the app says otherwise.
  delayed_job: (s) => `
    select job.id::text as id,
           coalesce(substring(job.handler from 'job_class: *[''"]?([A-Za-z0-9_:]+)'),
                    substring(job.handler from 'object: *!ruby/[A-Za-z]+:([A-Za-z0-9_:]+)')
                      || '#' || substring(job.handler from 'method_name: *:?([A-Za-z0-9_?!]+)'),
                    substring(job.handler from '^--- *!ruby/[A-Za-z]+:([A-Za-z0-9_:]+)')) as name,
           ${utc('job.locked_at')} as started_at
      from ${s}.delayed_jobs job
     where job.locked_at is not null
       and job.failed_at is null
       and ${utc('job.locked_at')} > now() - interval '4 hours'
     order by job.locked_at`,

  // Solid Queue (1.x): claimed by a process. One whose process was killed stays claimed until a supervisor prunes it.
  solid_queue: (s) => `
    select job.id::text as id,
           job.class_name as name,
           ${utc('claimed.created_at')} as started_at
      from ${s}.solid_queue_claimed_executions claimed
      join ${s}.solid_queue_jobs job on job.id = claimed.job_id
     order by claimed.created_at`,

  // pg-boss: the state says it. The column of the start was renamed in version 10.
  'pg-boss': (s) => `
    select job.id::text as id,
           job.name as name,
           coalesce(to_jsonb(job) ->> 'started_on', to_jsonb(job) ->> 'startedon')::timestamptz
             as started_at
      from ${s}.job job
     where job.state::text = 'active'
     order by 3`,
};

/** Rails keeps UTC in columns without a zone unless told otherwise; then they have one. */
function utc(column: string): string {
  return `(case when pg_typeof(${column}) = 'timestamptz'::regtype
                then ${column}::timestamptz
                else ${column}::timestamp at time zone 'UTC' end)`;
}
