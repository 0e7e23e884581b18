import { describe, expect, it } from 'vitest';
import { timelineOf } from '../../src/timeline/timeline.ts';
import { aStory, BACKSTOP, MINUTE, names, type Story } from '../support/an-incident.ts';
import { messageOf, wordsOf } from './reading.ts';

const KEY = 'freeze/code';
const WHAT = 'branch main of acme/checkout';

function turn(story: Story, to: 'set' | 'lifted', why: string): Story {
  return story
    .tell(BACKSTOP, { type: 'freeze.turned', data: { component: 'code', what: WHAT, to, why } })
    .wait(MINUTE);
}

function end(story: Story, to: 'set' | 'lifted', failure?: string): Story {
  const names = { run: 'INC-0001', step: `code.${to}` };
  return story.tell(BACKSTOP, {
    type: 'freeze.stepped',
    data: {
      component: 'code',
      step:
        failure === undefined
          ? { type: 'step.succeeded', data: { ...names, how: 'applied' } }
          : { type: 'step.failed', data: { ...names, reason: failure, settled: true } },
    },
  });
}

describe('a freeze', () => {
  it('is not spoken of before something has come of it', () => {
    const story = turn(aStory(), 'set', 'A SEV1 is open.');

    expect(() => messageOf(story.incident(), KEY)).toThrow();
    expect(wordsOf(messageOf(story.incident(), 'card'))).not.toContain('rozen');
  });

  it('stands on the card and in a message while it is set', () => {
    const story = end(turn(aStory(), 'set', 'A SEV1 is open.'), 'set');

    expect(wordsOf(messageOf(story.incident(), 'card'))).toContain(`Frozen: ${WHAT}`);
    expect(wordsOf(messageOf(story.incident(), KEY))).toBe(
      `*Frozen since 14:03 UTC*: ${WHAT}. A SEV1 is open. Nothing can be merged there until Backstop lifts it.`,
    );
  });

  it('leaves the card when it is lifted, and its message says so', () => {
    const set = end(turn(aStory(), 'set', 'Run INC-0001-R1 is at work.'), 'set');
    const story = end(turn(set, 'lifted', 'Nothing needs it any more.'), 'lifted');

    expect(wordsOf(messageOf(story.incident(), 'card'))).not.toContain('rozen');
    expect(wordsOf(messageOf(story.incident(), KEY))).toBe(
      `*Free again since 14:04 UTC*: ${WHAT}. Nothing needs it any more.`,
    );
  });

  it('that could not be set says why, what to do, and that nothing waits for it', () => {
    const story = end(turn(aStory(), 'set', 'A SEV1 is open.'), 'set', 'No <@U1> permission.');

    expect(wordsOf(messageOf(story.incident(), 'card'))).toContain(`Not frozen: ${WHAT}`);
    expect(wordsOf(messageOf(story.incident(), KEY))).toBe(
      `*Not frozen: ${WHAT}.* No &lt;@U1&gt; permission. Ask people not to merge. Runs do not wait for it, and Backstop tries again by itself.`,
    );
  });

  it('that could not be lifted is called so until it is', () => {
    const set = end(turn(aStory(), 'set', 'A SEV1 is open.'), 'set');
    const story = end(
      turn(set, 'lifted', 'Nothing needs it any more.'),
      'lifted',
      'GitHub is down.',
    );

    expect(wordsOf(messageOf(story.incident(), 'card'))).toContain(`Not free yet: ${WHAT}`);
    expect(wordsOf(messageOf(story.incident(), KEY))).toBe(
      `*Not free yet: ${WHAT}.* GitHub is down. Backstop tries again by itself.`,
    );
  });

  it('is one entry of the timeline each way, and what went wrong another', () => {
    const set = end(turn(aStory(), 'set', 'A SEV1 is open.'), 'set');
    const failed = end(
      turn(set, 'lifted', 'Nothing needs it any more.'),
      'lifted',
      'GitHub is down.',
    );

    const told = timelineOf(failed.events, names).filter(({ kind }) => kind === 'freeze');

    expect(told.map(({ what, why }) => [what, why])).toEqual([
      [`Froze ${WHAT}.`, 'A SEV1 is open.'],
      [`Began to lift the freeze of ${WHAT}.`, 'Nothing needs it any more.'],
      [`Could not lift the freeze of ${WHAT} yet.`, 'GitHub is down.'],
    ]);
  });
});
