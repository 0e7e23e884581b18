import { describe, expect, it } from 'vitest';
import { closeIncident } from '../../src/flows/change-status.ts';
import { addTask, assignTask, finishTask, TASK_LIMIT } from '../../src/flows/tasks.ts';
import { ANA, aStory, BEN, MINUTE, START, takeCommand } from '../support/an-incident.ts';
import { closeStory, put, refused } from '../support/asking.ts';

describe('a task', () => {
  it('is numbered, and has an owner and a time where they are given', () => {
    const story = aStory();
    put(story, ANA, addTask({ text: ' call  the\nbank ', kind: 'task' }));

    expect(
      put(story, ANA, addTask({ text: 'x', kind: 'task', owner: 'U0BEN', due: START + MINUTE })),
    ).toEqual([
      {
        type: 'task.added',
        data: { id: 'T2', kind: 'task', text: 'x', owner: 'U0BEN', due: START + MINUTE },
      },
    ]);
    expect(story.incident().tasks[0]).toMatchObject({ id: 'T1', text: 'call the bank' });
  });

  it('is taken, and ticked off once', () => {
    const story = aStory();
    put(story, ANA, addTask({ text: 'x', kind: 'task' }));
    put(story, BEN, assignTask('t1', 'U0BEN'));
    expect(refused(story, BEN, assignTask('T1', 'U0BEN')).code).toBe('already-done');
    put(story, BEN, finishTask(' t1 '));

    expect(story.incident().tasks[0]?.done).toEqual({ by: BEN, at: START });
    expect(refused(story, ANA, finishTask('T1')).message).toMatch(/done already by <@U0BEN>/);
    expect(refused(story, ANA, assignTask('T1', 'U0ANA')).code).toBe('already-done');
    expect(refused(story, ANA, finishTask('T9')).code).toBe('not-found');
  });

  it('says what is wrong with it', () => {
    const story = aStory();
    const wrong = (text: string, due?: number) =>
      refused(story, ANA, addTask({ text, kind: 'task', due }));

    expect(wrong('  ').field).toBe('text');
    expect(wrong('x'.repeat(TASK_LIMIT + 1)).field).toBe('text');
    expect(wrong('x', START).field).toBe('due');
    for (let n = 0; n < 100; n += 1) put(story, ANA, addTask({ text: 'x', kind: 'task' }));
    expect(wrong('x').message).toMatch(/100 tasks/);
  });

  it('becomes a follow-up once the incident is resolved, and is still worked on once it is closed', () => {
    const story = closeStory(takeCommand(aStory()));
    put(story, ANA, addTask({ text: 'x', kind: 'task' }));
    expect(story.incident().tasks[0]?.kind).toBe('follow-up');
    put(story, ANA, addTask({ text: 'y', kind: 'follow-up' }));
    put(story, ANA, finishTask('T1'));
    put(story, BEN, closeIncident('Agreed.'));

    put(story, BEN, assignTask('T2', 'U0BEN'));
    put(story, BEN, finishTask('T2'));
    expect(story.incident().tasks.every(({ done }) => done)).toBe(true);
    expect(refused(story, ANA, addTask({ text: 'x', kind: 'task' })).code).toBe('closed');
  });
});
