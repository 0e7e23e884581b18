/** Tasks of an incident, and the follow-ups that outlive it. */

import type { Actor, Recorded } from './events.ts';

export interface NewTask {
  /** `T1`, unique within the incident. */
  readonly id: string;
  /** A task is for now; a follow-up is for after the incident. */
  readonly kind: 'task' | 'follow-up';
  readonly text: string;
  readonly owner?: string;
  /** Epoch milliseconds. */
  readonly due?: number;
}

export interface Task extends NewTask {
  readonly addedBy: Actor;
  readonly addedAt: number;
  /** The address of its issue, where it is worked on elsewhere. */
  readonly url?: string;
  /** True once its issue was closed because it is done. */
  readonly issueClosed?: true;
  /** Since when it and its issue are both known to be at their end, epoch milliseconds. */
  readonly settledAt?: number;
  readonly done?: { readonly by: Actor; readonly at: number };
}

type TaskEvent = Extract<Recorded, { type: `task.${string}` }>;

/** The tasks after one more event. @throws Error when it names a task that was never added. */
export function applyToTasks(tasks: readonly Task[], event: TaskEvent): readonly Task[] {
  switch (event.type) {
    case 'task.added':
      return [...tasks, { ...event.data, addedBy: event.actor, addedAt: event.at }];
    case 'task.assigned':
      return changed(tasks, event.data.task, { owner: event.data.owner });
    case 'task.linked':
      return changed(tasks, event.data.task, { url: event.data.url });
    case 'task.issue-closed':
      return changed(tasks, event.data.task, { issueClosed: true, settledAt: event.at });
    case 'task.rescheduled': {
      const { task: id, due } = event.data;
      return changed(tasks, id, { due });
    }
    case 'task.done':
      return changed(tasks, event.data.task, {
        done: { by: event.actor, at: event.at },
        ...(event.actor.kind === 'backstop' ? { settledAt: event.at } : {}),
      });
    case 'task.reopened':
      return tasks.map((task) => (task.id === event.data.task ? reopened(task) : task));
  }
}

function reopened({ done: _done, issueClosed: _closed, settledAt: _at, ...task }: Task): Task {
  return task;
}

export function openTasks(tasks: readonly Task[]): readonly Task[] {
  return tasks.filter(({ done }) => done === undefined);
}

type Patch = Omit<Partial<Task>, 'due'> & { readonly due?: number | undefined };

function changed(tasks: readonly Task[], id: string, patch: Patch): readonly Task[] {
  if (!tasks.some((task) => task.id === id)) throw new Error(`There is no task ${id}`);
  return tasks.map((task) => {
    if (task.id !== id) return task;
    const { due, ...rest } = { ...task, ...patch };
    return due === undefined ? rest : { ...rest, due };
  });
}
