/** Says that an incident is over, that it came back, and that it was the same as another. */

import type { Ending } from '../ending.ts';
import type { Incident } from '../incident.ts';
import { ACTION } from './actions.ts';
import { actions, blocksOf, button, section } from './elements.ts';
import type { Dated } from './message.ts';
import { duration, onDay, prose, who } from './mrkdwn.ts';
import { nameOf } from './words.ts';

/** One message for each time that it was over; edited when it was closed, or reopened after all. */
export function endingNotices(incident: Incident): readonly Dated[] {
  return incident.endings.map((ending, index) => ({
    since: ending.at,
    message: {
      key: index === 0 ? 'resolved' : `resolved/${index + 1}`,
      where: 'incident',
      text: `${headingOf(incident, ending)} ${whyOf(ending)}`,
      blocks: blocksOf(
        section(headingOf(incident, ending), whyOf(ending), stages(incident, ending)),
        ending.reopened ? undefined : nextSteps(incident, ending),
      ),
    },
  }));
}

/** Tells the channel of a duplicate where to go on, and the other channel that nobody is left behind. */
export function mergeNotices(incident: Incident): readonly Dated[] {
  const since = incident.endings.at(-1)?.at ?? incident.statusSince;
  const merged: readonly Dated[] =
    incident.mergedInto === undefined
      ? []
      : [
          {
            since,
            message: saying(
              'merged',
              `*This is the same as ${incident.mergedInto}.* Go on in its channel; \`/incident list\` shows it. Nothing that was said here is lost.`,
            ),
          },
        ];
  const linked = incident.duplicates.map(
    (id): Dated => ({
      since: incident.declaredAt,
      message: saying(
        `duplicate/${id}`,
        `*${id} is the same as this incident* and was closed. Its timeline is kept: \`/postmortem ${id}\`.`,
      ),
    }),
  );
  return [...merged, ...linked];
}

function saying(key: string, text: string): Dated['message'] {
  return { key, where: 'incident', text: text.replaceAll('*', ''), blocks: [section(text)] };
}

function headingOf(incident: Incident, { closed, reopened }: Ending): string {
  if (reopened) return `*${nameOf(incident)} was resolved, and reopened.*`;
  const over = incident.release ? 'over' : 'resolved';
  return `*${nameOf(incident)} is ${closed ? 'closed' : over}.*`;
}

function whyOf({ reason, closed, reopened }: Ending): string {
  const last = reopened ?? closed;
  const why = prose((last ?? { reason }).reason, 1000);
  return last ? `${why} (${who(last.by)}, ${onDay(last.at)})` : why;
}

function stages(incident: Incident, ending: Ending): string {
  const recovered = incident.runs.findLast(
    ({ outcome, endedAt }) => outcome === 'recovered' && (endedAt ?? 0) <= ending.at,
  );
  const wellAt = recovered?.endedAt;
  const took = (ms: number): string => duration(ms - incident.declaredAt);
  return [
    `${incident.release ? 'Announced' : 'Declared'} ${onDay(incident.declaredAt)}`,
    ...(wellAt === undefined
      ? []
      : [
          `${recovered?.kind === 'verify' ? 'verified' : 'recovered'} ${onDay(wellAt)} (after ${took(wellAt)})`,
        ]),
    `${incident.release ? 'over' : 'resolved'} ${onDay(ending.at)} (after ${took(ending.at)})`,
    ...(ending.closed ? [`closed ${onDay(ending.closed.at)}`] : []),
  ].join(' → ');
}

/** A release that is over is not taken up again: the next one is another. */
function nextSteps({ id, release }: Incident, { closed }: Ending): ReturnType<typeof actions> {
  return actions(
    button(ACTION.exportPostmortem, 'Export post-mortem', [id], { style: 'primary' }),
    closed || release ? undefined : button(ACTION.reopen, 'Reopen…', [id]),
    closed ? undefined : button(ACTION.close, 'Close…', [id]),
  );
}
