/** What the events of tasks, updates, reminders and handovers say in the timeline. */

import type { Recorded } from '../events.ts';
import { isUndated, type ReminderAbout } from '../reminders.ts';
import type { PlainWords } from './plain-words.ts';
import type { Telling, Thread } from './thread.ts';
import { momentWords, sentence } from './wording.ts';

type CoordinationEvent = Extract<
  Recorded,
  { type: `task.${string}` | `update.${string}` | `reminder.${string}` | 'handover.given' }
>;

/** The sentence of an event by which people keep each other informed. */
export function tellCoordination(
  event: CoordinationEvent,
  thread: Thread,
  words: PlainWords,
): Telling {
  switch (event.type) {
    case 'task.added': {
      const { id, kind, text, owner, due } = event.data;
      thread.tasks.set(id, text);
      const who = owner === undefined ? '' : `, for ${words.user(owner)}`;
      const until = due === undefined ? '' : `, by ${momentWords(due)}`;
      return { kind: 'note', what: `Added the ${kind} ${id}${who}${until}: ${sentence(text)}` };
    }
    case 'task.assigned': {
      const { task, owner } = event.data;
      const self = event.actor.kind === 'person' && event.actor.id === owner;
      const what = self
        ? `Took ${titleOf(task, thread)}.`
        : `Gave ${titleOf(task, thread)} to ${words.user(owner)}.`;
      return { kind: 'note', what };
    }
    case 'task.done':
      return { kind: 'note', what: `Finished ${titleOf(event.data.task, thread)}.` };
    case 'task.linked':
      return {
        kind: 'note',
        what: `Opened an issue for ${titleOf(event.data.task, thread)}: ${event.data.url}`,
      };
    case 'task.issue-closed':
      return {
        kind: 'note',
        what: `Closed the issue of ${titleOf(event.data.task, thread)}, which is done.`,
      };
    case 'task.reopened':
      return {
        kind: 'note',
        what: `Took up ${titleOf(event.data.task, thread)} again: its issue was opened again.`,
      };
    case 'task.rescheduled': {
      const { task, due } = event.data;
      const until = due === undefined ? 'no longer has a date' : `is due by ${momentWords(due)}`;
      return { kind: 'note', what: `Said that ${titleOf(task, thread)} ${until}.` };
    }
    case 'update.posted': {
      const { text, next } = event.data;
      const promised =
        next === undefined ? '' : ` The next one was promised by ${momentWords(next)}.`;
      return { kind: 'status', what: `Status update: ${lines(text)}${promised}` };
    }
    case 'reminder.given':
      return {
        kind: 'note',
        what: isUndated(event.data)
          ? `Asked for the date of follow-up ${event.data.ref}.`
          : `Reminded people: ${REMINDER_WORDS[event.data.about]}.`,
      };
    case 'reminder.snoozed':
      return { kind: 'note', what: `Put a reminder off until ${momentWords(event.data.until)}.` };
    case 'handover.given': {
      const { to, summary } = event.data;
      const whom = to === undefined ? '' : ` to ${words.user(to)}`;
      const lines = summary.map(({ text, user }) =>
        sentence(user === undefined ? text : `${text}: ${words.user(user)}`),
      );
      return { kind: 'people', what: `Handed over${whom}. ${lines.join(' ')}` };
    }
  }
}

const REMINDER_WORDS: Readonly<Record<ReminderAbout, string>> = {
  update: 'a status update was due',
  commander: 'nobody was in command',
  roles: 'nobody wrote the updates or kept the timeline',
  approval: 'an approval was waiting',
  task: 'a task was overdue',
  'status-page': 'the status page did not yet tell how things stood',
};

/** Lines as sentences one after the other; a heading goes with what follows it. */
function lines(text: string): string {
  const said = text.split('\n').map((line) => line.trim());
  return said
    .filter((line) => line !== '')
    .map((line) => (line.endsWith(':') ? line : sentence(line)))
    .join(' ');
}

function titleOf(task: string, thread: Thread): string {
  const text = thread.tasks.get(task);
  return text === undefined ? task : `${task} “${text}”`;
}
