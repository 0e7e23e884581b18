/** Whether services could be rolled back right now, for the one who asks. */

import { type Readiness, worstOf } from '../readiness.ts';
import { section } from './elements.ts';
import type { Reply } from './message.ts';
import { line, linesThatFit, roughly } from './mrkdwn.ts';
import { placeOf, verdictLine, worstFirst } from './words.ts';

const ROOM = 2800;
const SHOWN = 45;

/** What is off first; what is well in one line. */
export function readinessReply(all: readonly Readiness[]): Reply {
  const blocks = all.slice(0, SHOWN).map((readiness) => section(readinessText(readiness)));
  const bad = all.filter((readiness) => worstOf(readiness) === 'fail').length;
  const text =
    bad === 0
      ? 'Every service looked at could be rolled back now.'
      : `${bad} of ${all.length} could not be rolled back now.`;
  return { text, blocks: [section(`*${text}*`), ...blocks] };
}

function readinessText(readiness: Readiness): string {
  const { expectedMs, findings } = readiness;
  const takes = expectedMs === undefined ? 'no plan can be made' : roughly(expectedMs);
  const lines = worstFirst(findings).map(({ verdict, what, reason, next }) =>
    next === ''
      ? verdictLine(verdict, what, reason)
      : `${verdictLine(verdict, what, reason)} _${line(next, 200)}_`,
  );
  return linesThatFit([`*${placeOf(readiness)}* (${takes})`, ...lines], ROOM);
}
