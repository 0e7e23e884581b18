/** A checklist that buys time: what a run has done of it is ticked by itself. */

import { describe, expect, it } from 'vitest';
import type { PlanWish } from '../../src/events.ts';
import { deadlines } from '../../src/flows/deadlines.ts';
import { advancePlaybook, startPlaybook, tickPlaybook } from '../../src/flows/playbook.ts';
import type { Playbook } from '../../src/playbook.ts';
import { currentStep } from '../../src/playbook-progress.ts';
import {
  ANA,
  approve,
  aStory,
  askApproval,
  BACKSTOP,
  BEN,
  beginStep,
  finishStep,
  proposal,
  type Story,
  takeCommand,
} from '../support/an-incident.ts';
import { put, refused } from '../support/asking.ts';

const SCALE: PlanWish = {
  kind: 'mitigation',
  mitigate: { name: 'scale', components: ['web'], value: '6' },
};
const FLAG: PlanWish = { kind: 'mitigation', switches: [{ name: 'new-checkout' }] };
const RELIEVE: Playbook = {
  name: 'relieve',
  title: 'Relieve it',
  about: 'For tests.',
  source: 'nobody',
  steps: [
    {
      id: 'quick',
      kind: 'checklist',
      title: 'Quick mitigations',
      items: [
        { id: 'scale', text: 'Scaled up', mitigation: 'scale' },
        { id: 'features', text: 'Features are off', mitigation: 'flag' },
      ],
    },
  ],
};

/** Ana asks for it, Ben approves, and its one step is sent. */
function begun(story: Story, wish: PlanWish): Story {
  story.tell(ANA, { type: 'plan.wanted', data: wish });
  const kind = wish.kind === 'undo' ? 'undo' : 'mitigation';
  approve(askApproval(story.tell(BACKSTOP, proposal(story, { kind }))));
  return beginStep(story, 'swap-slot');
}

function finished(story: Story): Story {
  finishStep(story, 'swap-slot');
  const run = story.incident().runs.at(-1)?.id ?? '';
  return story.tell(BACKSTOP, {
    type: 'run.finished',
    data: { run, outcome: 'done', reason: 'Every step is done.' },
  });
}

function started(story: Story): Story {
  put(story, BEN, startPlaybook(RELIEVE));
  return story;
}

function ticked(story: Story): readonly string[] {
  return Object.entries(story.incident().playbooks[0]?.ticks['quick'] ?? {}).map(
    ([item, { run = 'a person' }]) => `${item}: ${run}`,
  );
}

const anIncident = (): Story => takeCommand(aStory());

describe('what runs have done of a checklist', () => {
  it('is ticked when people come to it, and the rest waits for them', () => {
    const story = started(finished(begun(anIncident(), SCALE)));

    expect(ticked(story)).toEqual(['scale: INC-0001-R1']);
    expect(refused(story, ANA, tickPlaybook(1, 'quick', 'scale')).message).toBe(
      'Run INC-0001-R1 did “Scaled up” already; nothing changed.',
    );
    put(story, ANA, tickPlaybook(1, 'quick', 'features'));
    expect(story.incident().playbooks[0]?.ended?.how).toBe('finished');
  });

  it('is ticked while people are at it, and ends it where that was all', () => {
    const story = started(finished(begun(anIncident(), SCALE)));
    finished(begun(story, FLAG));

    const due = deadlines(story.incident()).find(({ kind }) => kind === 'playbook');
    expect(due?.at).toBeLessThanOrEqual(story.now());
    put(story, BACKSTOP, advancePlaybook(1));
    expect(ticked(story)).toEqual(['scale: INC-0001-R1', 'features: INC-0001-R2']);
    expect(story.incident().playbooks[0]?.done['quick']).toMatchObject({
      how: 'met',
      note: 'runs have done all of it',
    });
  });

  it('is not ticked before it is done, nor once it was taken back', () => {
    const story = begun(anIncident(), SCALE);
    expect(ticked(started(story))).toEqual([]);

    const back = finished(begun(anIncident(), SCALE));
    finished(begun(back, { kind: 'undo', run: 'INC-0001-R1', reason: 'It did not help.' }));
    expect(ticked(started(back))).toEqual([]);
    const progress = back.incident().playbooks[0];
    expect(progress && currentStep(progress)?.id).toBe('quick');
  });
});
