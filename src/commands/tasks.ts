/** `/incident task`, `follow-up`, `tasks`, `due`, `done`, and the buttons under a task. */

import { ACTION } from '../blocks/actions.ts';
import { taskList } from '../blocks/tasks.ts';
import { addTask, assignTask, finishTask, rescheduleTask } from '../flows/tasks.ts';
import { type Desk, decideFor, type Request } from './desk.ts';
import { decide, firstWord, here, type Subcommands, zoneOf } from './here.ts';
import { onClick } from './on-click.ts';
import type { Outcome, Typed } from './on-command.ts';
import { requireMember } from './roles.ts';
import { dueSaid, taskSaid } from './typed-words.ts';

export const TASKS: Subcommands = {
  task: (desk, request, typed, words) => {
    const [first, rest] = firstWord(words);
    // `task done T1` and `task list` are what people try first.
    if (/^done$/i.test(first) && /^t\d+$/i.test(rest.trim())) {
      return decide(desk, request, here(desk, typed), finishTask(rest));
    }
    if (/^list$/i.test(words.trim())) return list(desk, typed);
    return add(desk, request, typed, words, 'task');
  },
  'follow-up': (desk, request, typed, words) => add(desk, request, typed, words, 'follow-up'),
  tasks: (desk, _request, typed) => list(desk, typed),
  done: (desk, request, typed, words) =>
    decide(desk, request, here(desk, typed), finishTask(words)),
  due: async (desk, request, typed, words) => {
    const incident = here(desk, typed);
    const { task, due } = dueSaid(words, desk.clock.now(), await zoneOf(desk, request));
    return decide(desk, request, incident, rescheduleTask(task, due));
  },
};

/** Registers the buttons of a task. */
export function registerTasks(desk: Desk): void {
  onClick(desk, ACTION.finishTask, 1, async (click) => {
    const [task = ''] = click.ids;
    await decideFor(desk, click, click.incident.id, finishTask(task));
  });
  onClick(desk, ACTION.takeTask, 1, async (click) => {
    const [task = ''] = click.ids;
    await decideFor(desk, click, click.incident.id, assignTask(task, click.actor.id));
  });
}

async function add(
  desk: Desk,
  request: Request,
  typed: Typed,
  words: string,
  kind: 'task' | 'follow-up',
): Promise<Outcome> {
  const incident = here(desk, typed);
  const said = taskSaid(words, desk.clock.now(), await zoneOf(desk, request));
  if (said.owner !== undefined) await requireMember(desk, said.owner);
  return decide(desk, request, incident, addTask({ ...said, kind }));
}

async function list(desk: Desk, typed: Typed): Promise<Outcome> {
  return { reply: taskList(here(desk, typed)) };
}
