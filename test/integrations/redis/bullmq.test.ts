/** The job guard over BullMQ's own queues and workers, in a real Redis. */

import { type Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Component } from '../../../src/component.ts';
import { createJobGuard } from '../../../src/integrations/job-guard/index.ts';
import type { Intent, Operation } from '../../../src/operation.ts';
import { type Bench, integrationContract } from '../contract.ts';
import { type RedisProxy, startProxy } from './proxy.ts';
import { documentedRights, hasRedis, type RedisServer, startRedis } from './server.ts';

const never = new AbortController().signal;
const isInstalled = hasRedis('redis/bullmq.test.ts');

describe.skipIf(!isInstalled)('BullMQ in a real Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.stop());

  const guardAt = (port: number, more = {}): Component =>
    createJobGuard({
      id: 'jobs',
      settings: {
        redis: {
          library: 'bullmq',
          url: `redis://:${server.password}@127.0.0.1:${port}`,
          queues: ['mail', 'export'],
          ...more,
        },
      },
      connections: {},
    });

  /** Two queues as BullMQ leaves them, without a job. */
  async function open(): Promise<Bench> {
    server.cli('FLUSHALL');
    for (const queue of ['mail', 'export']) {
      server.cli(
        'HSET',
        `bull:${queue}:meta`,
        'opts.maxLenEvents',
        '10000',
        'version',
        'bullmq:6.7.0',
      );
    }
    const proxy: RedisProxy = await startProxy(server.port);
    return {
      component: guardAt(proxy.port),
      again: () => guardAt(proxy.port),
      operation: 'drain-jobs',
      input: {},
      faults: proxy.faults,
      mutation: 'CHANGE eval',
      reads: 'READ hgetall',
      requests: () => proxy.requests,
      secrets: [server.password],
      now: () => Date.now(),
      finish: () => undefined,
      takesTime: false,
      interfere: () => void server.cli('HSET', 'bull:mail:meta', 'paused', '1'),
      close: () => proxy.close(),
    };
  }
  async function openPaused(): Promise<Bench> {
    const bench = await open();
    for (const queue of ['mail', 'export']) {
      server.cli('HSET', `bull:${queue}:meta`, 'paused', '1');
      server.cli('SET', `bull:${queue}:backstop`, 'backstop');
    }
    const interfere = () => void server.cli('DEL', 'bull:mail:backstop');
    return { ...bench, operation: 'resume-jobs', interfere, warned: /^warn: paused by backstop$/ };
  }
  integrationContract('job-guard, pausing BullMQ', open);
  integrationContract('job-guard, resuming BullMQ', openPaused);

  describe('with a worker at work', () => {
    let connection: Redis;
    let mail: Queue;
    let worker: Worker;
    let served: string[];
    let finish: Map<string, () => void>;
    let guard: Component;

    beforeEach(async () => {
      server.cli('FLUSHALL');
      connection = new Redis({
        host: '127.0.0.1',
        port: server.port,
        password: server.password,
        maxRetriesPerRequest: null,
      });
      mail = new Queue('mail', { connection });
      const others = new Queue('export', { connection });
      await Promise.all([mail.waitUntilReady(), others.waitUntilReady()]);
      served = [];
      finish = new Map();
      // Each job takes until the test lets it end.
      const process = (job: Job) =>
        new Promise<void>((resolve) => {
          served.push(job.name);
          finish.set(job.name, resolve);
        });
      worker = new Worker('mail', process, { connection });
      guard = guardAt(server.port);
    });
    afterEach(async () => {
      for (const end of finish.values()) end();
      await worker.close();
      await mail.close();
      await connection.quit();
    });

    const operation = (name: string): Operation => {
      const found = guard.operations[name];
      if (!found) throw new Error(`no ${name}`);
      return found;
    };
    async function carryOut(name: string) {
      const { fingerprint, expected } = await operation(name).observe({}, never);
      const key = 'R1/s1/1';
      const at = Date.now();
      const intent: Intent = { run: 'R1', step: 's1', key, at, before: fingerprint, expected };
      return operation(name).submit({}, intent, never);
    }
    async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
      while (!(await holds())) await new Promise(setImmediate);
    }

    test('waits for the job that runs, begins no other, and goes on afterwards in the same order', async () => {
      await mail.add('NewsletterMail', {});
      await until(() => served.length === 1);
      await mail.add('second', {});
      await mail.add('third', {});
      const started = (await mail.getActive())[0]?.processedOn ?? 0;

      const handle = await carryOut('drain-jobs');
      const during = await operation('drain-jobs').poll(handle, never);
      await mail.add('fourth', {});
      finish.get('NewsletterMail')?.();
      await until(async () => (await mail.getActiveCount()) === 0);

      const at = new Date(started).toISOString();
      expect(during).toEqual({
        state: 'waiting',
        note: `Waiting for 1 job: NewsletterMail since ${at.slice(0, 10)} ${at.slice(11, 16)} UTC.`,
      });
      expect(await operation('drain-jobs').poll(handle, never)).toEqual({ state: 'succeeded' });
      expect(await mail.isPaused()).toBe(true);
      expect(served).toEqual(['NewsletterMail']);

      const released = await carryOut('resume-jobs');
      expect(await operation('resume-jobs').poll(released, never)).toEqual({ state: 'succeeded' });
      expect(await mail.isPaused()).toBe(false);
      for (const name of ['second', 'third', 'fourth']) {
        await until(() => finish.has(name));
        finish.get(name)?.();
      }
      expect(served).toEqual(['NewsletterMail', 'second', 'third', 'fourth']);
    });

    test('a pause of somebody else is neither taken over nor ended', async () => {
      await mail.pause();

      const checks = await operation('drain-jobs').preflight({}, never);
      const handle = await carryOut('resume-jobs');

      expect(checks[1]).toMatchObject({
        verdict: 'fail',
        blocking: true,
        reason: expect.stringContaining('somebody else (queue mail)'),
      });
      expect(await operation('resume-jobs').poll(handle, never)).toMatchObject({ state: 'failed' });
      expect(await mail.isPaused()).toBe(true);
    });

    test('a queue that somebody resumes while it is held is told, not passed over', async () => {
      const handle = await carryOut('drain-jobs');
      await mail.resume();

      expect(await operation('drain-jobs').poll(handle, never)).toEqual({
        state: 'waiting',
        note: 'Not held yet: queue mail takes jobs.',
      });
    });

    test('a queue that is not there is an error, not an empty one', async () => {
      const component = guardAt(server.port, { queues: ['mails'] });

      await expect(component.operations['drain-jobs']?.observe({}, never)).rejects.toMatchObject({
        detail: { kind: 'not-found', next: expect.stringContaining('redis.queues') },
      });
      expect((await component.doctor(never))[0]?.verdict).toBe('fail');
    });

    test('the rights in the README are enough', async () => {
      server.cli(
        'ACL',
        'SETUSER',
        'little',
        'reset',
        'on',
        '>little-pw',
        ...documentedRights('~bull:*'),
      );
      guard = guardAt(server.port, { url: `redis://little:little-pw@127.0.0.1:${server.port}` });
      await mail.add('waiting', {});
      await until(() => served.length === 1);

      const handle = await carryOut('drain-jobs');
      const during = await operation('drain-jobs').poll(handle, never);
      const released = await carryOut('resume-jobs');

      expect(during.state).toBe('waiting');
      expect(await operation('resume-jobs').poll(released, never)).toEqual({ state: 'succeeded' });
    });

    test('a wrong password and a user that may not do it are told apart', async () => {
      server.cli('ACL', 'SETUSER', 'reader', 'on', '>reader-pw', '~*', '+@read');
      const as = (user: string) =>
        guardAt(server.port, { url: `redis://${user}@127.0.0.1:${server.port}` });

      await expect(
        as('reader:wrong').operations['drain-jobs']?.observe({}, never),
      ).rejects.toMatchObject({ detail: { kind: 'credentials' } });
      const reader = as('reader:reader-pw').operations['drain-jobs'];
      const intent = { run: 'r', step: 's', key: 'k', at: 0, before: 'open', expected: '' };
      await expect(reader?.submit({}, intent, never)).rejects.toMatchObject({
        detail: { kind: 'permission' },
      });
    });
  });

  /** The lists of BullMQ 5, which keeps the jobs of a paused queue apart and would lose what waits elsewhere. */
  test('pauses a queue of BullMQ 5 as that version does, and gives every job back in order', async () => {
    server.cli('FLUSHALL');
    for (const queue of ['mail', 'export']) {
      server.cli('HSET', `bull:${queue}:meta`, 'version', 'bullmq:5.81.5');
    }
    server.cli('LPUSH', 'bull:mail:wait', 'a', 'b');
    const guard = guardAt(server.port);
    const intent = { run: 'r', step: 's', key: 'k', at: 0, before: 'open', expected: '' };

    await guard.operations['drain-jobs']?.submit({}, intent, never);
    const paused = server.cli('LRANGE', 'bull:mail:paused', '0', '-1').split('\n');
    const waiting = server.cli('EXISTS', 'bull:mail:wait');
    server.cli('LPUSH', 'bull:mail:paused', 'c');
    await guard.operations['resume-jobs']?.submit({}, intent, never);

    expect(paused).toEqual(['b', 'a']);
    expect(waiting).toBe('0');
    expect(server.cli('LRANGE', 'bull:mail:wait', '0', '-1').split('\n')).toEqual(['c', 'b', 'a']);
    expect(server.cli('HGET', 'bull:mail:meta', 'paused')).toBe('');
    expect(server.cli('ZSCORE', 'bull:mail:marker', '0')).toBe('0');
  });
});
