/**
 * What has happened in a story so far, as far as a process that is killed leaves it behind: in the journal, outside, and
 * with people. Nothing else of it survives, so two points with the same history are one case, and one of them is enough:
 * after a commit, before the next one, and before a read in between, nothing is different.
 *
 * The history is how often each kind of event was committed (of a step: for that step), how often each kind of change was made, and whether people
 * have had their answer since. It is the same in another story that has come as far by the same kinds of events. Besides:
 * - What only shows what is known, such as an edit, comes as often as the clock has it, and is made again after a crash
 *   whatever was left of it. Before and after each kind of it are cases for each kind of event that they follow.
 * - A system other than Slack may move by itself while it is looked at, so each kind of look is a case for each kind of
 *   event that it follows. Before and after each change of such a system are cases of their own.
 * - Nobody sees what a command does, which may go on by itself when the process that ran it is gone. So before, during and after each
 *   kind of command are cases for each kind of event that it follows.
 * - Of one event again and again, such as tick after tick, the first few stand for all.
 */

import type { Committed } from './kill-at-commit.ts';
import type { Happening } from './points.ts';

/** Two points with the same are the same case. */
export type Case = string;

interface Around {
  readonly before: Case;
  readonly after: Case;
}

export interface History {
  commit(events: readonly Committed[]): Around;
  call(call: Happening & { readonly kind: 'call' }): Around;
  command(name: string): Around & { readonly during: Case };
  acknowledge(): void;
}

/** How many of one event in a row are told apart: as many as a verification of the stories takes. */
const IN_A_ROW = 3;

const SHOWS = new Set([
  'chat.update',
  'conversations.setTopic',
  'conversations.rename',
  'views.open',
  'views.update',
  'views.push',
  'views.publish',
  'incident.shown',
  'home.opened',
]);

/** Whether an event or call only shows what is known. */
export function shows(name: string): boolean {
  return SHOWS.has(name);
}

/** Nothing has happened yet. */
export function createHistory(): History {
  const counts = new Map<string, number>();
  /** The last event that did more than show something, and how many of it came in a row. */
  let last = { event: 'nothing', times: 1 };
  let answered = false;

  function sofar(): Case {
    const happened = [...counts].map(([name, times]) => `${name} ${times}`).sort();
    return [...happened, ...(answered ? ['answered'] : [])].join(', ');
  }

  function add(name: string): void {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }

  function shown(what: string): Around {
    return {
      before: `before ${what} after ${last.event}`,
      after: `after ${what} after ${last.event}`,
    };
  }

  return {
    commit(events) {
      const names = events.map(({ type, detail }) =>
        detail === null ? type : `${type} ${detail}`,
      );
      const first = names.find((_, index) => !shows(events[index]?.type ?? '')) ?? '';
      if (first === '') return shown(names[0] ?? '');
      const before = sofar();
      const times = first === last.event ? last.times + 1 : 1;
      last = { event: first, times };
      if (times <= IN_A_ROW)
        names.filter((_, index) => !shows(events[index]?.type ?? '')).forEach(add);
      answered = false;
      return { before, after: sofar() };
    },
    call({ system, call, changes }) {
      const name = `${system} ${call}`;
      const before = sofar();
      if (shows(call)) return shown(name);
      if (!changes) {
        const look = `${name} after ${last.event}`;
        return system === 'slack' ? { before, after: before } : { before: look, after: look };
      }
      add(name);
      if (system === 'slack') return { before, after: sofar() };
      return { before: `${before} before ${name}`, after: `${before} after ${name}` };
    },
    command(name) {
      const when = (words: string): Case => `${words} the command ${name} after ${last.event}`;
      return { before: when('before'), during: when('during'), after: when('after') };
    },
    acknowledge() {
      answered = true;
    },
  };
}
