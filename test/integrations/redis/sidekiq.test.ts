/** The job guard over Sidekiq: a real process where ruby-sidekiq is installed, and the keys that other versions write. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Component } from '../../../src/component.ts';
import { createJobGuard } from '../../../src/integrations/job-guard/index.ts';
import type { Intent, Operation } from '../../../src/operation.ts';
import { type Bench, integrationContract } from '../contract.ts';
import { startProxy } from './proxy.ts';
import { documentedRights, hasRedis, type RedisServer, startRedis } from './server.ts';

const never = new AbortController().signal;
const isInstalled = hasRedis('redis/sidekiq.test.ts');
const SIDEKIQ = '/usr/bin/sidekiq';
const hasSidekiq = isInstalled && existsSync(SIDEKIQ);
if (!hasSidekiq) {
  console.warn(
    `SKIPPED: redis/sidekiq.test.ts: no Sidekiq is installed here (${SIDEKIQ}); only the keys it writes were tested.`,
  );
}
const WORKER = 'worker-1:7:ab12';

describe.skipIf(!isInstalled)('Sidekiq in a real Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.stop());
  beforeEach(() => void server.cli('FLUSHALL'));

  const guardAt = (port: number, more = {}, jobs = ['*']): Component =>
    createJobGuard({
      id: 'jobs',
      settings: {
        jobs,
        redis: {
          library: 'sidekiq',
          url: `redis://:${server.password}@127.0.0.1:${port}`,
          ...more,
        },
      },
      connections: {},
    });
  const operationOf = (component: Component, name: string): Operation => {
    const found = component.operations[name];
    if (!found) throw new Error(`no ${name}`);
    return found;
  };
  async function carryOut(operation: Operation) {
    const { fingerprint, expected } = await operation.observe({}, never);
    const at = Date.now();
    const intent: Intent = {
      run: 'R1',
      step: 's1',
      key: 'R1/s1/1',
      at,
      before: fingerprint,
      expected,
    };
    return { intent, handle: await operation.submit({}, intent, never) };
  }

  /** The keys that the heartbeat of a process writes. */
  function beat(identity: string, quiet: boolean, prefix = ''): void {
    server.cli('SADD', `${prefix}processes`, identity);
    server.cli('HSET', `${prefix}${identity}`, 'info', '{}', 'busy', '0', 'quiet', String(quiet));
  }

  /** One process, which obeys its signal at once. */
  async function open(): Promise<Bench> {
    server.cli('FLUSHALL');
    beat(WORKER, false);
    const proxy = await startProxy(server.port);
    proxy.afterChange = () => {
      if (server.cli('RPOP', `${WORKER}-signals`) === 'TSTP') beat(WORKER, true);
    };
    return {
      component: guardAt(proxy.port),
      again: () => guardAt(proxy.port),
      operation: 'drain-jobs',
      input: {},
      faults: proxy.faults,
      mutation: 'CHANGE eval',
      reads: 'READ smembers',
      requests: () => proxy.requests,
      secrets: [server.password],
      now: () => Date.now(),
      finish: () => undefined,
      takesTime: false,
      interfere: () => void server.cli('SET', 'backstop:quiet', 'ana'),
      close: () => proxy.close(),
    };
  }
  integrationContract('job-guard, quieting Sidekiq', open);
  integrationContract('job-guard, ending the hold of Sidekiq', async () => {
    const bench = await open();
    server.cli('SET', 'backstop:quiet', 'backstop');
    return { ...bench, operation: 'resume-jobs', warned: /^warn: paused by backstop$/ };
  });

  test.each([
    ['work', JSON.stringify({ class: 'NewsletterMailJob', jid: 'a1' }), 1_772_618_400],
    ['workers', { class: 'NewsletterMailJob', jid: 'a1' }, 1_772_618_400],
    [
      'work',
      JSON.stringify({ class: 'Sidekiq::ActiveJob::Wrapper', wrapped: 'NewsletterMailJob' }),
      1_772_618_400_000,
    ],
  ])('reads a job from %s, whatever the version wrote', async (key, payload, run_at) => {
    beat(WORKER, false);
    const job = JSON.stringify({ queue: 'mailers', run_at, payload });
    server.cli('HSET', `${WORKER}:${key}`, 't1', job);
    // Its process is gone: it did not report for a minute.
    server.cli('SADD', 'processes', 'gone');
    server.cli('HSET', `gone:${key}`, 't1', job);
    const drain = operationOf(guardAt(server.port, {}, ['*Mail*']), 'drain-jobs');

    const [check] = await drain.preflight({}, never);

    expect(check?.reason).toContain('1 job: NewsletterMailJob since 2026-03-04 10:00 UTC');
  });

  test('keys under a namespace are found there, and others are not', async () => {
    beat(WORKER, false, 'shop:');
    const doctor = async (more = {}) => (await guardAt(server.port, more).doctor(never))[0];

    expect((await doctor({ prefix: 'shop' }))?.verdict).toBe('pass');
    expect(await doctor()).toMatchObject({
      verdict: 'warn',
      reason: 'no Sidekiq process has reported there lately',
    });
  });

  test('the rights in the README are enough', async () => {
    beat(WORKER, false);
    server.cli('ACL', 'SETUSER', 'little', 'reset', 'on', '>little-pw', ...documentedRights('~*'));
    const url = `redis://little:little-pw@127.0.0.1:${server.port}`;
    const guard = guardAt(server.port, { url });

    await carryOut(operationOf(guard, 'drain-jobs'));
    const signal = server.cli('LRANGE', `${WORKER}-signals`, '0', '-1');
    await carryOut(operationOf(guard, 'resume-jobs'));

    expect(signal).toBe('TSTP');
    expect(server.cli('EXISTS', 'backstop:quiet')).toBe('0');
  });

  test('a process that does not go quiet is waited for by name', async () => {
    beat(WORKER, false);
    const drain = operationOf(guardAt(server.port), 'drain-jobs');

    const { handle, intent } = await carryOut(drain);

    const note = `Not held yet: ${WORKER} has not gone quiet yet.`;
    expect(await drain.poll(handle, never)).toEqual({ state: 'waiting', note });
    expect(await drain.recover({}, intent, handle, never)).toEqual({ state: 'in-flight', note });
    beat(WORKER, true);
    expect(await drain.poll(handle, never)).toEqual({ state: 'succeeded' });
  });

  test('after the hold a process that is still quiet is not passed over', async () => {
    beat(WORKER, true);
    server.cli('SET', 'backstop:quiet', 'backstop');
    const resume = operationOf(guardAt(server.port), 'resume-jobs');

    const { handle } = await carryOut(resume);
    const during = await resume.poll(handle, never);
    server.cli('DEL', WORKER);
    beat('worker-1:8:cd34', false);

    expect(during).toEqual({
      state: 'waiting',
      note: `Waiting: ${WORKER} is quiet and takes no job again until it is restarted.`,
    });
    expect(await resume.poll(handle, never)).toEqual({ state: 'succeeded' });
  });

  describe.skipIf(!hasSidekiq)('with a real process', () => {
    let directory: string;
    let process: ChildProcess;
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'backstop-sidekiq-'));
      const file = join(directory, 'jobs.rb');
      // The job takes until the test lets it end, by a value in Redis.
      writeFileSync(
        file,
        `require 'sidekiq'
         class NewsletterMailJob
           include Sidekiq::Worker
           def perform = Sidekiq.redis { |redis| redis.lpush('began', jid); redis.brpop('let-it-end', timeout: 0) }
         end`,
      );
      process = start(file);
      server.cli('SADD', 'queues', 'default');
    });
    afterEach(async () => {
      const ended = new Promise((resolve) => process.once('exit', resolve));
      process.kill('SIGKILL');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    });

    const start = (file: string) =>
      spawn(SIDEKIQ, ['-r', file, '-c', '2', '-t', '1'], {
        cwd: directory,
        stdio: 'ignore',
        env: {
          PATH: '/usr/bin:/bin',
          HOME: directory,
          REDIS_URL: `redis://:${server.password}@127.0.0.1:${server.port}/0`,
        },
      });
    const enqueue = (jid: string) =>
      server.cli(
        'LPUSH',
        'queue:default',
        JSON.stringify({
          class: 'NewsletterMailJob',
          args: [],
          jid,
          retry: false,
          queue: 'default',
        }),
      );

    test('is quieted, its job waited for, and none begun after it', async () => {
      enqueue('a1');
      const drain = operationOf(guardAt(server.port), 'drain-jobs');
      // Running jobs are told with the heartbeat.
      while ((await drain.preflight({}, never))[0]?.verdict !== 'warn') await pause();

      const { handle } = await carryOut(drain);
      let progress = await drain.poll(handle, never);
      while (progress.state === 'waiting' && /quiet/.test(progress.note)) {
        await pause();
        progress = await drain.poll(handle, never);
      }
      enqueue('a2');
      const during = progress;
      server.cli('LPUSH', 'let-it-end', '1');
      while (progress.state === 'waiting') {
        await pause();
        progress = await drain.poll(handle, never);
      }

      expect(during).toEqual({
        state: 'waiting',
        note: expect.stringMatching(/^Waiting for 1 job: NewsletterMailJob since /),
      });
      expect(progress).toEqual({ state: 'succeeded' });
      expect(server.cli('LRANGE', 'began', '0', '-1')).toBe('a1');
      expect(server.cli('LLEN', 'queue:default')).toBe('1');
    }, 120_000);
  });
});

const pause = () => new Promise((resolve) => setTimeout(resolve, 200));
