import { describe, expect, it } from 'vitest';
import { sendCommand, sendHomeOpened } from '../../../src/sandbox/workspace/interaction.ts';
import { aClient, aScene, aSocketApp, refusalOf } from './fixture.ts';

describe('faults', () => {
  it('answers 429 with Retry-After, which the client reports, and recovers', async () => {
    const { workspace, client, channel } = await aScene();
    const options = { times: 1 };
    const fault = workspace.faults.onMethod('chat.postMessage', { rateLimited: 7 }, options);
    const post = () => client.chat.postMessage({ channel: channel.id, text: 'x' });

    await expect(post()).rejects.toMatchObject({ retryAfter: 7 });
    await post();

    expect(fault.hits).toBe(1);
    expect(channel.messages).toHaveLength(1);
    expect(workspace.calls.map(({ status, applied }) => [status, applied])).toEqual([
      [429, false],
      [200, true],
    ]);
  });

  it('is honoured by a client that waits: the call goes through after Retry-After', async () => {
    const { workspace, channel } = await aScene();
    const client = aClient(workspace, {
      rejectRateLimitedCalls: false,
      retryConfig: { retries: 1, minTimeout: 1, maxTimeout: 1 },
    });
    workspace.faults.onMethod('chat.postMessage', { rateLimited: 1 }, { times: 1 });
    const start = performance.now();

    await client.chat.postMessage({ channel: channel.id, text: 'x' });

    expect(performance.now() - start).toBeGreaterThan(950);
    expect(channel.messages).toHaveLength(1);
  });

  it('answers 500, before the call took effect or after', async () => {
    const { workspace, client, channel } = await aScene();
    const post = (text: string) => client.chat.postMessage({ channel: channel.id, text });
    const when = (applied: boolean) => ({ status: 500, applied });
    workspace.faults.onMethod('chat.postMessage', when(true), {
      when: (args) => args['text'] === 'after',
    });
    workspace.faults.onMethod('chat.postMessage', when(false), {
      when: (args) => args['text'] === 'before',
    });

    await expect(post('before')).rejects.toThrow();
    await expect(post('after')).rejects.toThrow();

    expect(channel.messages.map(({ text }) => text)).toEqual(['after']);
  });

  it('cuts the connection after the call took effect', async () => {
    const { workspace, client, channel } = await aScene();
    workspace.faults.onMethod('chat.postMessage', { dropAfter: true });

    await expect(client.chat.postMessage({ channel: channel.id, text: 'x' })).rejects.toThrow();

    expect(channel.messages).toHaveLength(1);
    expect(workspace.calls.map(({ status, applied }) => [status, applied])).toEqual([
      [undefined, true],
    ]);
  });

  it('answers with an error of choice', async () => {
    const { workspace, client } = await aScene();
    workspace.faults.onMethod('*', { error: 'token_revoked' });

    expect((await refusalOf(client.auth.test()))['error']).toBe('token_revoked');

    workspace.faults.clear();
    await client.auth.test();
  });

  it.each(['drop', 'disconnect'] as const)('the client comes back after %s', async (how) => {
    const scene = await aScene();
    const { workspace, ana, channel } = scene;
    const { receiver } = await aSocketApp(scene, (app) => {
      app.command('/declare', async ({ ack }) => ack());
    });
    const back = new Promise((resolve) => receiver.client.once('connected', resolve));

    workspace.faults.socket[how]();
    await back;
    const ack = await sendCommand(workspace.slack, ana.id, channel, '/declare', '');

    expect(ack.status).toBe('ok');
  });

  it('sends an event again when its ack was lost, and twice when duplicated', async () => {
    const scene = await aScene({ ackTimeoutMs: 300 });
    const { workspace, ana } = scene;
    let heard = 0;
    await aSocketApp(scene, (app) => {
      app.event('app_home_opened', async () => void (heard += 1));
    });
    workspace.faults.loseNextAck();

    sendHomeOpened(workspace.slack, ana.id);
    await workspace.settled();
    workspace.retryNow();
    await workspace.settled();

    expect(workspace.deliveries.map(({ attempt, ack }) => [attempt, ack?.status])).toEqual([
      [0, 'timeout'],
      [1, 'ok'],
    ]);

    workspace.faults.duplicateNextDelivery();
    sendHomeOpened(workspace.slack, ana.id);
    await workspace.settled();

    expect(heard).toBe(4);
  });

  it('is gone while unreachable', async () => {
    const { workspace, client, ana, channel } = await aScene();
    workspace.faults.unreachable(true);

    await expect(client.auth.test()).rejects.toThrow();
    const ack = await sendCommand(workspace.slack, ana.id, channel, '/declare', '');

    expect(ack.status).toBe('unreachable');
  });
});

describe('rate limits, when they are enforced', () => {
  it('lets a short burst into a channel, then one message a second', async () => {
    const { client, channel, clock } = await aScene({ rateLimits: true });
    const post = () => client.chat.postMessage({ channel: channel.id, text: 'x' });
    for (let count = 0; count < 5; count += 1) await post();

    await expect(post()).rejects.toMatchObject({ retryAfter: 1 });
    clock.ms += 1000;
    await post();

    expect(channel.messages).toHaveLength(6);
  });
});

describe('live events', () => {
  it('tells what happens until unsubscribed', async () => {
    const { workspace, client, channel, clock } = await aScene();
    const seen: unknown[] = [];
    const stop = workspace.on((event) => seen.push(event));
    await client.chat.postMessage({ channel: channel.id, text: 'one' });

    stop();
    await client.chat.postMessage({ channel: channel.id, text: 'two' });

    expect(seen).toMatchObject([
      { kind: 'message', at: clock.ms, channel: { name: 'ops' }, message: { text: 'one' } },
    ]);
  });
});
