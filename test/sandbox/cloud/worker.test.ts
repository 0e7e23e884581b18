import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Cloud, createCloud } from '../../../src/sandbox/cloud/index.ts';

const PEOPLE = ['ana', 'ben', 'cleo'];
const MAIL_MS = 1_000;

describe('the simulated worker', () => {
  let cloud: Cloud;
  let now: number;
  beforeEach(async () => {
    now = Date.parse('2026-03-04T10:00:00Z');
    cloud = await createCloud({ clock: { now: () => now } });
    cloud.worker.mailMs = MAIL_MS;
  });
  afterEach(() => cloud.close());

  const ask = (
    path: string,
    init: { method?: string; body?: string; headers?: Record<string, string> } = {},
  ) =>
    fetch(`${cloud.worker.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${cloud.worker.token}`, ...init.headers },
    });
  const post = (action: string, body: unknown, key?: string) =>
    ask(`/internal/jobs/${action}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      body: JSON.stringify(body),
    });

  test('mails one after the other, by the clock', async () => {
    cloud.worker.startMailJob({ id: 'm1', recipients: PEOPLE });
    now += MAIL_MS * 2;

    const { mails } = (await (await ask('/mails')).json()) as { mails: { to: string }[] };

    expect(mails.map((mail) => mail.to)).toEqual(['ana', 'ben']);
    expect(cloud.worker.running).toMatchObject([{ name: 'NewsletterMailJob', served: 2, of: 3 }]);
  });

  test('stops where it stands when it is recreated, and says whom it had served', async () => {
    cloud.worker.startMailJob({ id: 'm1', recipients: PEOPLE });
    now += MAIL_MS;
    cloud.worker.restart();
    now += MAIL_MS * 9;

    const shown = await (await ask('/internal/jobs')).json();

    expect(shown).toMatchObject({
      running: [],
      interrupted: [{ id: 'm1', served: ['ana'], total: 3 }],
    });
    expect(cloud.worker.mails).toHaveLength(1);
  });

  test('does for a key once what it is asked', async () => {
    cloud.worker.startMailJob({ id: 'm1', recipients: PEOPLE });
    cloud.worker.restart();
    const body = { by: 'backstop', requeue: [{ id: 'm1', except: [] }] };

    await post('resume', body, 'k1');
    cloud.worker.restart();
    await post('resume', body, 'k1');
    now += MAIL_MS * 9;

    expect(cloud.worker.mails).toEqual([]);
  });

  test.each([
    ['resume without a key', 'resume', { by: 'backstop' }, 400],
    ['pause without a name', 'pause', {}, 400],
    ['pause while somebody else has paused', 'pause', { by: 'backstop' }, 409],
  ])('refuses %s', async (_name, action, body, status) => {
    cloud.worker.pauseBy('ana');

    expect((await post(action, body)).status).toBe(status);
    expect(cloud.worker.pausedBy).toBe('ana');
  });

  test('tells strangers nothing of its jobs', async () => {
    const answer = await fetch(`${cloud.worker.url}/internal/jobs`);

    expect(answer.status).toBe(401);
  });
});
