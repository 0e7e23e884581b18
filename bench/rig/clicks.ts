/** Clicks on a button, as Slack sends them, and how long each waits for its acknowledgement. */

import { createHmac } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { Pool } from 'undici';
import type { Workspace } from '../../src/sandbox/workspace/index.ts';
import type { Json } from '../../src/sandbox/workspace/json.ts';

/** Sends a payload; resolves when it is acknowledged. */
export type Click = (payload: Json) => Promise<void>;

/** Over HTTP, signed. @throws Error when the app does not acknowledge. */
export function overHttp(port: number, signingSecret: string): Click {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 64 });
  return async (payload) => {
    const body = `payload=${encodeURIComponent(JSON.stringify(payload))}`;
    const timestamp = Math.floor(Date.now() / 1000).toString();
    const digest = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`);
    const response = await pool.request({
      path: '/slack/events',
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${digest.digest('hex')}`,
      },
    });
    await response.body.dump();
    if (response.statusCode !== 200) throw new Error(`Not acknowledged: ${response.statusCode}`);
  };
}

/** Over the socket that the app keeps to this workspace. @throws Error when the app does not acknowledge. */
export function overSocket(workspace: Workspace): Click {
  return async (payload) => {
    const { status } = await workspace.slack.app.ask('interaction', payload);
    if (status !== 'ok') throw new Error(`Not acknowledged: ${status}`);
  };
}

let clicks = 0;

/** The payload of somebody else's click on the same button; no two are the same delivery. */
export function clickOf(payload: Json, user: string): Json {
  clicks += 1;
  const [action] = payload['actions'] as readonly Json[];
  const who = payload['user'] as Json;
  return {
    ...payload,
    user: { ...who, id: user },
    trigger_id: `${clicks}.bench`,
    actions: [{ ...action, action_ts: `${clicks}` }],
  };
}

export interface Load {
  /** Milliseconds that each click waited, sorted. */
  readonly waits: readonly number[];
  /** Clicks a second. */
  readonly rate: number;
}

/** So many people at once click as soon as they can, `count` times altogether. */
export async function clickAway(
  people: number,
  count: number,
  click: (person: number, time: number) => Promise<void>,
): Promise<Load> {
  const waits: number[] = [];
  const started = performance.now();
  const busy = Array.from({ length: people }, async (_, person) => {
    for (let time = 0; time < count / people; time += 1) {
      const from = performance.now();
      await click(person, time);
      waits.push(performance.now() - from);
    }
  });
  await Promise.all(busy);
  const seconds = (performance.now() - started) / 1000;
  return { waits: waits.toSorted((a, b) => a - b), rate: waits.length / seconds };
}
