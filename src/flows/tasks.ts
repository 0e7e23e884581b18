import { Refusal } from '../errors.ts';
import type { Event } from '../events.ts';
import { type Incident, isOpen } from '../incident.ts';
import type { Flow } from '../loop.ts';
import type { Task } from '../tasks.ts';

export const TASK_LIMIT = 300;
/** More than these on one incident is a project. */
const TASKS_LIMIT = 100;

export interface TaskWish {
  readonly text: string;
  readonly kind: 'task' | 'follow-up';
  readonly owner?: string | undefined;
  /** Epoch milliseconds. */
  readonly due?: number | undefined;
}

/** Adds a task; once the incident is resolved, a follow-up. */
export function addTask({ text, kind, owner, due }: TaskWish): Flow {
  return (incident, { now }): readonly Event[] => {
    requireNotClosed(incident);
    const words = text.replaceAll(/\s+/g, ' ').trim();
    if (words === '') {
      throw new Refusal(
        'invalid-input',
        'Say what is to be done: `/incident task <what> @who by 14:30`. Who and when may be left out.',
        'text',
      );
    }
    if (words.length > TASK_LIMIT) {
      throw new Refusal('invalid-input', `Keep a task under ${TASK_LIMIT} characters.`, 'text');
    }
    if (due !== undefined && due <= now) {
      throw new Refusal('invalid-input', 'That time has passed. Give one in the future.', 'due');
    }
    if (incident.tasks.length >= TASKS_LIMIT) {
      throw new Refusal(
        'not-possible',
        `${incident.id} has ${TASKS_LIMIT} tasks. Keep the others in your tracker, and name it in a note.`,
      );
    }
    const data = {
      id: `T${incident.tasks.length + 1}`,
      kind: isOpen(incident) ? kind : ('follow-up' as const),
      text: words,
      ...(owner === undefined ? {} : { owner }),
      ...(due === undefined ? {} : { due }),
    };
    return [{ type: 'task.added', data }];
  };
}

/** Gives a task to somebody, or to who asks. */
export function assignTask(id: string, owner: string): Flow {
  return (incident): readonly Event[] => {
    const task = requireTaskInReach(incident, id);
    if (task.owner === owner) {
      throw new Refusal('already-done', `${task.id} is with <@${owner}> already; nothing changed.`);
    }
    return [{ type: 'task.assigned', data: { task: task.id, owner } }];
  };
}

/** Ticks a task off; anybody who did it may. */
export function finishTask(id: string): Flow {
  return (incident): readonly Event[] => {
    return [{ type: 'task.done', data: { task: requireTaskInReach(incident, id).id } }];
  };
}

/** Records the issue that a follow-up is worked on in; nothing when it is known. */
export function linkTask(id: string, url: string): Flow {
  return ({ tasks }): readonly Event[] => {
    const task = tasks.find((each) => each.id === id);
    return !task || task.url === url ? [] : [{ type: 'task.linked', data: { task: id, url } }];
  };
}

/** Ticks a follow-up off because its issue was closed, also after the incident was; nothing when it is done. */
export function finishByIssue(id: string): Flow {
  return ({ tasks }): readonly Event[] => {
    const task = tasks.find((each) => each.id === id);
    return !task || task.done ? [] : [{ type: 'task.done', data: { task: id } }];
  };
}

/** Opens a follow-up again because its issue was; nothing when it is open, or was not settled. */
export function reopenByIssue(id: string): Flow {
  return ({ tasks }): readonly Event[] => {
    const task = tasks.find((each) => each.id === id);
    return task?.settledAt === undefined ? [] : [{ type: 'task.reopened', data: { task: id } }];
  };
}

/** Records that the follow-up's issue was closed because it is done here; nothing when that is known. */
export function recordIssueClosed(id: string): Flow {
  return ({ tasks }): readonly Event[] => {
    const task = tasks.find((each) => each.id === id);
    if (!task?.done || task.issueClosed) return [];
    return [{ type: 'task.issue-closed', data: { task: id } }];
  };
}

/**
 * Sets until when a task is to be done; with no time, takes its date away.
 * @param due epoch milliseconds.
 */
export function rescheduleTask(id: string, due: number | undefined): Flow {
  return (incident, { now }): readonly Event[] => {
    const task = requireTaskInReach(incident, id);
    if (due !== undefined && due <= now) {
      throw new Refusal('invalid-input', 'That time has passed. Give one in the future.', 'due');
    }
    if (task.due === due) {
      const words = due === undefined ? 'has no date' : 'is due then';
      throw new Refusal('already-done', `${task.id} ${words} already; nothing changed.`);
    }
    return [
      {
        type: 'task.rescheduled',
        data: { task: task.id, ...(due === undefined ? {} : { due }) },
      },
    ];
  };
}

function requireOpenTask(incident: Incident, id: string): Task {
  const wanted = id.trim().toUpperCase();
  const task = incident.tasks.find((each) => each.id === wanted);
  if (!task) {
    throw new Refusal(
      'not-found',
      `${incident.id} has no such task. \`/incident tasks\` shows those it has.`,
    );
  }
  if (task.done) {
    const { by } = task.done;
    const who = by.kind === 'person' ? `<@${by.id}>` : 'Backstop';
    throw new Refusal('already-done', `${task.id} was done already by ${who}; nothing changed.`);
  }
  return task;
}

/** A closed incident's follow-ups may still be worked on. */
function requireTaskInReach(incident: Incident, id: string): Task {
  const task = requireOpenTask(incident, id);
  if (task.kind === 'task') requireNotClosed(incident);
  return task;
}

function requireNotClosed({ id, status }: Incident): void {
  if (status !== 'closed') return;
  throw new Refusal(
    'closed',
    `${id} is closed; nothing was changed. Keep what is left to do in your tracker.`,
  );
}
