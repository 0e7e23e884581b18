import { describe, expect, it } from 'vitest';
import { stepsToEnd } from '../../src/due-steps.ts';
import { endStep } from '../../src/flows/end-step.ts';
import { cancelRun, finishSteps, recordStep } from '../../src/flows/run-steps.ts';
import { aPlan } from '../support/a-plan.ts';
import {
  ANA,
  aStory,
  BACKSTOP,
  BEN,
  beginStep,
  finishStep,
  type Story,
  startOf,
  takeCommand,
} from '../support/an-incident.ts';
import { ask, OPERATOR, put, refused } from '../support/asking.ts';

const RUN = 'INC-0001-R1';
const STEP = 'swap-slot';
const end = endStep(RUN, STEP, 'It hangs.');

/** A run whose one step is at work. */
function atWork(endingLeaves: string | undefined = 'Half of it.'): Story {
  const plan = aPlan();
  const steps = plan.steps.map((step) => ({ ...step, ...(endingLeaves && { endingLeaves }) }));
  const story = takeCommand(aStory()).tell(BACKSTOP, {
    type: 'plan.proposed',
    data: { plan: { ...plan, steps } },
  });
  return beginStep(story.tell(BEN, startOf(story)), STEP);
}

function cancelled(endingLeaves?: string): Story {
  const story = atWork(endingLeaves);
  put(story, BEN, cancelRun(RUN, 'Wrong service.'));
  return story;
}

describe('ending a step of a cancelled run', () => {
  it('is for whoever may cancel, with a reason, once', () => {
    const story = cancelled();

    expect(refused(story, ANA, end).code).toBe('forbidden');
    expect(refused(story, BEN, endStep(RUN, STEP, ' '))).toMatchObject({ code: 'invalid-input' });
    expect(ask(story, OPERATOR, end)).toHaveLength(1);
    expect(put(story, BEN, end)).toEqual([
      { type: 'step.ending', data: { run: RUN, step: STEP, reason: 'It hangs.' } },
    ]);
    expect(refused(story, BEN, end)).toMatchObject({ code: 'already-done' });
  });

  it('decides nothing of what it did: a look does', () => {
    const story = cancelled();
    put(story, BEN, end);

    expect(ask(story, BACKSTOP, finishSteps(RUN, 0))).toEqual([]);
    const reason = 'Nobody but a person can tell how much of it was done.';
    const data = { run: RUN, step: STEP, reason, settled: false };
    put(story, BACKSTOP, recordStep({ type: 'step.failed', data }));
    expect(put(story, BACKSTOP, finishSteps(RUN, 0))).toMatchObject([
      {
        type: 'run.finished',
        data: { outcome: 'cancelled', reason: expect.stringContaining('Nobody knows what became') },
      },
    ]);
  });

  it('is refused before the run is cancelled, once the step has ended, and where nothing can end it', () => {
    expect(refused(atWork(), BEN, end)).toMatchObject({
      code: 'not-possible',
      message: expect.stringContaining('Cancel INC-0001-R1 first'),
    });
    expect(refused(cancelled(''), BEN, end)).toMatchObject({
      code: 'not-possible',
      message: expect.stringContaining('wait for it to finish'),
    });
    expect(refused(cancelled(), BEN, endStep(RUN, 'nowhere', 'x'))).toMatchObject({
      code: 'not-found',
    });
    const done = cancelled();
    finishStep(done, STEP);
    expect(refused(done, BEN, end)).toMatchObject({ code: 'already-done' });
  });

  it('is offered for exactly the steps that it is not refused for', () => {
    const offered = (story: Story) => {
      const incident = story.incident();
      const [run] = incident.runs;
      const steps = incident.proposals.at(-1)?.plan.steps ?? [];
      return run ? stepsToEnd(run, steps).map(({ id }) => id) : [];
    };

    expect(offered(cancelled())).toEqual([STEP]);
    expect(offered(cancelled(''))).toEqual([]);
    expect(offered(atWork())).toEqual([]);
    const asked = cancelled();
    put(asked, BEN, end);
    expect(offered(asked)).toEqual([]);
  });
});
