import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import { JobGuardSettings } from '../../src/integrations/job-guard/schema.ts';
import type { Handle, Intent, Operation } from '../../src/operation.ts';
import { integrationContract } from './contract.ts';
import {
  type GuardBench,
  MAIL_MS,
  openGuardBench,
  openInterruptedBench,
  PEOPLE,
} from './job-guard-bench.ts';

const never = new AbortController().signal;

integrationContract('job-guard, draining', openGuardBench);
integrationContract('job-guard, resuming', openInterruptedBench);

describe('job-guard', () => {
  let bench: GuardBench;
  beforeEach(async () => {
    bench = await openGuardBench();
  });
  afterEach(() => bench.close());

  const worker = () => bench.cloud.worker;
  const operation = (name: string, component: Component = bench.component): Operation => {
    const found = component.operations[name];
    if (!found) throw new Error(`no ${name}`);
    return found;
  };
  const drain = (component?: Component) => operation('drain-jobs', component);
  const resume = (component?: Component) => operation('resume-jobs', component);
  async function intend(of: Operation, key = 'R1/s1/1'): Promise<Intent> {
    const { fingerprint, expected } = await of.observe({}, never);
    return { run: 'R1', step: 's1', key, at: bench.now(), before: fingerprint, expected };
  }
  async function carryOut(of: Operation): Promise<{ intent: Intent; handle: Handle }> {
    const intent = await intend(of);
    return { intent, handle: await of.submit({}, intent, never) };
  }
  const mailsTo = (to: string) => worker().mails.filter((mail) => mail.to === to).length;

  test('holds by draining and releases by resuming', () => {
    expect(bench.component.hold?.acquire()).toEqual({ operation: 'drain-jobs', input: {} });
    expect(bench.component.hold?.release()).toEqual({ operation: 'resume-jobs', input: {} });
    expect(drain().undo?.({})).toEqual({ operation: 'resume-jobs', input: {} });
  });

  describe('draining', () => {
    beforeEach(() => worker().startMailJob({ id: 'mail-1', recipients: PEOPLE }));

    test('is planned with the jobs that run, and since when', async () => {
      const [check] = await drain().preflight({}, never);
      const changes = await drain().describe({}, never);

      expect(check).toMatchObject({
        verdict: 'warn',
        blocking: false,
        reason: expect.stringContaining('NewsletterMailJob since 2026-03-04 10:00 UTC'),
      });
      expect(changes[1]?.to).toBe('none runs; waited for up to 30 min');
    });

    test('waits, naming the jobs, until the last one has ended', async () => {
      const { handle } = await carryOut(drain());

      const during = await drain().poll(handle, never);
      bench.pass(MAIL_MS * PEOPLE.length);

      expect(during).toEqual({
        state: 'waiting',
        note: 'Waiting for 1 job: NewsletterMailJob since 2026-03-04 10:00 UTC.',
      });
      expect(await drain().poll(handle, never)).toEqual({ state: 'succeeded' });
      expect(worker().mails.map((mail) => mail.to)).toEqual(PEOPLE);
    });

    test('lets no new job begin meanwhile', async () => {
      await carryOut(drain());
      bench.pass(MAIL_MS * PEOPLE.length);

      worker().startMailJob({ id: 'mail-2', recipients: PEOPLE });

      expect(worker().running).toEqual([]);
    });

    test('is under way, not done, while a job still runs, also after a lost answer', async () => {
      bench.faults.add({ on: 'POST pause', fault: { kind: 'reset', when: 'after' } });
      const intent = await intend(drain());
      await drain()
        .submit({}, intent, never)
        .catch(() => undefined);

      const early = await drain().recover({}, intent, undefined, never);
      bench.pass(MAIL_MS * PEOPLE.length);

      expect(early).toMatchObject({ state: 'in-flight', note: expect.stringContaining('Mail') });
      expect(await drain().recover({}, intent, undefined, never)).toEqual({ state: 'done' });
    });

    test('is no drift when jobs end or begin between plan and run', async () => {
      const planned = await drain().observe({}, never);
      bench.pass(MAIL_MS * PEOPLE.length);

      const later = await drain().observe({}, never);

      expect(later.fingerprint).toBe(planned.fingerprint);
      expect(later.expected).toBe(planned.expected);
    });

    test('leaves jobs alone that are not guarded', async () => {
      const exports = bench.with({ jobs: ['*ExportJob'] });
      const { handle } = await carryOut(drain(exports));

      expect(await drain(exports).poll(handle, never)).toEqual({ state: 'succeeded' });
      expect(worker().running).toMatchObject([{ name: 'NewsletterMailJob' }]);
    });

    test('only waits, and sends nothing, where the queue is not to be paused', async () => {
      const endpoint = {
        url: `${worker().url}/internal/jobs`,
        token: worker().token,
        pause: false,
      };
      const component = bench.with({ endpoint });
      const { intent, handle } = await carryOut(drain(component));

      const during = await drain(component).recover({}, intent, handle, never);
      bench.pass(MAIL_MS * PEOPLE.length);

      expect(during).toMatchObject({ state: 'in-flight' });
      expect(await drain(component).poll(handle, never)).toEqual({ state: 'succeeded' });
      expect(await drain(component).recover({}, intent, handle, never)).toEqual({ state: 'done' });
      expect(bench.requests().filter((one) => one.mutating)).toEqual([]);
    });

    test('fails when somebody resumes the queue meanwhile', async () => {
      const { handle } = await carryOut(drain());
      worker().pauseBy(undefined);

      expect(await drain().poll(handle, never)).toMatchObject({
        state: 'failed',
        reason: expect.stringContaining('resumed by somebody'),
      });
    });
  });

  test("is blocked by somebody else's pause", async () => {
    worker().pauseBy('ana');

    const checks = await drain().preflight({}, never);

    expect(checks.find(({ verdict }) => verdict === 'fail')).toMatchObject({
      blocking: true,
      reason: expect.stringContaining('ana'),
    });
  });

  describe('resuming', () => {
    beforeEach(async () => {
      await carryOut(drain());
    });

    async function interruptAfter(served: number): Promise<void> {
      worker().pauseBy(undefined);
      worker().startMailJob({ id: 'mail-1', recipients: PEOPLE });
      bench.pass(MAIL_MS * served);
      worker().pauseBy('backstop');
      worker().restart();
    }

    test('ends the pause', async () => {
      const { intent, handle } = await carryOut(resume());

      expect(await resume().poll(handle, never)).toEqual({ state: 'succeeded' });
      expect(await resume().recover({}, intent, handle, never)).toEqual({ state: 'done' });
      expect(worker().pausedBy).toBeUndefined();
    });

    test('re-queues an interrupted job, and nobody is mailed twice', async () => {
      await interruptAfter(2);

      const { handle } = await carryOut(resume());
      bench.pass(MAIL_MS * PEOPLE.length);

      expect(await resume().poll(handle, never)).toEqual({ state: 'succeeded' });
      expect(worker().mails.map((mail) => mail.to)).toEqual(PEOPLE);
      expect(bench.requests().filter((one) => one.call === 'POST resume')).toHaveLength(1);
    });

    test('without the list the same people would be mailed twice', async () => {
      await interruptAfter(2);

      await fetch(`${worker().url}/internal/jobs/resume`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${worker().token}`,
          'content-type': 'application/json',
          'idempotency-key': 'by-hand',
        },
        body: JSON.stringify({ by: 'backstop', requeue: [{ id: 'mail-1' }] }),
      });
      bench.pass(MAIL_MS * PEOPLE.length);

      expect(mailsTo('ana@acme.example')).toBe(2);
    });

    test('goes on after working hours where the app offers it, with those not yet served', async () => {
      const guard = bench.with({ workingHours: { to: '18:00', zone: 'Europe/Berlin' } });
      await interruptAfter(2);

      // Wednesday 11:00 in Berlin.
      const changes = await resume(guard).describe({}, never);
      const { handle, intent } = await carryOut(resume(guard));
      const hourMs = 3_600_000;
      bench.pass(6 * hourMs);
      const before = worker().mails.length;
      bench.pass(hourMs + MAIL_MS * PEOPLE.length);

      expect(changes[1]?.to).toContain(
        'outside working hours (09:00 to 18:00 Europe/Berlin, Mon Tue Wed Thu Fri)',
      );
      expect(await resume(guard).poll(handle, never)).toEqual({ state: 'succeeded' });
      expect(await resume(guard).recover({}, intent, handle, never)).toMatchObject({
        state: 'done',
        note: expect.stringMatching(
          /NewsletterMailJob \(2 of 5 served\), to go on at 2026-03-04 17:00 UTC/,
        ),
      });
      expect(before).toBe(2);
      expect(worker().mails.map((mail) => mail.to)).toEqual(PEOPLE);
      expect(worker().mails[2]?.at).toMatch(/^2026-03-04T17:00:0/);
    });

    test('goes on at once where the app cannot wait, and the plan says so', async () => {
      worker().reschedules = false;
      const guard = bench.with({ workingHours: { zone: 'Europe/Berlin' } });
      await interruptAfter(2);

      const checks = await resume(guard).preflight({}, never);
      await carryOut(resume(guard));
      bench.pass(MAIL_MS * PEOPLE.length);

      expect(checks[1]).toMatchObject({
        verdict: 'warn',
        reason: expect.stringContaining('so they go on at once'),
      });
      expect(worker().mails.map((mail) => mail.to)).toEqual(PEOPLE);
    });

    test.each([
      ['was lost before it arrived', { kind: 'reset' }],
      ['was lost after it was done', { kind: 'reset', when: 'after' }],
      ['arrives late', { kind: 'late', ms: 3_000 }],
    ] as const)(
      'nobody is mailed twice when the request %s and is sent again',
      async (_, fault) => {
        await interruptAfter(2);
        bench.faults.add({ on: 'POST resume', fault });
        const intent = await intend(resume());
        await resume()
          .submit({}, intent, never)
          .catch(() => undefined);

        await resume().submit({}, intent, never);
        bench.pass(MAIL_MS * 20);

        expect(worker().mails.map((mail) => mail.to)).toEqual(PEOPLE);
        expect(await resume().recover({}, intent, undefined, never)).toEqual({ state: 'done' });
      },
    );

    test('tells how many were served, and never whom', async () => {
      await interruptAfter(2);

      const told = {
        changes: await resume().describe({}, never),
        checks: await resume().preflight({}, never),
        seen: await resume().observe({}, never),
        handle: (await carryOut(resume())).handle,
      };

      expect(told.changes[1]?.from).toBe('NewsletterMailJob (2 of 5 served)');
      expect(JSON.stringify(told)).not.toContain('@acme.example');
    });

    test('is to be done while held, and done once there is nothing to release', async () => {
      const held = await resume().observe({}, never);
      worker().pauseBy(undefined);
      const free = await resume().observe({}, never);

      expect(held.fingerprint).not.toBe(held.expected);
      expect(free.fingerprint).toBe(held.expected);
    });

    test('is not started while the queue is still held', async () => {
      expect(await resume().recover({}, await intend(resume()), undefined, never)).toEqual({
        state: 'not-started',
      });
    });

    test("leaves somebody else's pause", async () => {
      worker().pauseBy('ana');
      const intent = await intend(resume());

      await expect(resume().submit({}, intent, never)).rejects.toMatchObject({
        surelyNotDone: true,
      });
      expect(await resume().recover({}, intent, undefined, never)).toMatchObject({
        state: 'diverged',
      });
      expect(worker().pausedBy).toBe('ana');
    });

    test.each([401, 403, 404, 429, 500])('is sent once when a %i answers', async (status) => {
      const intent = await intend(resume());
      bench.faults.add({ on: 'POST resume', fault: { kind: 'status', status, body: {} } });

      await expect(resume().submit({}, intent, never)).rejects.toMatchObject({
        surelyNotDone: status < 500,
      });
      expect(bench.requests().filter((one) => one.call === 'POST resume')).toHaveLength(1);
    });
  });

  test('an answer that is not as agreed is told by its fields, without values', async () => {
    const body = { running: [{ id: 'x', name: 7 }], interrupted: [{ served: PEOPLE }] };
    bench.faults.add({ on: 'GET jobs', fault: { kind: 'status', status: 200, body }, times: 9 });

    await expect(drain().observe({}, never)).rejects.toMatchObject({
      detail: {
        kind: 'malformed',
        answer: expect.stringContaining('running.0.name'),
      },
    });
  });

  test('the doctor tells of a pause that was left', async () => {
    worker().pauseBy('backstop');

    const findings = await bench.component.doctor(never);

    expect(findings[0]).toMatchObject({
      verdict: 'warn',
      reason: 'the queue is paused by backstop',
    });
  });

  test.each([
    ['neither endpoint nor database', {}],
    [
      'working hours and no endpoint',
      {
        database: { library: 'que', url: 'postgres://a' },
        workingHours: { zone: 'Europe/London' },
      },
    ],
    [
      'a zone that is none',
      { endpoint: { url: 'https://a.example/jobs' }, workingHours: { zone: 'Berlin' } },
    ],
    ['BullMQ without its queues', { redis: { library: 'bullmq', url: 'redis://a' } }],
    [
      'a database beside Redis',
      {
        database: { library: 'que', url: 'postgres://a' },
        redis: { library: 'sidekiq', url: 'redis://a' },
      },
    ],
    [
      'a token over an open line',
      { endpoint: { url: 'http://worker.acme.example/jobs', token: 't' } },
    ],
    [
      'a limit within the quiet time',
      { endpoint: { url: 'https://a.example/jobs' }, limitMinutes: 1, quietSeconds: 90 },
    ],
  ])('settings with %s are refused', (_name, settings) => {
    expect(JobGuardSettings.safeParse(settings).success).toBe(false);
  });
});
