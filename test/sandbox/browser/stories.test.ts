/** Stories can be watched on the page: each is told there to its end, one step after the other. */

import { describe, expect, it } from 'vitest';
import type { StoryProgress } from '../../../src/sandbox/browser/protocol.ts';
import type { Session } from '../../../src/sandbox/browser/session.ts';
import { ALL_STORIES } from '../../../src/sandbox/stories/index.ts';
import { aVisitor } from './support.ts';

/** One of each kind: people alone, a bot that is killed, a system beside the shop, a playbook. */
const SOME = ['two-approvers', 'crash-mid-swap', 'flag-off', 'release-checklist'];
/** `.ci/run` watches all of them; here they would take minutes. */
const all = process.env['WATCH_STORIES'] === 'all';

const TOLD = ALL_STORIES.filter(({ name }) => all || SOME.includes(name)).filter(
  ({ name, missing }) => {
    const reason = missing?.();
    if (reason !== undefined) console.warn(`SKIPPED: story ${name}: ${reason}.`);
    return reason === undefined;
  },
);

it('watches stories that there are', () => {
  expect(ALL_STORIES.map(({ name }) => name)).toEqual(expect.arrayContaining(SOME));
});

describe('a story can be watched', { timeout: 300_000 }, () => {
  it.for(TOLD)('$name', async ({ name, ends }, test) => {
    const { sandbox } = await aVisitor(test);
    const { session } = sandbox;
    const started = await session.do({ deed: 'play', story: name, pace: 'step' });
    expect(started).toEqual({ ok: true });

    const { told, steps } = await stepped(session);

    expect(told).toMatchObject({ name, state: 'ended', caption: `Ended: ${ends}.` });
    expect(steps.length).toBeGreaterThan(3);
    // Who watches is shown whose turn it is.
    expect(steps.filter(({ by }) => !session.run.viewers.has(by ?? ''))).toEqual([]);
  });
});

/** Lets each act happen as soon as the story waits for it, until it is told. */
function stepped(session: Session) {
  const steps: StoryProgress[] = [];
  return new Promise<{ readonly told: StoryProgress; readonly steps: readonly StoryProgress[] }>(
    (resolve) => {
      const look = (): void => {
        const { story } = session.world();
        if (story?.state === 'waiting') {
          steps.push(story);
          void session.do({ deed: 'next-step' });
        } else if (story?.state === 'ended' || story?.state === 'failed') {
          off();
          resolve({ told: story, steps });
        }
      };
      const off = session.on(({ what }) => {
        if (what === 'world') look();
      });
      look();
    },
  );
}
