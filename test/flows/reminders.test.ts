import { describe, expect, it } from 'vitest';
import {
  dueReminders,
  type ReminderPolicy,
  stillDue,
  unclaimedRoles,
} from '../../src/due-reminders.ts';
import { changeStatus, closeIncident } from '../../src/flows/change-status.ts';
import { giveReminder, snoozeReminder } from '../../src/flows/reminders.ts';
import { assignRole } from '../../src/flows/take-role.ts';
import { addTask, finishTask, rescheduleTask } from '../../src/flows/tasks.ts';
import { postUpdate } from '../../src/flows/updates.ts';
import type { GivenReminder } from '../../src/reminders.ts';
import {
  ANA,
  aStory,
  askApproval,
  BACKSTOP,
  BEN,
  MINUTE,
  type Story,
  severity,
  showPlan,
  takeCommand,
} from '../support/an-incident.ts';
import { ask, closeStory, put, refused } from '../support/asking.ts';

const POLICY: ReminderPolicy = {
  updates: { sev1: 30 * MINUTE, sev2: 60 * MINUTE },
  commander: 5 * MINUTE,
  roles: 15 * MINUTE,
  snooze: 15 * MINUTE,
  announced: new Set(),
};

/** Minutes from now, and what about. */
function due(story: Story): readonly string[] {
  return dueReminders(story.incident(), POLICY)
    .toSorted((a, b) => a.at - b.at)
    .map(({ about, at }) => `${about} in ${(at - story.now()) / MINUTE}`);
}

/** Lets the time come and gives the next one, as the engine does. */
function remind(story: Story): string {
  const [next] = dueReminders(story.incident(), POLICY).toSorted((a, b) => a.at - b.at);
  if (!next) throw new Error('Nothing is due');
  story.wait(Math.max(0, next.at - story.now()));
  expect(put(story, BACKSTOP, giveReminder(next.key, POLICY))).toHaveLength(1);
  expect(ask(story, BACKSTOP, giveReminder(next.key, POLICY))).toEqual([]);
  return next.key;
}

/** Every role that people are reminded of is taken. */
function staffed(): Story {
  const story = takeCommand(aStory());
  put(story, ANA, assignRole('scribe', 'U0CLEO'));
  put(story, ANA, assignRole('communications-lead', 'U0ANA'));
  return story;
}

function given(story: Story, key: string): GivenReminder {
  const found = story.incident().reminders.find((each) => each.key === key);
  if (!found) throw new Error(`${key} was not given`);
  return found;
}

describe('a reminder', () => {
  it('is for an update as the severity asks for, and for a SEV1 that nobody commands', () => {
    const story = aStory();
    expect(due(story)).toEqual([]);
    story.tell(ANA, severity('sev1', ['all users']));

    expect(due(story)).toEqual(['commander in 5', 'roles in 15', 'update in 30']);
    expect(due(takeCommand(story).wait(-14_000))).toEqual(['roles in 15', 'update in 30']);
    expect(due(aStory().tell(ANA, severity('sev4', ['x'])))).toEqual([]);
  });

  it('is for the roles that a SEV1 or SEV2 lacks, once, until they are taken or only watching is left', () => {
    const story = takeCommand(aStory()).tell(ANA, severity('sev2', ['x']));
    expect(remind(story)).toBe('roles');
    const [given] = story.incident().reminders;
    const stands = (): boolean => given !== undefined && stillDue(story.incident(), given);
    story.tell(ANA, severity('sev1', ['y']));
    expect(due(story)).toEqual(['update in 30']);
    put(story, ANA, assignRole('scribe', 'U0CLEO'));
    expect(stands()).toBe(true);
    expect(unclaimedRoles(story.incident())).toEqual(['communications-lead']);
    put(story, ANA, snoozeReminder('roles', POLICY));
    expect(due(story)).toEqual(['roles in 15', 'update in 30']);
    put(story, BEN, changeStatus('monitoring', 'it calms down'));
    expect(stands()).toBe(false);
    expect(due(story)).toEqual(['update in 30']);
    put(story, BEN, changeStatus('investigating', 'it does not'));
    put(story, ANA, assignRole('communications-lead', 'U0ANA'));

    expect(stands()).toBe(false);
    expect(
      unclaimedRoles(
        aStory()
          .tell(ANA, severity('sev3', ['x']))
          .incident(),
      ),
    ).toEqual([]);
  });

  it('is given once, and never before its time', () => {
    const story = staffed().tell(ANA, severity('sev2', ['x']));
    const [first] = dueReminders(story.incident(), POLICY);
    expect(ask(story, BACKSTOP, giveReminder(first?.key ?? '', POLICY))).toEqual([]);
    remind(story);

    expect(due(story)).toEqual([]);
    expect(due(closeStory(story))).toEqual([]);
  });

  it('of an update follows what was promised', () => {
    const story = staffed().tell(ANA, severity('sev2', ['x']));
    const key = remind(story);
    const [given] = story.incident().reminders;
    expect(given && stillDue(story.incident(), given)).toBe(true);
    put(story, ANA, postUpdate('Better', 20 * MINUTE));

    expect(given && stillDue(story.incident(), given)).toBe(false);
    expect(due(story)).toEqual(['update in 20']);
    expect(refused(story, ANA, snoozeReminder(key, POLICY)).code).toBe('out-of-date');
    put(story, ANA, postUpdate('Well', undefined));
    expect(due(story)).toEqual([]);
  });

  it('that is put off comes once more', () => {
    const story = staffed().tell(ANA, severity('sev2', ['x']));
    const key = remind(story);
    put(story, ANA, snoozeReminder(key, POLICY));
    expect(refused(story, ANA, snoozeReminder(key, POLICY)).code).toBe('already-done');

    expect(due(story)).toEqual(['update in 15']);
    expect(remind(story)).toBe(key);
    expect(due(story)).toEqual([]);
    expect(story.incident().reminders[0]?.givenAt).toHaveLength(2);
  });

  it('of a task stays after the incident, until it is done', () => {
    const story = aStory();
    const at = story.now() + 10 * MINUTE;
    put(story, ANA, addTask({ text: 'x', kind: 'task', due: at }));
    closeStory(story);
    expect(due(story)).toEqual(['task in 10']);
    remind(story);
    const [given] = story.incident().reminders;

    expect(given && stillDue(story.incident(), given)).toBe(true);
    put(story, ANA, finishTask('T1'));
    expect(given && stillDue(story.incident(), given)).toBe(false);
  });

  it('of an approval comes when half of its time is over', () => {
    const story = askApproval(showPlan(takeCommand(aStory())));
    const [proposal] = story.incident().proposals;
    const [reminder] = dueReminders(story.incident(), POLICY);
    const { requestedAt = 0, until = 0 } = proposal ?? {};

    expect(reminder?.at).toBe(Math.floor((requestedAt + until) / 2));
    expect(reminder?.ref).toBe('INC-0001-P1');
  });

  it('of a follow-up without a date comes once, a week after the incident, until it has one or is done', () => {
    const week = 7 * 24 * 60;
    const story = takeCommand(aStory());
    put(story, ANA, addTask({ text: 'x', kind: 'task', owner: 'U0BEN' }));
    put(story, ANA, addTask({ text: 'y', kind: 'follow-up', owner: 'U0BEN' }));
    expect(due(story)).toEqual([]);
    closeStory(story);
    expect(due(story)).toEqual([`task in ${week}`]);
    story.wait(60 * MINUTE);
    put(story, ANA, addTask({ text: 'z', kind: 'follow-up' }));
    put(story, BEN, closeIncident('Agreed.'));

    expect(due(story)).toEqual([`task in ${week}`, `task in ${week}`]);
    expect([remind(story), remind(story)]).toEqual(['task/T2/undated', 'task/T3/undated']);
    expect(due(story)).toEqual([]);
    const [ofY, ofZ] = [given(story, 'task/T2/undated'), given(story, 'task/T3/undated')];
    expect(stillDue(story.incident(), ofY)).toBe(true);
    put(story, ANA, rescheduleTask('T2', story.now() + 30 * MINUTE));
    put(story, ANA, finishTask('T3'));
    expect([ofY, ofZ].map((each) => stillDue(story.incident(), each))).toEqual([false, false]);
    expect(due(story)).toEqual(['task in 30']);
    put(story, ANA, rescheduleTask('T2', undefined));
    expect(due(story)).toEqual([]);
  });

  it('is for an overdue follow-up also once its incident is closed, and for no other task', () => {
    const story = takeCommand(aStory());
    const until = story.now() + 60 * MINUTE;
    put(story, ANA, addTask({ text: 'y', kind: 'task', due: until - MINUTE, owner: 'U0BEN' }));
    closeStory(story);
    put(story, ANA, addTask({ text: 'x', kind: 'follow-up', due: until, owner: 'U0BEN' }));
    put(story, BEN, closeIncident('Agreed.'));

    expect(due(story)).toEqual(['task in 60']);
    const key = remind(story);
    expect(stillDue(story.incident(), given(story, key))).toBe(true);
    put(story, ANA, finishTask('T2'));
    expect(stillDue(story.incident(), given(story, key))).toBe(false);
  });
});
