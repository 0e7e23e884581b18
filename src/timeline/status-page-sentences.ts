/** What the events of the status page say in the timeline. */

import type { Recorded } from '../events.ts';
import type { Telling } from './thread.ts';
import { sentence } from './wording.ts';

type StatusPageEvent = Extract<Recorded, { type: `status-page.${string}` }>;

/** The sentence of an event by which people outside are told. */
export function tellStatusPage(event: StatusPageEvent): Telling {
  switch (event.type) {
    case 'status-page.approved': {
      const { title, text, state } = event.data;
      return {
        kind: 'status',
        what: `Approved for the status page, as ${state}: “${title}”. ${sentence(text)}`,
      };
    }
    case 'status-page.intended':
      return {
        kind: 'note',
        what: `Began to publish it at ${event.data.place}.`,
        group: { key: keyOf(event), is: 'publishing', opens: true },
      };
    case 'status-page.published': {
      const { place, address } = event.data;
      const what = `Published it at ${place}${address ? `: ${address}` : ''}.`;
      return {
        kind: 'note',
        what,
        group: { key: keyOf(event), is: 'publishing', joins: { instead: what } },
      };
    }
    case 'status-page.failed':
      return {
        kind: 'note',
        what: `Could not publish it at ${event.data.place}.`,
        why: event.data.reason,
      };
    case 'status-page.settled': {
      const { place, how } = event.data;
      const what =
        how === 'again'
          ? `Had it sent to ${place} once more.`
          : `Reported that it is done at ${place} by hand.`;
      return { kind: 'note', what };
    }
  }
}

function keyOf({ data: { number, place } }: { data: { number: number; place: string } }): string {
  return `status-page ${number} ${place}`;
}
