/** What an environment can be put back to, with its age, for the one who asks. */

import type { RestorePoint } from '../component.ts';
import type { PointsOf } from '../restore-points.ts';
import { duration } from '../words.ts';
import { section } from './elements.ts';
import type { Reply } from './message.ts';
import { code, count, line, linesThatFit, onDay } from './mrkdwn.ts';

const ROOM = 2800;
const COMPONENTS_SHOWN = 20;
const POINTS_SHOWN = 15;

/** @param place such as `checkout production`; @param now epoch milliseconds. */
export function restorePointsReply(place: string, all: readonly PointsOf[], now: number): Reply {
  if (all.length === 0) {
    const text = `Nothing in ${line(place)} has restore points. \`/rollback\` puts the code back.`;
    return { text, blocks: [section(text)] };
  }
  const text = `Restore points of ${line(place)}`;
  const blocks = all.slice(0, COMPONENTS_SHOWN).map((of) => section(pointsText(of, now)));
  return { text: `${text}.`, blocks: [section(`*${text}*`), ...blocks] };
}

function pointsText({ component, title, points, problem }: PointsOf, now: number): string {
  const heading = `*${line(title, 120)}*: \`/rollback only ${line(component, 80)}=…\` plans the restore of one.`;
  if (problem !== undefined) return `${heading}\n? ${line(problem, 600)}`;
  if (points.length === 0) return `${heading}\n✗ There is none.`;
  const left = points.length - POINTS_SHOWN;
  return linesThatFit(
    [
      heading,
      ...points.slice(0, POINTS_SHOWN).map((point) => pointLine(point, now)),
      ...(left > 0 ? [`and ${count(left, 'older one')}`] : []),
    ],
    ROOM,
  );
}

function pointLine(point: RestorePoint, now: number): string {
  const { id, label, capturedAt, available, isSafety, reason } = point;
  const name = label === id ? '' : ` ${line(label, 100)}`;
  const kind = isSafety ? ', a safety backup' : '';
  const age = `${onDay(capturedAt)}, ${duration(Math.max(0, now - capturedAt))} old${kind}`;
  const state = available ? '' : ', cannot be put back';
  const why = reason === undefined ? '' : `: ${line(reason, 200)}`;
  return `${available ? '✓' : '✗'} ${code(id)}${name}, taken ${age}${state}${why}`;
}
