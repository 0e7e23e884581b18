import { describe, expect, it } from 'vitest';
import { reminderMessages } from '../../src/blocks/reminders.ts';
import { addTask, rescheduleTask } from '../../src/flows/tasks.ts';
import { ANA, aStory, BACKSTOP, type Story } from '../support/an-incident.ts';
import { closeStory, put } from '../support/asking.ts';
import { aService, MINUTE } from './support.ts';

/** Ben was asked for the date of a follow-up. */
function askedForDate(): Story {
  const story = aStory();
  put(story, ANA, addTask({ text: 'Alert on the queue', kind: 'follow-up', owner: 'U0BEN' }));
  closeStory(story);
  const reminder = { key: 'task/T1/undated', about: 'task', ref: 'T1', due: story.now() } as const;
  return story.tell(BACKSTOP, { type: 'reminder.given', data: reminder });
}

describe('the reminder of a follow-up without a date', () => {
  it('calls its owner, says what is asked for, and is not put off by minutes', () => {
    const [dated] = reminderMessages(askedForDate().incident(), aService());

    expect(dated?.message.text).toBe(
      '<@U0BEN> *Follow-up T1 has no date:* Alert on the queue. Say when it will be done, `/incident due T1 in 3 days`, or finish it.',
    );
    expect(JSON.stringify(dated?.message.blocks)).not.toContain('Snooze');
  });

  it('is settled by a date, and calls nobody then', () => {
    const story = askedForDate();
    put(story, ANA, rescheduleTask('T1', story.now() + 30 * MINUTE));

    const [dated] = reminderMessages(story.incident(), aService());

    expect(dated?.message.text).toBe(
      '*Follow-up T1 had no date:* Alert on the queue. It is settled.',
    );
  });
});
