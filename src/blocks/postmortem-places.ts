/** Where people go on with the post-mortem, for everybody in the channel to find. */

import type { Incident } from '../incident.ts';
import { section } from './elements.ts';
import type { Dated } from './message.ts';
import { link } from './mrkdwn.ts';

/** One message once there is an issue or a canvas, edited when the other comes. */
export function postmortemPlaces({ id, issue, canvas, sharedAt }: Incident): readonly Dated[] {
  if (sharedAt === undefined) return [];
  const places = [
    ...(canvas === undefined ? [] : ['the canvas of this channel, at its top']),
    ...(issue === undefined ? [] : [link(issue, 'its issue')]),
  ];
  const text = `The post-mortem of ${id} goes on in ${places.join(', and in ')}.`;
  return [
    {
      since: sharedAt,
      message: {
        key: 'postmortem',
        where: 'incident',
        text: text.replace(/<([^|>]*)\|([^>]*)>/, '$2 ($1)'),
        blocks: [section(text)],
      },
    },
  ];
}
