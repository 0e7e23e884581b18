/** What people agreed on during the incident that outlives it. */

import { type Incident, openTasksOf } from '../incident.ts';
import type { Task } from '../tasks.ts';
import { momentOf } from '../timeline/moment.ts';
import type { PlainWords } from '../timeline/plain-words.ts';
import type { FollowUp } from './follow-ups.ts';

/** The follow-ups, done or not, and the tasks that were left open. */
export function agreedFollowUps(incident: Incident, words: PlainWords): readonly FollowUp[] {
  const open = openTasksOf(incident);
  return incident.tasks
    .filter((task) => task.kind === 'follow-up' || open.includes(task))
    .map((task) => ({
      id: task.id,
      what: words.text(task.text),
      because: `${words.who(task.addedBy)} added it as ${task.id}${becauseOf(task)}`,
      ...(task.owner === undefined ? {} : { owner: words.user(task.owner) }),
      ...(task.due === undefined ? {} : { due: momentOf(task.due) }),
      ...(task.url === undefined ? {} : { ticket: task.url }),
      ...(task.done ? { done: momentOf(task.done.at) } : {}),
    }));
}

function becauseOf({ kind, done }: Task): string {
  if (done) return ' and it is done.';
  return kind === 'task' ? ' during the incident, and it was left open.' : ' during the incident.';
}
