/** Ends work that was started before it is done, here or where it runs. What it did until then is for a look to see. */

import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import type { EndedEarly } from '../../operation.ts';
import type { Jobs } from './jobs.ts';
import { commandAt, placeName } from './place.ts';
import { endMarked, isMarked, type Trace } from './processes.ts';
import { howItEnded, runCommand } from './run-command.ts';
import type { Surroundings } from './where.ts';

export interface Work {
  readonly jobs: Jobs;
  /** Under which its job was started. */
  readonly key: string;
  /** A line in the environment of all that it started, and of nothing else; missing where that got lost. */
  readonly mark?: string | undefined;
  readonly trace?: Trace | undefined;
  readonly surroundings: Surroundings;
}

/** Ending over there may take its grace time, the looks between, and the way there. */
const THERE_LIMIT_MS = 40_000;
/** For what is done after the last process has gone: reading what there is then. */
const PATIENCE_MS = 15_000;

/**
 * Sends SIGTERM to all that was started, and SIGKILL after five seconds to what is left. Where it runs elsewhere that is done over
 * there, by a second connection; where that cannot be seen to have worked, nothing is ended here, so that it is followed to its end.
 * Never throws but when cancelled.
 */
export async function endWork(work: Work, signal: AbortSignal): Promise<EndedEarly> {
  const { jobs, key, mark, trace, surroundings } = work;
  const place = placeName(surroundings.where);
  const isLocal = surroundings.where.kind === 'local';
  const isKnown = isLocal ? trace !== undefined || jobs.find(key)?.state === 'running' : false;
  if (mark === undefined && !isKnown) {
    return {
      isOver: false,
      note: `It cannot be ended on ${place}: which of the processes it is got lost.`,
    };
  }
  if (!isLocal && mark !== undefined) {
    const isFollowed = jobs.find(key)?.state === 'running' || (await isMarked(mark, trace));
    const there = await endThere(surroundings, mark, isFollowed, signal);
    signal.throwIfAborted();
    if (!there.isOver) return there;
    await endHere(work);
    return there;
  }
  const { left, isSettled } = await endHere(work);
  if (left === 0 && isSettled) return { isOver: true, note: `It was ended on ${place}.` };
  if (left === 0) return { isOver: false, note: `It was told to end on ${place}.` };
  const note = `${left} of its processes on ${place} could not be ended: they belong to another user. Their end is waited for.`;
  return { isOver: false, note };
}

async function endHere({ jobs, key, mark, trace }: Work) {
  const patience = new AbortController();
  const late = sleep(PATIENCE_MS, false, { signal: patience.signal }).catch(() => false);
  const settled = Promise.race([jobs.end(key).then(() => true), late]);
  const [{ left }, isSettled] = await Promise.all([endMarked(mark, trace), settled]);
  patience.abort();
  return { left, isSettled };
}

async function endThere(
  surroundings: Surroundings,
  mark: string,
  isFollowed: boolean,
  signal: AbortSignal,
): Promise<EndedEarly> {
  const place = placeName(surroundings.where);
  const goesOn = 'so it goes on there, and is followed to its end or its time limit.';
  const not = (why: string): EndedEarly => ({
    isOver: false,
    note: `It could not be ended on ${place}: ${why}, ${goesOn}`,
  });
  // With nothing of the team's own: not its directory, which may be gone, and none of its variables.
  const bare = { ...surroundings, directory: undefined, env: {}, secretEnv: {} };
  const errand = {
    argv: ['sh', '-c', END_BY_MARK, 'sh', mark] as const,
    limitMs: THERE_LIMIT_MS,
    answerBytes: 100,
  };
  try {
    const ended = await runCommand(await commandAt(bare, errand, signal), signal);
    const answer = ended.how === 'exited' && ended.code === 0 ? ended.answer.trim() : '';
    switch (answer) {
      case 'ended':
        return { isOver: true, note: `It was ended on ${place}.` };
      case 'none':
        // Its end was seen here, or it has ended while nobody watched.
        if (!isFollowed)
          return { isOver: true, note: `Nothing of it is seen any more on ${place}.` };
        return not('nothing of it can be seen there by this user');
      case 'left':
        return not('some of it is still there after SIGKILL');
      default: {
        const said = ended.lastLines === '' ? '' : ` (${ended.lastLines.slice(0, 300)})`;
        return not(`looking for it there ${howItEnded(ended, THERE_LIMIT_MS)}${said}`);
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    return not(messageOf(error));
  }
}

/**
 * For a POSIX sh with grep, and the /proc of Linux: what has the mark in its environment gets SIGTERM, and SIGKILL when it is
 * still there after five seconds. The mark is an argument, never text of the script.
 */
const END_BY_MARK = `
[ -r /proc/self/environ ] || { echo "no /proc here" >&2; exit 3; }
found() {
  grep -lF -e "$1" /proc/[0-9]*/environ 2>/dev/null | while read -r each; do
    each=\${each#/proc/}
    echo "\${each%/environ}"
  done
}
all=$(found "$1")
[ -n "$all" ] || { echo none; exit 0; }
kill -TERM $all 2>/dev/null
left=5
while [ "$left" -gt 0 ] && [ -n "$(found "$1")" ]; do sleep 1; left=$((left - 1)); done
all=$(found "$1")
[ -n "$all" ] || { echo ended; exit 0; }
kill -KILL $all 2>/dev/null
sleep 1
[ -n "$(found "$1")" ] && echo left || echo ended
`;
