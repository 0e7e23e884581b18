/** What is due, while Backstop is being stopped. */

import { expect, it } from 'vitest';
import type { Probe } from '../../src/component.ts';
import { keepDeadlines } from '../../src/engine/deadlines.ts';
import type { Event } from '../../src/events.ts';
import type { Catalogue } from '../../src/service.ts';
import { ANA, aStory, BACKSTOP, MINUTE, reading, START } from '../support/an-incident.ts';
import { openLoop } from '../support/journal.ts';

/** An incident whose monitor window is due, and a probe that answers when it is told to, or when it is cut off. */
async function watched() {
  const { loop, clock } = openLoop();
  const asEvents = aStory().events.map(({ type, data }) => ({ type, data }) as Event);
  const { incident } = await loop.declare(ANA, () => asEvents);
  const window = { name: 'w', from: START, until: START + 60 * MINUTE, every: MINUTE };
  await loop.decide(incident.id, BACKSTOP, () => [
    { type: 'monitor.started', data: { run: 'INC-0001-R1', windows: [window] } },
  ]);
  const stop = new AbortController();
  let asked = (): void => undefined;
  let answer = (): void => undefined;
  const isRead = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const probe: Probe = {
    name: 'slow',
    read: (signal) =>
      new Promise((resolve) => {
        answer = () => resolve(reading('pass'));
        signal.addEventListener('abort', () => resolve(reading('unknown')), { once: true });
        asked();
      }),
  };
  const catalogue: Catalogue = {
    services: () => [],
    service: () => undefined,
    systems: async () => ({ components: [], probes: [probe] }),
    places: async () => [],
  };
  const errors: unknown[] = [];
  const alarms = keepDeadlines({
    loop,
    catalogue,
    clock: {
      now: () => clock.now(),
      sleep: (_ms, signal) =>
        new Promise((resolve) =>
          signal?.addEventListener('abort', () => resolve(), { once: true }),
        ),
    },
    signal: stop.signal,
    onError: (error) => errors.push(error),
  });
  const look = () => loop.incident(incident.id)?.monitor?.windows[0]?.readings ?? [];
  alarms.look(incident);
  const current = loop.incident(incident.id);
  if (current) alarms.look(current);
  await isRead;
  return { stop, answer: () => answer(), alarms, look, errors };
}

it('a reading that the stop cut off says nothing of the service, and is not recorded', async () => {
  const { stop, alarms, look, errors } = await watched();

  stop.abort();
  await alarms.ended;

  expect(look()).toEqual([]);
  expect(errors).toEqual([]);
});

it('one that was answered is recorded', async () => {
  const { stop, answer, alarms, look } = await watched();

  answer();
  await expect.poll(() => look().length).toBe(1);
  stop.abort();
  await alarms.ended;

  expect(look()).toHaveLength(1);
});
