import { describe, expect, it } from 'vitest';
import { createStoryClock, type StoryClock } from '../../src/sandbox/story-clock.ts';
import { callSlack } from '../../src/slack/call.ts';
import { createRateLimits } from '../../src/slack/rate-limits.ts';
import { aScene, type Scene } from '../sandbox/workspace/fixture.ts';

const MANY = 50;

describe('when Slack limits a method', () => {
  it('every call of it waits, and a limit that follows costs one more refusal; other methods go on', async () => {
    const { scene, clock, topic, sent, refused } = await aLine();
    const { workspace, client, channel } = scene;
    const limit = { rateLimited: 30 };
    workspace.faults.onMethod('conversations.setTopic', limit, { times: 2 });

    const all = [topic('0')];
    await expect.poll(refused).toBe(1);
    for (let n = 1; n < MANY; n += 1) all.push(topic(`${n}`));
    await client.chat.postMessage({ channel: channel.id, text: 'goes on' });

    expect(sent('conversations.setTopic')).toBe(1);

    clock.advance(30_000);
    await expect.poll(refused).toBe(2);
    await client.chat.postMessage({ channel: channel.id, text: 'goes on' });

    expect(sent('conversations.setTopic')).toBe(2);

    clock.advance(30_000);
    await Promise.all(all);

    expect(sent('conversations.setTopic')).toBe(2 + MANY);
    expect(channel.topic).toBe(`${MANY - 1}`);

    // It is over: nobody waits for anybody.
    await Promise.all([topic('a'), topic('b')]);

    expect(sent('conversations.setTopic')).toBe(4 + MANY);
  });

  it('whoever gives up waiting sends nothing, and the others have their turn', async () => {
    const { scene, clock, topic, sent, refused } = await aLine();
    const { workspace } = scene;
    const limit = { rateLimited: 30 };
    workspace.faults.onMethod('conversations.setTopic', limit, { times: 1 });
    const first = topic('first');
    await expect.poll(refused).toBe(1);
    const giving = new AbortController();
    const second = topic('second', giving.signal);
    const third = topic('third');

    giving.abort();

    await expect(second).rejects.toThrow(/set the topic/);

    clock.advance(30_000);
    await Promise.all([first, third]);

    expect(sent('conversations.setTopic')).toBe(3);
    expect(scene.channel.topic).toBe('third');
  });

  it('of posts, which it limits in each channel, those to other channels go on', async () => {
    const { scene, clock, post, refused } = await aLine();
    const { workspace, channel } = scene;
    const other = workspace.addChannel({ name: 'other', members: ['ana'], withBot: true });
    workspace.faults.onMethod(
      'chat.postMessage',
      { rateLimited: 30 },
      { times: 1, when: (args) => args['channel'] === channel.id },
    );

    const limited = post(channel.id);
    await expect.poll(refused).toBe(1);
    await post(other.id);

    expect([channel.messages.length, other.messages.length]).toEqual([0, 1]);

    clock.advance(30_000);
    await limited;

    expect(channel.messages).toHaveLength(1);
  });
});

/** Who speaks with the bot's token, on a clock that is moved on by hand. */
async function aLine(): Promise<{
  readonly scene: Scene;
  readonly clock: StoryClock;
  readonly topic: (topic: string, signal?: AbortSignal) => Promise<unknown>;
  readonly post: (channel: string) => Promise<unknown>;
  /** How many calls of a method have reached Slack. */
  readonly sent: (method: string) => number;
  /** How many refusals have come back. */
  readonly refused: () => number;
}> {
  const scene = await aScene();
  const clock = createStoryClock(Date.UTC(2026, 10, 21, 9));
  const limits = createRateLimits(clock);
  const context = (signal = new AbortController().signal) => ({ clock, limits, signal });
  const { client, workspace, channel } = scene;
  let refusals = 0;
  const counted = <T>(call: Promise<T>): Promise<T> =>
    call.catch((error: unknown) => {
      refusals += 1;
      throw error;
    });
  return {
    scene,
    clock,
    topic: (topic, signal) =>
      callSlack(
        {
          method: 'conversations.setTopic',
          attempted: 'set the topic',
          on: channel.id,
          repeatable: true,
        },
        context(signal),
        () => counted(client.conversations.setTopic({ channel: channel.id, topic })),
      ),
    post: (to) =>
      callSlack(
        { method: 'chat.postMessage', attempted: 'post a message', on: to, repeatable: false },
        context(),
        () => counted(client.chat.postMessage({ channel: to, text: 'x' })),
      ),
    refused: () => refusals,
    sent: (method) => workspace.calls.filter((call) => call.method === method).length,
  };
}
