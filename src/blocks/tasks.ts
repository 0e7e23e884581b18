/** Tasks: one short message each, so that it can be taken and ticked off, and the list of them. */

import type { KnownBlock } from '@slack/types';
import { type Incident, openTasksOf } from '../incident.ts';
import type { Task } from '../tasks.ts';
import { ACTION } from './actions.ts';
import { actions, blocksOf, button, section } from './elements.ts';
import type { Dated, Reply } from './message.ts';
import { at, count, line, linesThatFit, link, mention, onDay, who } from './mrkdwn.ts';

const LIST_ROOM = 2600;

/** A message for each task; it says who has it, and in the end who did it. */
export function taskMessages(incident: Incident): readonly Dated[] {
  return incident.tasks.map((task) => ({
    since: task.addedAt,
    message: {
      key: `task/${task.id}`,
      where: 'incident',
      text: inWords(task),
      blocks: blocksOf(section(inWords(task)), choices(incident, task)),
    },
  }));
}

/** `3 tasks open, 1 overdue`; undefined while there is nothing to do. */
export function tasksLine(incident: Incident): string | undefined {
  const open = openTasksOf(incident);
  if (open.length === 0) return undefined;
  const late = open.filter((task) => isOverdue(incident, task)).length;
  const overdue = late > 0 ? `, *${late} overdue*` : '';
  return `${count(open.length, 'task')} open${overdue}; \`/incident tasks\` lists them.`;
}

/** What is to be done and what is done, for the person who asks. */
export function taskList(incident: Incident): Reply {
  const open = openTasksOf(incident);
  const done = incident.tasks.filter((task) => task.done);
  if (incident.tasks.length === 0) {
    return reply(`${incident.id} has no tasks. \`/incident task <what> @who by 14:30\` adds one.`);
  }
  const lines = [...open, ...done].map((task) => {
    const late = isOverdue(incident, task) ? ' *overdue*' : '';
    return task.done
      ? `✓ *${task.id}* ${line(task.text, 300)} (done by ${who(task.done.by)})`
      : `• *${task.id}* ${line(task.text, 300)} (${holderOf(task)}${until(task)})${late}`;
  });
  return reply(
    `*${count(open.length, 'open task')} of ${incident.id}*`,
    linesThatFit(lines, LIST_ROOM),
    open.length > 0
      ? '`/incident done T1` ticks one off, `/incident due T1 14:30` sets its date.'
      : '',
  );
}

/** Whether people were reminded of it: no clock is read here. */
function isOverdue({ reminders }: Incident, { id, due }: Task): boolean {
  return reminders.some(({ key }) => key === `task/${id}/${due}`);
}

function inWords(task: Task): string {
  const kind = task.kind === 'task' ? 'Task' : 'Follow-up';
  const what = `*${kind} ${task.id}:* ${line(task.text, 600)}`;
  if (task.done) {
    return `${what}\nDone by ${who(task.done.by)} at ${at(task.done.at)}.${issueOf(task)}`;
  }
  const owner = task.owner === undefined ? 'Nobody has it yet' : mention(task.owner);
  return `${what}\n${owner}${until(task)}. Added by ${who(task.addedBy)}.${issueOf(task)}`;
}

/** Where it is worked on, if elsewhere. */
function issueOf({ url }: Task): string {
  return url === undefined ? '' : ` ${link(url, 'Its issue')}`;
}

/** One line for each follow-up that is left, those that are overdue first; undefined when there are none. */
export function followUpsLeft(
  incidents: readonly Incident[],
): { readonly summary: string; readonly lines: readonly string[] } | undefined {
  const left = incidents.flatMap((incident) =>
    openTasksOf(incident)
      .filter(({ kind }) => kind === 'follow-up')
      .map((task) => ({ incident, task, late: isOverdue(incident, task) })),
  );
  if (left.length === 0) return undefined;
  const late = left.filter((each) => each.late);
  const lines = [...late, ...left.filter((each) => !each.late)].map(({ incident, task, late }) => {
    const overdue = late ? ' *overdue*' : '';
    return `• *${incident.id} ${task.id}* ${line(task.text, 200)} (${holderOf(task)}${until(task)})${overdue}${issueOf(task)}`;
  });
  const overdue = late.length > 0 ? `, *${late.length} overdue*` : '';
  return { summary: `${count(left.length, 'follow-up')} open${overdue}`, lines };
}

function holderOf({ owner }: Task): string {
  return owner === undefined ? 'nobody yet' : mention(owner);
}

function until({ due }: Task): string {
  return due === undefined ? '' : `, by ${onDay(due)}`;
}

function choices({ id, status }: Incident, task: Task): readonly KnownBlock[] {
  if (task.done || (status === 'closed' && task.kind === 'task')) return [];
  return actions(
    button(ACTION.finishTask, 'Done', [id, task.id], { label: `Task ${task.id} is done` }),
    task.owner === undefined
      ? button(ACTION.takeTask, 'I’ll take it', [id, task.id], { label: `Take task ${task.id}` })
      : undefined,
  );
}

function reply(...lines: readonly string[]): Reply {
  const text = lines.filter((part) => part !== '').join('\n');
  return { text, blocks: [section(text)] };
}
