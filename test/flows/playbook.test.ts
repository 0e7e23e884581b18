import { describe, expect, it } from 'vitest';
import type { QuestionId } from '../../src/assessment.ts';
import type { Event } from '../../src/events.ts';
import { answerQuestion } from '../../src/flows/assess.ts';
import { closeIncident } from '../../src/flows/change-status.ts';
import { deadlines } from '../../src/flows/deadlines.ts';
import {
  advancePlaybook,
  answerPlaybook,
  goOnInPlaybook,
  startPlaybook,
  stopPlaybook,
  tickPlaybook,
} from '../../src/flows/playbook.ts';
import { type Ground, operatePlaybook } from '../../src/flows/playbook-operations.ts';
import { confirmResponse } from '../../src/flows/respond.ts';
import { postUpdate } from '../../src/flows/updates.ts';
import type { Playbook, Step } from '../../src/playbook.ts';
import { currentStep, type PlaybookProgress, passedSteps } from '../../src/playbook-progress.ts';
import { proposedPlaybook } from '../../src/playbook-rules.ts';
import {
  ANA,
  approve,
  aStory,
  askApproval,
  BACKSTOP,
  BEN,
  beginStep,
  finishStep,
  MINUTE,
  reading,
  recover,
  type Story,
  severity,
  showPlan,
  takeCommand,
  verify,
} from '../support/an-incident.ts';
import { ask, CHECKOUT, closeStory, put, refused } from '../support/asking.ts';

const ASK: Step = {
  id: 'ask',
  kind: 'question',
  title: 'Go on?',
  options: [
    { id: 'yes', label: 'Yes' },
    { id: 'no', label: 'No' },
  ],
};
const BY_ASK: Step = { id: 'by-ask', kind: 'branch', on: 'ask', to: { no: 'end' } };
const LIST: Step = {
  id: 'list',
  kind: 'checklist',
  title: 'Look',
  items: [
    { id: 'logs', text: 'Logs are read' },
    { id: 'graphs', text: 'Graphs are looked at' },
  ],
};
const GROUND: Ground = { service: CHECKOUT, restorable: [] };

function aPlaybook(...steps: readonly Step[]): Playbook {
  return { name: 'tiny', title: 'Tiny', about: 'For tests.', source: 'nobody', steps: [...steps] };
}

/** Ben is in command and has started a playbook of these steps. */
function at(...steps: readonly Step[]): Story {
  const story = takeCommand(aStory());
  put(story, BEN, startPlaybook(aPlaybook(...steps)));
  return story;
}

function progressOf(story: Story): PlaybookProgress {
  const progress = story.incident().playbooks.at(-1);
  if (!progress) throw new Error('No playbook was started');
  return progress;
}

function stepOf(story: Story): string | undefined {
  return currentStep(progressOf(story))?.id;
}

function typesOf(events: readonly Event[]): readonly string[] {
  return events.map(({ type }) => type);
}

/** Meets what is due of the playbook, as the engine does; returns how often something was. */
function meet(story: Story): number {
  for (let times = 0; times < 20; times += 1) {
    const due = deadlines(story.incident()).find(({ kind }) => kind === 'playbook');
    if (due?.kind !== 'playbook' || due.at > story.now()) return times;
    expect(put(story, BACKSTOP, advancePlaybook(due.number)).length).toBeGreaterThan(0);
  }
  throw new Error('It never ends');
}

function rolledBack(story: Story): Story {
  showPlan(story);
  askApproval(story);
  approve(story);
  beginStep(story, 'swap-slot');
  finishStep(story, 'swap-slot');
  return recover(verify(story, 3));
}

describe('a playbook', () => {
  it('is started by anybody where it is proposed, and by the commander where it is not', () => {
    const story = takeCommand(aStory({ title: 'a memory leak' }));
    const tiny = aPlaybook(ASK);
    const proposed = { ...tiny, name: 'memory-leak' };

    expect(refused(story, ANA, startPlaybook(tiny)).message).toMatch(
      /incident commander, <@U0BEN>/,
    );
    put(story, ANA, startPlaybook(proposed));
    expect(progressOf(story)).toMatchObject({ number: 1, by: ANA, because: 'it is about memory' });
    expect(refused(story, BEN, startPlaybook(proposed)).code).toBe('already-done');
  });

  it('takes the place of the one that people are at, which keeps what was done', () => {
    const story = at(LIST);
    put(story, ANA, tickPlaybook(1, 'list', 'logs'));
    const events = put(story, BEN, startPlaybook({ ...aPlaybook(ASK), name: 'other' }));

    expect(typesOf(events)).toEqual(['playbook.ended', 'playbook.started']);
    const [first, second] = story.incident().playbooks;
    expect(first).toMatchObject({
      ended: { how: 'replaced' },
      ticks: { list: { logs: { by: ANA } } },
    });
    expect(second).toMatchObject({ number: 2, current: { step: 'ask' } });
    expect(refused(story, ANA, tickPlaybook(1, 'list', 'graphs')).code).toBe('already-done');
  });

  it('for private incidents is not started where everybody reads along', () => {
    const story = takeCommand(aStory());
    const secret = { ...aPlaybook(ASK), private: true };

    expect(refused(story, BEN, startPlaybook(secret)).message).toMatch(/\/incident private/);
  });

  it('is stopped by the commander, once', () => {
    const story = at(LIST);
    expect(refused(story, ANA, stopPlaybook()).code).toBe('forbidden');
    put(story, BEN, stopPlaybook(1));

    expect(progressOf(story).ended).toMatchObject({ how: 'stopped', by: BEN });
    expect(refused(story, BEN, stopPlaybook(1)).code).toBe('already-done');
  });

  it('goes on after the resolution, and not after the close', () => {
    const story = closeStory(at(LIST));
    put(story, ANA, tickPlaybook(1, 'list', 'logs'));
    put(story, BEN, closeIncident('Agreed.'));

    expect(refused(story, ANA, tickPlaybook(1, 'list', 'graphs')).code).toBe('closed');
    expect(refused(story, BEN, startPlaybook(aPlaybook(ASK))).code).toBe('closed');
  });
});

describe('the way through it', () => {
  it('branches on an answer, which is given once', () => {
    const onward = at(ASK, BY_ASK, LIST);
    put(onward, ANA, answerPlaybook(1, 'ask', 'yes'));
    expect(stepOf(onward)).toBe('list');
    expect(refused(onward, BEN, answerPlaybook(1, 'ask', 'no')).code).toBe('already-done');

    const over = at(ASK, BY_ASK, LIST);
    expect(refused(over, ANA, answerPlaybook(1, 'ask', 'maybe')).code).toBe('invalid-input');
    expect(typesOf(put(over, ANA, answerPlaybook(1, 'ask', 'no')))).toEqual([
      'playbook.answered',
      'playbook.ended',
    ]);
    expect(passedSteps(progressOf(over)).map(({ id }) => id)).toEqual(['ask']);
  });

  it('skips to the step that one names next', () => {
    const story = at({ ...LIST, next: 'last' }, ASK, { ...LIST, id: 'last' });
    put(story, ANA, goOnInPlaybook(1, 'list'));

    expect(stepOf(story)).toBe('last');
  });

  it('keeps who ticked what and when; the last tick ends the step', () => {
    const story = at(LIST, ASK);
    put(story, ANA, tickPlaybook(1, 'list', 'logs'));
    story.wait(MINUTE);
    expect(refused(story, BEN, tickPlaybook(1, 'list', 'logs')).message).toMatch(
      /^<@U0ANA> ticked/,
    );
    expect(refused(story, BEN, tickPlaybook(1, 'list', 'dreams')).code).toBe('not-found');
    put(story, BEN, tickPlaybook(1, 'list', 'graphs'));

    const { ticks, done } = progressOf(story);
    expect(ticks['list']?.['logs']).toEqual({ by: ANA, at: story.now() - MINUTE });
    expect(ticks['list']?.['graphs']).toEqual({ by: BEN, at: story.now() });
    expect(done['list']?.how).toBe('done');
  });

  it('leaves the rest of a checklist when people say so, and asks for words where nothing was ticked', () => {
    const story = at(LIST, {
      id: 'call',
      kind: 'operation',
      title: 'Call',
      operation: 'call-contacts',
    });
    put(story, ANA, goOnInPlaybook(1, 'list'));
    expect(progressOf(story).done['list']?.how).toBe('left');
    expect(refused(story, ANA, goOnInPlaybook(1, 'call', ' ')).field).toBe('note');
    put(story, ANA, goOnInPlaybook(1, 'call', 'Called them by phone.'));

    expect(progressOf(story)).toMatchObject({
      done: { call: { how: 'done', note: 'Called them by phone.' } },
      ended: { how: 'finished' },
    });
  });

  it('cannot be gone on without an answer', () => {
    expect(refused(at(ASK), BEN, goOnInPlaybook(1, 'ask', 'x')).code).toBe('not-possible');
    expect(refused(at(ASK), BEN, answerPlaybook(7, 'ask', 'yes')).code).toBe('not-found');
  });
});

describe('a step that Backstop does', () => {
  const operation = (
    kind: 'plan-rollback' | 'plan-restore' | 'plan-full-rollback' | 'call-contacts' | 'mitigate',
  ): Step => ({
    id: 'do',
    kind: 'operation',
    title: 'Do it',
    operation: kind,
  });

  it.each([
    ['plan-rollback', ['plan.wanted']],
    ['call-contacts', ['contacts.called']],
    ['mitigate', ['response.chosen', 'status.changed']],
  ] as const)('%s is decided together with its end', (kind, types) => {
    const story = at(operation(kind), LIST);

    expect(typesOf(put(story, BEN, operatePlaybook(1, 'do', GROUND)))).toEqual([
      ...types,
      'playbook.step-done',
    ]);
    expect(stepOf(story)).toBe('list');
  });

  it('restores every component that can be, and says what to do where none can', () => {
    const story = at(operation('plan-restore'));
    expect(refused(story, BEN, operatePlaybook(1, 'do', GROUND)).message).toMatch(/Done by hand/);
    const [wanted] = ask(story, BEN, operatePlaybook(1, 'do', { ...GROUND, restorable: ['db'] }));

    expect(wanted).toEqual({
      type: 'plan.wanted',
      data: { kind: 'rollback', restore: [{ component: 'db' }], only: true },
    });
    const full = at(operation('plan-full-rollback'));
    const [both] = ask(full, BEN, operatePlaybook(1, 'do', { ...GROUND, restorable: ['db'] }));
    expect(both?.data).toEqual({ kind: 'rollback', restore: [{ component: 'db' }] });
  });

  it('stays where the decision is refused', () => {
    const story = at(operation('mitigate'), LIST);
    expect(refused(story, ANA, operatePlaybook(1, 'do', GROUND)).code).toBe('forbidden');
    expect(stepOf(story)).toBe('do');
  });

  it('is over when somebody did the same in another way', () => {
    const story = at(operation('plan-rollback'), LIST);
    showPlan(story);

    expect(meet(story)).toBe(1);
    expect(progressOf(story).done['do']).toMatchObject({ how: 'met', by: BACKSTOP });
  });
});

describe('a step that waits', () => {
  it('for a time is over when the time is, or when people say so', () => {
    const timer: Step = { id: 'wait', kind: 'timer', title: 'Wait', minutes: 5 };
    const story = at(timer, LIST);
    expect(meet(story.wait(5 * MINUTE - 1))).toBe(0);
    expect(meet(story.wait(1))).toBe(1);
    expect(stepOf(story)).toBe('list');

    const early = at(timer, LIST);
    put(early, ANA, goOnInPlaybook(1, 'wait'));
    expect(stepOf(early)).toBe('list');
  });

  it('for an update is over when one is posted', () => {
    const story = at(
      { id: 'tell', kind: 'announcement', title: 'Tell', audience: 'users', template: 'Impact:' },
      LIST,
    );
    expect(meet(story)).toBe(0);
    put(story, ANA, postUpdate('We are on it.', undefined));

    expect(meet(story)).toBe(1);
  });

  it('for an approval and a recovery follows the run', () => {
    const story = at(
      { id: 'approve', kind: 'approval', title: 'Approve' },
      { id: 'verify', kind: 'verification', title: 'Verify' },
      LIST,
    );
    showPlan(story);
    askApproval(story);
    expect(meet(story)).toBe(0);
    approve(story);
    expect(meet(story)).toBe(1);
    expect(stepOf(story)).toBe('verify');
    beginStep(story, 'swap-slot');
    finishStep(story, 'swap-slot');
    expect(meet(story)).toBe(0);
    recover(verify(story, 3));
    expect(meet(story)).toBe(1);
    expect(progressOf(story).done['verify']?.note).toBe('run INC-0001-R1 recovered');
  });

  it('for a recovery reads the probes where no run did, and again where it failed', () => {
    const story = at({ id: 'verify', kind: 'verification', title: 'Verify' }, LIST);
    expect(typesOf(put(story, ANA, operatePlaybook(1, 'verify', GROUND)))).toEqual([
      'plan.proposed',
      'run.started',
    ]);
    expect(refused(story, ANA, operatePlaybook(1, 'verify', GROUND)).code).toBe('not-possible');
    story.tell(BACKSTOP, {
      type: 'run.finished',
      data: { run: 'INC-0001-R1', outcome: 'not-recovered', reason: 'health: HTTP 500' },
    });
    expect(meet(story)).toBe(0);
    put(story, ANA, operatePlaybook(1, 'verify', GROUND));
    story.tell(BACKSTOP, {
      type: 'run.finished',
      data: { run: 'INC-0001-R2', outcome: 'recovered', reason: 'Well.' },
    });

    expect(meet(story)).toBe(1);
  });

  it('for a stretch of watching begins it by itself, beside the windows that go on', () => {
    const story = rolledBack(
      at({ id: 'watch', kind: 'monitor', title: 'Watch it', minutes: 60 }, LIST),
    );
    expect(meet(story)).toBe(1);
    const windows = story.incident().monitor?.windows ?? [];

    expect(windows.map(({ name }) => name)).toEqual(['first quarter hour', 'Watch it']);
    expect(windows[1]).toMatchObject({
      from: story.now(),
      until: story.now() + 60 * MINUTE,
      every: 5 * MINUTE,
    });
    const ends = (verdict: 'pass' | 'fail'): void => {
      story
        .wait(60 * MINUTE)
        .tell(
          BACKSTOP,
          { type: 'monitor.read', data: { window: 'Watch it', readings: [reading(verdict)] } },
          { type: 'monitor.ended', data: { window: 'Watch it', passed: verdict === 'pass' } },
        );
    };
    ends('fail');
    expect(meet(story)).toBe(0);
    put(story, ANA, operatePlaybook(1, 'watch', GROUND));
    ends('pass');
    expect(meet(story)).toBe(1);
    expect(stepOf(story)).toBe('list');
  });

  it('waits for nothing once the incident is resolved', () => {
    const story = at({ id: 'wait', kind: 'timer', title: 'Wait', minutes: 5 }, LIST);
    closeStory(story).wait(10 * MINUTE);

    expect(deadlines(story.incident())).toEqual([]);
    expect(ask(story, BACKSTOP, advancePlaybook(1))).toEqual([]);
  });
});

describe('what is known already', () => {
  const ASSESS: Step = { id: 'assess', kind: 'assessment', title: 'Assess' };
  const DECIDE: Step = {
    id: 'decide',
    kind: 'question',
    title: 'Quick fix or rollback?',
    decides: 'response',
    options: [
      { id: 'quick-fix', label: 'Quick fix' },
      { id: 'rollback', label: 'Rollback' },
    ],
  };
  const answer = (story: Story, question: QuestionId, given: string): void => {
    put(story, ANA, answerQuestion(question, given));
  };

  it('is not asked for: the card’s answers meet a step that waits for them, before or after it begins', () => {
    const before = takeCommand(aStory());
    answer(before, 'users', 'all');
    put(before, BEN, startPlaybook(aPlaybook(ASSESS, LIST)));
    expect(stepOf(before)).toBe('list');
    expect(progressOf(before).done['assess']).toMatchObject({ how: 'met', note: 'it is a SEV1' });

    const after = at(ASSESS, LIST);
    answer(after, 'users', 'few');
    answer(after, 'data', 'suspected');
    expect(meet(after)).toBe(0);
    answer(after, 'security', 'no');
    answer(after, 'availability', 'normal');
    expect(meet(after)).toBe(1);
    expect(stepOf(after)).toBe('list');
  });

  it('is not asked for again where the response is decided on the card', () => {
    const story = at(ASSESS, DECIDE, LIST);
    answer(story, 'users', 'all');
    expect(meet(story)).toBe(1);
    put(story, BEN, confirmResponse());
    expect(meet(story)).toBe(1);

    expect(progressOf(story).answers['decide']).toMatchObject({ answer: 'rollback', by: BACKSTOP });
    expect(stepOf(story)).toBe('list');
  });

  it('is decided with the answer, by the commander alone, and as recommended where it is', () => {
    const story = at(DECIDE, LIST);
    answer(story, 'users', 'all');
    expect(refused(story, ANA, answerPlaybook(1, 'decide', 'rollback')).code).toBe('forbidden');
    put(story, BEN, answerPlaybook(1, 'decide', 'rollback'));
    const { response } = story.incident();
    expect(response).toMatchObject({
      is: 'rollback',
      reasons: ['all users are affected'],
      by: BEN,
    });
    expect(response?.override).toBeUndefined();
    expect(stepOf(story)).toBe('list');

    const otherwise = at(DECIDE, LIST);
    answer(otherwise, 'users', 'all');
    put(otherwise, BEN, answerPlaybook(1, 'decide', 'quick-fix'));
    expect(otherwise.incident().response).toMatchObject({
      is: 'quick-fix',
      override: 'The playbook led to it.',
    });
  });

  it('takes the approval with it where what would be planned was done by hand', () => {
    const plan: Step = { id: 'plan', kind: 'operation', title: 'Plan', operation: 'plan-rollback' };
    const approval: Step = { id: 'approve', kind: 'approval', title: 'Approve' };
    const story = at(plan, approval, LIST);
    put(story, ANA, goOnInPlaybook(1, 'plan', 'Swapped in the portal.'));
    expect(stepOf(story)).toBe('list');
    expect(progressOf(story).done['approve']).toMatchObject({
      how: 'met',
      note: 'no plan was asked for',
    });

    const planned = at(plan, approval, LIST);
    put(planned, BEN, operatePlaybook(1, 'plan', GROUND));
    expect(meet(planned)).toBe(0);
    expect(stepOf(planned)).toBe('approve');
  });

  it('counts a run that was approved before people came to its step', () => {
    const plan: Step = { id: 'plan', kind: 'operation', title: 'Plan', operation: 'plan-rollback' };
    const story = at(plan, LIST, { id: 'approve', kind: 'approval', title: 'Approve' }, ASK);
    put(story, BEN, operatePlaybook(1, 'plan', GROUND));
    rolledBack(story.wait(MINUTE)).wait(MINUTE);
    put(story, ANA, goOnInPlaybook(1, 'list'));

    expect(stepOf(story)).toBe('ask');
  });

  it('waits for the window of its name, rather than open a second one beside it', () => {
    const story = rolledBack(
      at({ id: 'watch', kind: 'monitor', title: 'First quarter hour', minutes: 15 }, LIST),
    );
    expect(meet(story)).toBe(0);
    expect(story.incident().monitor?.windows.map(({ name }) => name)).toEqual([
      'first quarter hour',
    ]);
    const window = 'first quarter hour';
    story
      .wait(15 * MINUTE)
      .tell(
        BACKSTOP,
        { type: 'monitor.read', data: { window, readings: [reading('pass')] } },
        { type: 'monitor.ended', data: { window, passed: true } },
      );

    expect(meet(story)).toBe(1);
    expect(stepOf(story)).toBe('list');
  });
});

describe('the playbook that is proposed', () => {
  const told = (
    title: string,
    ...answers: readonly (readonly [string, string])[]
  ): string | undefined => {
    const story = aStory({ title, summary: '' });
    for (const [question, answer] of answers) {
      story.tell(ANA, {
        type: 'assessment.answered',
        data: { question, answer } as Extract<Event, { type: 'assessment.answered' }>['data'],
      });
    }
    if (answers.length > 0) story.tell(ANA, severity('sev2', ['it is bad']));
    return proposedPlaybook(story.incident())?.name;
  };

  it.each([
    ['checkout fails', [], undefined],
    ['checkout fails', [['users', 'all']], 'production-bug'],
    ['checkout fails', [['data', 'suspected']], 'data-loss'],
    [
      'checkout fails',
      [
        ['data', 'yes'],
        ['security', 'yes'],
      ],
      'security-breach',
    ],
    ['checkout is slow', [['availability', '5-10x']], 'performance-degradation'],
    ['the migration wrote nulls', [['data', 'yes']], 'migration-failed'],
    ['pods OOMKilled every two hours', [], 'memory-leak'],
    ['web does not start since the release', [], 'deployment-failure'],
    ['mobile app cannot log in', [], 'api-breaks-client'],
    ['everybody is signed out since the deployment', [], 'deployment-issues'],
  ] as const)('for “%s” with %j is %s', (title, answers, name) => {
    expect(told(title, ...answers)).toBe(name);
  });

  it('is that for afterwards once a rollback has recovered, and nothing once that was started', () => {
    const story = rolledBack(takeCommand(aStory()));
    expect(proposedPlaybook(story.incident())?.name).toBe('after-rollback');
    put(story, ANA, startPlaybook({ ...aPlaybook(LIST), name: 'after-rollback' }));
    put(story, ANA, goOnInPlaybook(1, 'list'));

    expect(proposedPlaybook(story.incident())).toBeUndefined();
  });
});
