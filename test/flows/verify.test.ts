import { describe, expect, it } from 'vitest';
import type { Reading } from '../../src/component.ts';
import { recordVerification } from '../../src/flows/verify.ts';
import {
  approve,
  aStory,
  askApproval,
  BACKSTOP,
  beginStep,
  finishStep,
  MINUTE,
  reading,
  SECOND,
  type Story,
  showPlan,
} from '../support/an-incident.ts';
import { ask, PRODUCTION, put } from '../support/asking.ts';

const RUN = 'INC-0001-R1';
const good = [reading('pass')];
const bad = [reading('pass'), reading('fail')];

function verifying(): Story {
  const story = approve(askApproval(showPlan(aStory())));
  finishStep(beginStep(story, 'swap-slot'), 'swap-slot');
  return story.tell(BACKSTOP, { type: 'verification.started', data: { run: RUN } });
}

const round = (readings: readonly Reading[]) => recordVerification(RUN, readings, PRODUCTION);

/** The types of what each round decides, ten seconds apart. */
function rounds(story: Story, ...all: readonly (readonly Reading[])[]): readonly string[] {
  return all.flatMap((readings) =>
    put(story.wait(10 * SECOND), BACKSTOP, round(readings)).map(({ type }) => type),
  );
}

it('is recovered after enough good rounds in a row, and watched from then on', () => {
  const story = verifying();

  expect(rounds(story, good, good, bad, good, good)).toEqual(Array(5).fill('verification.read'));
  expect(ask(story, BACKSTOP, round(good))).toEqual([
    { type: 'verification.read', data: { run: RUN, readings: good } },
    {
      type: 'run.finished',
      data: { run: RUN, outcome: 'recovered', reason: 'Every probe passed 3 times in a row.' },
    },
    {
      type: 'status.changed',
      data: { status: 'monitoring', reason: 'The service has recovered.' },
    },
    {
      type: 'monitor.started',
      data: {
        run: RUN,
        windows: [
          {
            name: 'first quarter hour',
            from: story.now(),
            until: story.now() + 15 * MINUTE,
            every: MINUTE,
          },
          {
            name: 'first hours',
            from: story.now() + 60 * MINUTE,
            until: story.now() + 240 * MINUTE,
            every: 10 * MINUTE,
          },
        ],
      },
    },
  ]);
});

it('does not call it monitoring twice', () => {
  const story = verifying().tell(BACKSTOP, {
    type: 'status.changed',
    data: { status: 'monitoring', reason: 'r' },
  });

  expect(rounds(story, good, good, good)).not.toContain('status.changed');
});

describe('when its time is over', () => {
  const limit = PRODUCTION.verification.limit;

  it('is not recovered, and says what is wrong', () => {
    const story = verifying();

    story.wait(limit - 1);
    expect(ask(story, BACKSTOP, round(bad))).toHaveLength(1);
    story.wait(1);
    expect(put(story, BACKSTOP, round(bad))).toEqual([
      { type: 'verification.read', data: { run: RUN, readings: bad } },
      {
        type: 'run.finished',
        data: { run: RUN, outcome: 'not-recovered', reason: 'health: HTTP 500 in 45 ms' },
      },
    ]);
    expect(story.incident()).toMatchObject({
      status: 'investigating',
      runs: [{ status: 'finished' }],
    });
  });

  it('says so when there were just not enough good rounds in a row', () => {
    const story = verifying().wait(limit);

    expect(ask(story, BACKSTOP, round(good))[1]).toMatchObject({
      data: { outcome: 'not-recovered', reason: expect.stringMatching(/often enough in a row/) },
    });
  });

  it('is recovered all the same when this round was the last one needed', () => {
    const story = verifying();
    rounds(story, good, good);

    expect(ask(story.wait(limit), BACKSTOP, round(good))[1]).toMatchObject({
      data: { outcome: 'recovered' },
    });
  });
});

it.each<[string, readonly Reading[]]>([
  ['no readings at all', []],
  ['a warning', [reading('warn')]],
  ['a probe that could not be read', [reading('pass'), reading('unknown')]],
])('never takes %s for a good round', (_what, readings) => {
  expect(rounds(verifying(), good, good, readings, good, good)).not.toContain('run.finished');
});

it('records nothing of a run that is not being verified', () => {
  const over = verifying();
  rounds(over, good, good, good);

  expect(ask(over, BACKSTOP, round(good))).toEqual([]);
  expect(ask(approve(askApproval(showPlan(aStory()))), BACKSTOP, round(good))).toEqual([]);
  expect(ask(aStory(), BACKSTOP, round(good))).toEqual([]);
});
