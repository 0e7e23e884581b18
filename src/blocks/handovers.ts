/** The state of things at a change of shift, as it was when it was handed over. */

import type { Incident } from '../incident.ts';
import { header, section } from './elements.ts';
import type { Dated } from './message.ts';
import { at, line, linesThatFit, mention, who } from './mrkdwn.ts';
import { nameOf } from './words.ts';

const SUMMARY_ROOM = 2800;

/** One message for each handover. */
export function handoverMessages(incident: Incident): readonly Dated[] {
  return incident.handovers.map(({ by, at: since, to, summary }, index) => {
    const whom = to === undefined ? '' : ` to ${mention(to)}`;
    const lines = summary.map(
      ({ text, user }) => `• ${line(text, 700)}${user === undefined ? '' : `: ${mention(user)}`}`,
    );
    return {
      since,
      message: {
        key: `handover/${index + 1}`,
        where: 'incident',
        text: `Handover of ${nameOf(incident)}${whom}.`,
        blocks: [
          header('Handover'),
          section(
            `${who(by)} handed over${whom} at ${at(since)}.`,
            linesThatFit(lines, SUMMARY_ROOM),
          ),
        ],
      },
    };
  });
}
