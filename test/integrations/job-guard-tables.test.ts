import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import { createJobGuard } from '../../src/integrations/job-guard/index.ts';
import { type Cluster, hasPostgresql, openCluster } from './postgresql/cluster.ts';

const never = new AbortController().signal;
const PASSWORD = 'guard-password-4d1e';
const isInstalled = hasPostgresql('job-guard-tables.test.ts');

/** The tables as each library's own migrations make them, as far as a running job shows in them. */
const TABLES = {
  que: `
    create table que_jobs (
      priority smallint not null default 100, run_at timestamptz not null default now(),
      id bigserial primary key, job_class text not null, error_count integer not null default 0,
      last_error_message text, queue text not null default 'default', last_error_backtrace text,
      finished_at timestamptz, expired_at timestamptz, args jsonb not null default '[]',
      data jsonb not null default '{}', job_schema_version integer default 1,
      kwargs jsonb not null default '{}');
    create unlogged table que_lockers (
      pid integer primary key, worker_count integer not null, worker_priorities integer[] not null,
      ruby_pid integer not null, ruby_hostname text not null, queues text[] not null,
      listening boolean not null, job_schema_version integer default 1);`,
  good_job: `
    create table good_job_processes (
      id uuid primary key default gen_random_uuid(), created_at timestamp(6) not null,
      updated_at timestamp(6) not null, state jsonb, lock_type smallint);
    create table good_jobs (
      id uuid primary key default gen_random_uuid(), queue_name text, priority integer,
      serialized_params jsonb, scheduled_at timestamp(6), performed_at timestamp(6),
      finished_at timestamp(6), error text, created_at timestamp(6), updated_at timestamp(6),
      active_job_id uuid, job_class text, locked_by_id uuid, locked_at timestamp(6));`,
  delayed_job: `
    create table delayed_jobs (
      id bigserial primary key, priority integer not null default 0,
      attempts integer not null default 0, handler text not null, last_error text,
      run_at timestamp(6), locked_at timestamp(6), failed_at timestamp(6), locked_by varchar,
      queue varchar, created_at timestamp(6), updated_at timestamp(6));`,
  solid_queue: `
    create table solid_queue_jobs (
      id bigserial primary key, queue_name varchar not null, class_name varchar not null,
      arguments text, priority integer not null default 0, active_job_id varchar,
      scheduled_at timestamp(6), finished_at timestamp(6), concurrency_key varchar,
      created_at timestamp(6) not null default now(), updated_at timestamp(6) not null default now());
    create table solid_queue_claimed_executions (
      id bigserial primary key, job_id bigint not null references solid_queue_jobs on delete cascade,
      process_id bigint, created_at timestamp(6) not null);`,
  'pg-boss': `
    create schema pgboss;
    create type pgboss.job_state as enum
      ('created', 'retry', 'active', 'completed', 'cancelled', 'failed');
    create table pgboss.job (
      id uuid not null default gen_random_uuid(), name text not null,
      priority integer not null default 0, data jsonb, state pgboss.job_state not null default 'created',
      retry_limit integer not null default 2, start_after timestamptz not null default now(),
      started_on timestamptz, expire_in interval not null default interval '15 minutes',
      created_on timestamptz not null default now(), completed_on timestamptz)
      partition by list (name);
    create table pgboss.job_mail partition of pgboss.job for values in ('weekly-mail');
    create table pgboss.job_other partition of pgboss.job default;`,
} as const;
type Library = keyof typeof TABLES;

const README = readFileSync(
  new URL('../../src/integrations/job-guard/README.md', import.meta.url),
  'utf8',
);

/** What the README says a role has to read, besides what everybody may. */
function documentedTables(library: Library): readonly string[] {
  const row = README.split('\n').find((line) => new RegExp(`^\\| ${library}\\b`).test(line));
  const [, , tables = ''] = row?.split('|') ?? [];
  const names = [...tables.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  return names.filter((name) => name !== 'pg_locks');
}

describe.skipIf(!isInstalled)('the job tables on a real PostgreSQL', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await openCluster();
    cluster.sql('postgres', `create role guard login password '${PASSWORD}'`);
  }, 60_000);
  afterAll(() => cluster?.close());

  const addressOf = (database: string, user = 'guard') =>
    `postgres://${user}:${PASSWORD}@127.0.0.1:${cluster.port}/${database}`;
  const guardOf = (library: Library, url: string, more = {}): Component =>
    createJobGuard({
      id: 'jobs',
      settings: { database: { library, url, ...more } },
      connections: {},
    });

  /** A database of its own for each library, which the guard may only read. */
  function prepare(library: Library): string {
    const name = `jobs_${library.replace('-', '_')}`;
    cluster.sql('postgres', `drop database if exists ${name} with (force)`);
    cluster.sql('postgres', `create database ${name}`);
    cluster.sql(name, TABLES[library]);
    const schema = library === 'pg-boss' ? 'pgboss' : 'public';
    cluster.sql(name, `grant usage on schema ${schema} to guard`);
    for (const table of documentedTables(library)) {
      cluster.sql(name, `grant select on ${schema}.${table} to guard`);
    }
    // The zone of the session must not matter: Rails writes UTC into columns without one.
    cluster.sql(name, `alter database ${name} set timezone to 'Asia/Tokyo'`);
    return name;
  }

  async function waitsFor(library: Library, database: string): Promise<string> {
    const drain = guardOf(library, addressOf(database)).operations['drain-jobs'];
    const progress = await drain?.poll({ paused: false }, never);
    if (progress?.state === 'succeeded') return 'nothing';
    return progress?.state === 'waiting' ? progress.note : JSON.stringify(progress);
  }

  test('good_job: performed, not finished, and locked by a process that is alive', async () => {
    const database = prepare('good_job');
    cluster.sql(
      database,
      `insert into good_job_processes (id, created_at, updated_at) values
         ('00000000-0000-0000-0000-000000000001', now() at time zone 'UTC', now() at time zone 'UTC'),
         ('00000000-0000-0000-0000-000000000002', '2026-01-01', '2026-01-01');
       insert into good_jobs (job_class, performed_at, finished_at, locked_by_id) values
         ('NewsletterMailJob', '2026-03-04 10:00', null, '00000000-0000-0000-0000-000000000001'),
         ('FinishedJob', '2026-03-04 10:00', '2026-03-04 10:01', null),
         ('OrphanedJob', '2026-03-04 10:00', null, '00000000-0000-0000-0000-000000000002'),
         ('QueuedJob', null, null, null)`,
    );

    expect(await waitsFor('good_job', database)).toBe(
      'Waiting for 1 job: NewsletterMailJob since 2026-03-04 10:00 UTC.',
    );

    cluster.sql(database, `update good_jobs set finished_at = now() where finished_at is null`);
    expect(await waitsFor('good_job', database)).toBe('nothing');
  });

  test('delayed_job: locked less than four hours ago, named by its handler', async () => {
    const database = prepare('delayed_job');
    const adapter =
      '--- !ruby/object:ActiveJob::QueueAdapters::DelayedJobAdapter::JobWrapper\njob_data:\n  job_class: Exports::DataExportJob\n  job_id: x\n';
    const performable =
      '--- !ruby/object:Delayed::PerformableMethod\nobject: !ruby/ActiveRecord:User\n  attributes: {}\nmethod_name: :send_mail\n';
    const plain = '--- !ruby/object:NewsletterJob\nuser: 1\n';
    const recently = `(now() at time zone 'UTC') - interval '10 minutes'`;
    cluster.sql(
      database,
      `insert into delayed_jobs (handler, locked_at, failed_at) values
         ($$${adapter}$$, ${recently}, null),
         ($$${performable}$$, ${recently}, null),
         ($$${plain}$$, ${recently}, null),
         ($$--- !ruby/object:QueuedJob\n$$, null, null),
         ($$--- !ruby/object:FailedJob\n$$, ${recently}, now()),
         ($$--- !ruby/object:StaleJob\n$$, (now() at time zone 'UTC') - interval '5 hours', null)`,
    );

    const words = await waitsFor('delayed_job', database);

    expect(words).toContain('Waiting for 3 jobs:');
    for (const name of ['Exports::DataExportJob', 'User#send_mail', 'NewsletterJob']) {
      expect(words).toContain(`${name} since`);
    }
  });

  test('solid_queue: claimed by a process', async () => {
    const database = prepare('solid_queue');
    cluster.sql(
      database,
      `insert into solid_queue_jobs (id, queue_name, class_name) values
         (1, 'mailers', 'NewsletterMailJob'), (2, 'default', 'QueuedJob');
       insert into solid_queue_claimed_executions (job_id, process_id, created_at)
         values (1, 7, '2026-03-04 10:00')`,
    );

    expect(await waitsFor('solid_queue', database)).toBe(
      'Waiting for 1 job: NewsletterMailJob since 2026-03-04 10:00 UTC.',
    );
  });

  test('pg-boss: in state active, in any partition', async () => {
    const database = prepare('pg-boss');
    cluster.sql(
      database,
      `insert into pgboss.job (name, state, started_on) values
         ('weekly-mail', 'active', '2026-03-04T10:00Z'),
         ('export', 'active', '2026-03-04T10:05Z'),
         ('weekly-mail', 'created', null), ('weekly-mail', 'completed', '2026-03-04T09:00Z')`,
    );

    expect(await waitsFor('pg-boss', database)).toBe(
      'Waiting for 2 jobs: weekly-mail since 2026-03-04 10:00 UTC, export since 2026-03-04 10:05 UTC.',
    );
  });

  describe('que', () => {
    let worker: Client;
    let database: string;
    beforeEach(async () => {
      database = prepare('que');
      worker = new Client({ connectionString: addressOf(database, 'postgres') });
      worker.on('error', () => undefined);
      await worker.connect();
    });
    afterEach(() => worker.end());

    test('locked by a worker of Que, also with ids beyond 32 bits', async () => {
      const wrapped = 'ActiveJob::QueueAdapters::QueAdapter::JobWrapper';
      await worker.query(
        `insert into que_jobs (id, job_class, args) values
           (1, 'NewsletterJob', '[]'), (8589934599, '${wrapped}', '[{"job_class":"DataExportJob"}]'),
           (3, 'QueuedJob', '[]');
         insert into que_lockers values (pg_backend_pid(), 6, '{10,30}', 1, 'host', '{default}', true, 1);
         select pg_advisory_lock(1), pg_advisory_lock(8589934599)`,
      );

      expect(await waitsFor('que', database)).toBe(
        'Waiting for 2 jobs: NewsletterJob since nobody knows when, DataExportJob since nobody knows when.',
      );

      await worker.query('select pg_advisory_unlock_all()');
      expect(await waitsFor('que', database)).toBe('nothing');
    });

    test('locks of others, of another kind and in another database are none of Que', async () => {
      const other = prepare('good_job');
      const elsewhere = new Client({ connectionString: addressOf(other, 'postgres') });
      await elsewhere.connect();
      await worker.query(
        `insert into que_jobs (id, job_class) values (1, 'A'), (2, 'B'), (3, 'C');
         insert into que_lockers values (pg_backend_pid(), 6, '{10}', 1, 'host', '{default}', true, 1);
         select pg_advisory_lock(0, 3)`,
      );
      await elsewhere.query('select pg_advisory_lock(2)');

      expect(await waitsFor('que', database)).toBe('nothing');
      await elsewhere.end();
    });
  });

  describe('what can be wrong', () => {
    const failure = async (library: Library, url: string, more = {}) => {
      const drain = guardOf(library, url, more).operations['drain-jobs'];
      return drain?.observe({}, never).then(
        () => ({ detail: { kind: 'none' } }),
        (error: unknown) => error,
      );
    };

    test.each([
      ['a role that does not exist', 'credentials', (name: string) => addressOf(name, 'nobody')],
      ['a database that does not exist', 'not-found', () => addressOf('none')],
      [
        'a port where nothing listens',
        'unavailable',
        (name: string) => `postgres://guard:${PASSWORD}@127.0.0.1:9/${name}`,
      ],
    ])('%s is told, without the password', async (_name, kind, url) => {
      const error = await failure('good_job', url(prepare('good_job')));

      expect(error).toMatchObject({
        name: 'OutsideError',
        detail: { kind, next: expect.stringMatching(/\w/) },
      });
      expect(String(error)).not.toContain(PASSWORD);
    });

    test('tables of another library, another schema and no right to read are told apart', async () => {
      const name = prepare('good_job');

      expect(await failure('que', addressOf(name))).toMatchObject({
        detail: { kind: 'not-found' },
      });
      expect(await failure('good_job', addressOf(name), { schema: 'app' })).toMatchObject({
        detail: { kind: 'not-found' },
      });
      cluster.sql(name, 'revoke select on good_jobs from guard');
      expect(await failure('good_job', addressOf(name))).toMatchObject({
        detail: { kind: 'permission', next: expect.stringContaining('Grant') },
      });
    });

    test('the doctor finds the tables, and warns that new jobs may begin', async () => {
      const findings = await guardOf('good_job', addressOf(prepare('good_job'))).doctor(never);

      expect(findings.map((one) => one.verdict)).toEqual(['pass', 'warn']);
    });

    test('a read stops at once when it is cancelled, and leaves no connection', async () => {
      const name = prepare('good_job');
      const locker = new Client({ connectionString: addressOf(name, 'postgres') });
      await locker.connect();
      await locker.query('begin; lock table good_jobs in access exclusive mode');
      const stop = new AbortController();
      const drain = guardOf('good_job', addressOf(name)).operations['drain-jobs'];
      const outcome = drain?.observe({}, stop.signal).catch((error: unknown) => error);
      const waiting = `select count(*)::int from pg_stat_activity where application_name = 'backstop' and datname = '${name}' and wait_event_type = 'Lock'`;
      while (cluster.sql('postgres', waiting) !== '1') await new Promise(setImmediate);

      stop.abort();

      expect(await outcome).toBeInstanceOf(Error);
      await locker.query('rollback');
      await locker.end();
      const left = `select count(*)::int from pg_stat_activity where application_name = 'backstop' and datname = '${name}'`;
      while (cluster.sql('postgres', left) !== '0') await new Promise(setImmediate);
    });
  });
});
