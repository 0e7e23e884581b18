import { describe, expect, it } from 'vitest';
import { conversation } from '../../src/blocks/conversation.ts';
import { choosePlaybookModal, goOnModal, playbookList } from '../../src/blocks/playbook-choice.ts';
import { loadPlaybooks, SHIPPED_PLAYBOOKS } from '../../src/config/playbooks.ts';
import type { Event } from '../../src/events.ts';
import { advancePlaybook, goOnInPlaybook } from '../../src/flows/playbook.ts';
import type { Playbook } from '../../src/playbook.ts';
import { currentStep } from '../../src/playbook-progress.ts';
import { checkBlocks } from '../../src/sandbox/workspace/block-rules/blocks.ts';
import { checkView } from '../../src/sandbox/workspace/block-rules/views.ts';
import { ANA, aStory, BACKSTOP, BEN, type Story, takeCommand } from '../support/an-incident.ts';
import { closeStory, put } from '../support/asking.ts';
import { labelsOf, messageOf, wordsOf } from './reading.ts';
import { aService } from './support.ts';

const shipped = loadPlaybooks(SHIPPED_PLAYBOOKS, undefined);

function requirePlaybook(name: string): Playbook {
  const found = shipped.get(name);
  if (!found) throw new Error(`There is no playbook ${name}`);
  return found;
}

function started(playbook: Playbook): Story {
  const began: Event = { type: 'playbook.started', data: { playbook, because: 'it fits' } };
  return takeCommand(aStory()).tell(ANA, began);
}

/** Goes on by one step, by whatever way there is; false once the playbook has ended. */
function goOn(story: Story): boolean {
  const progress = story.incident().playbooks.at(-1);
  const step = progress && currentStep(progress);
  if (!progress || !step) return false;
  const { number } = progress;
  if (step.kind === 'question') {
    const answer = step.options.at(-1)?.id ?? '';
    story.tell(ANA, { type: 'playbook.answered', data: { number, step: step.id, answer } });
  } else if (step.kind === 'checklist') {
    for (const { id } of step.items) {
      story.tell(BEN, { type: 'playbook.ticked', data: { number, step: step.id, item: id } });
      fits(story);
    }
    put(story, ANA, goOnInPlaybook(number, step.id));
  } else {
    put(story, ANA, goOnInPlaybook(number, step.id, 'Done by hand.'));
  }
  return true;
}

function fits(story: Story): void {
  for (const { blocks, text } of conversation(story.incident(), aService())) {
    expect(checkBlocks(blocks, 'message')).toEqual([]);
    expect(text.length).toBeLessThanOrEqual(4000);
  }
}

describe('the message of a playbook', () => {
  it.each([...shipped.keys()])('%s is fit for Slack at each of its steps', (name) => {
    const story = started(requirePlaybook(name));
    fits(story);
    while (goOn(story)) fits(story);

    expect(wordsOf(messageOf(story.incident(), 'playbook/1'))).toMatch(/\d\d:\d\d/);
  });

  it('shows the step whose turn it is, with its buttons, and then what is done', () => {
    const story = started(requirePlaybook('data-loss'));
    const first = messageOf(story.incident(), 'playbook/1');

    expect(first.text).toBe('Playbook Recovering from data loss of INC-0001: step 1, Stop writes');
    expect(wordsOf(first)).toContain('(guide 002, Recovering from Data Loss)');
    expect(wordsOf(first)).not.toContain('Nothing writes to the damaged data any more');
    expect(labelsOf(first)).toEqual([
      '☐ Nothing writes to the damaged data any more',
      '☐ Background jobs that write are stopped as well',
      'Leave the rest',
      'Stop playbook',
    ]);
    story.tell(ANA, {
      type: 'playbook.ticked',
      data: { number: 1, step: 'stop-writes', item: 'writes' },
    });
    const ticked = messageOf(story.incident(), 'playbook/1');
    expect(wordsOf(ticked)).toMatch(/✓ Nothing writes .* \(<@U0ANA>, \d\d:\d\d UTC\)/);
    expect(labelsOf(ticked)).not.toContain('☐ Nothing writes to the damaged data any more');
    put(story, BEN, goOnInPlaybook(1, 'stop-writes'));
    const second = messageOf(story.incident(), 'playbook/1');

    expect(wordsOf(second)).toContain('– Stop writes (1 of 2 ticked)');
    expect(wordsOf(second)).toContain('Step 2: Call the database administrator');
    expect(labelsOf(second)).toEqual(['Call the contacts*', 'Done by hand…', 'Stop playbook']);
  });

  it('has no buttons once it has ended, and none that need an open incident once that is over', () => {
    const story = started(requirePlaybook('memory-leak'));
    while (currentStep(story.incident().playbooks[0] as never)?.kind === 'checklist') goOn(story);
    closeStory(story);
    expect(labelsOf(messageOf(story.incident(), 'playbook/1'))).toEqual([
      'Done by hand…',
      'Stop playbook',
    ]);
    while (goOn(story));

    const message = messageOf(story.incident(), 'playbook/1');
    expect(labelsOf(message)).toEqual([]);
    expect(wordsOf(message)).toContain('The playbook is done');
  });

  it('makes words of a team harmless', () => {
    const evil = '<!channel> *_`& <https://evil.example|safe>';
    const playbook: Playbook = {
      ...requirePlaybook('data-loss'),
      title: evil,
      steps: [
        {
          id: 'list',
          kind: 'checklist',
          title: evil,
          text: evil,
          items: [{ id: 'a', text: evil }],
        },
      ],
    };
    const story = started(playbook);
    fits(story);

    const message = messageOf(story.incident(), 'playbook/1');
    expect(JSON.stringify([message.text, wordsOf(message)])).not.toMatch(
      /<!channel|<https:\/\/evil.example\|/,
    );
  });

  it('tells what a stretch of watching waits for', () => {
    const story = started({
      ...requirePlaybook('memory-leak'),
      steps: [{ id: 'watch', kind: 'monitor', title: 'Watch it', minutes: 60 }],
    });
    expect(wordsOf(messageOf(story.incident(), 'playbook/1'))).toContain('for 60 minutes');
    put(story, BACKSTOP, advancePlaybook(1));

    expect(wordsOf(messageOf(story.incident(), 'playbook/1'))).toContain(
      'The probes are read until',
    );
  });
});

describe('the card', () => {
  it('offers the playbook that fits, or another', () => {
    const story = takeCommand(aStory({ title: 'memory leak' }));
    const card = messageOf(story.incident(), 'card');

    expect(wordsOf(card)).toContain('*Playbook memory-leak*, because it is about memory.');
    expect(labelsOf(card)).toEqual(expect.arrayContaining(['Start playbook', 'Another playbook…']));
  });

  it('offers nothing while people are at one', () => {
    const card = messageOf(started(requirePlaybook('data-loss')).incident(), 'card');

    expect(labelsOf(card)).not.toContain('Start playbook');
  });

  it('says how to begin one for private incidents, rather than begin it in public', () => {
    const story = takeCommand(aStory()).tell(ANA, {
      type: 'assessment.answered',
      data: { question: 'security', answer: 'yes' },
    });
    const card = messageOf(story.incident(), 'card');

    expect(wordsOf(card)).toContain('/incident private <title>'.replace('<title>', ''));
    expect(labelsOf(card)).not.toContain('Start playbook');
  });
});

describe('the choice of a playbook', () => {
  it('is a form and a list that fit, with the proposed one marked', () => {
    const incident = takeCommand(aStory({ title: 'memory leak' })).incident();
    const all = [...shipped.values()];
    const list = playbookList(incident, all);

    expect(checkView(choosePlaybookModal(incident, all), 'modal')).toEqual([]);
    expect(checkBlocks(list.blocks, 'message')).toEqual([]);
    expect(list.text).toContain('`memory-leak` *(proposed)*');
    expect(list.text.match(/`after-rollback`/g)).toHaveLength(1);
  });

  it('goes on without a step by a form that fits', () => {
    const incident = started(requirePlaybook('data-loss')).incident();
    const [progress] = incident.playbooks;

    expect(progress && checkView(goOnModal(incident, progress), 'modal')).toEqual([]);
  });
});
