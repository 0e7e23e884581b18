/** The message to the owners of a service when something stands in the way of a rollback. */

import type { DailyLook, Off } from '../daily-readiness.ts';
import type { Service } from '../service.ts';
import { ACTION } from './actions.ts';
import { actions, blocksOf, button, context, section } from './elements.ts';
import type { Reply } from './message.ts';
import { count, line, linesThatFit, listed, onDay } from './mrkdwn.ts';
import { verdictLine, worstFirst } from './words.ts';

const ROOM = 2800;

/** What is off, since when and what to do, the worst first. @param at the hour of the day it is told at, `09:00`. */
export function dailyReadiness(
  { id, name }: Pick<Service, 'id' | 'name'>,
  look: DailyLook,
  at: string,
): Reply {
  const text =
    look.blocked.length > 0
      ? `${line(name)} could not be rolled back in ${line(listed(look.blocked))} now.`
      : `${line(name)} could be rolled back, but ${count(look.off.length, 'thing')} should be seen to.`;
  const lines = worstFirst(look.off).map((off) => offLine(off, look));
  return {
    text,
    blocks: [
      ...blocksOf(
        section(`*${text}*`, linesThatFit(lines, ROOM)),
        actions(button(ACTION.lookAgain, 'Look again', [id], { label: `Look again at ${name}` })),
        context(
          `Only you and the others who answer for ${line(name)} are told, once a day at ${at} while something is off. \`/rollback readiness ${line(id)}\` looks at any time.`,
        ),
      ),
    ],
  };
}

function offLine(off: Off, { at }: DailyLook): string {
  const { environment, verdict, what, reason, next, since } = off;
  const when = since < at ? `since ${onDay(since)}` : 'new';
  const advice = next === '' ? '' : ` _${line(next, 200)}_`;
  return `${verdictLine(verdict, `${environment}, ${what}`, reason)} (${when})${advice}`;
}
