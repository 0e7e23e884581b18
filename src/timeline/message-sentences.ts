/** What the events of messages that people put into the timeline say there. */

import type { Recorded } from '../events.ts';
import type { PlainWords } from './plain-words.ts';
import type { Telling } from './thread.ts';
import { listWords, momentWords } from './wording.ts';

type MessageEvent = Extract<Recorded, { type: `message.${string}` }>;

/** The sentence of a message's event; once it is taken out, its words are told nowhere. */
export function tellMessage(event: MessageEvent, words: PlainWords): Telling {
  const { channel, ts } = event.data;
  const key = `message ${channel} ${ts}`;
  const when = momentWords(Number(ts) * 1000);
  switch (event.type) {
    case 'message.captured': {
      const { author, text, files = [] } = event.data;
      const by = author === undefined ? '' : ` by ${words.user(author)}`;
      const attached = files.length > 0 ? ` (with ${listWords(files)})` : '';
      const what = `Kept a message${by} of ${when}: ${text}${attached}`;
      return { kind: 'note', what, group: { key, is: 'kept', opens: true } };
    }
    case 'message.edited':
      return {
        kind: 'note',
        what: `The message of ${when} was edited: ${event.data.text}`,
        group: {
          key,
          is: 'kept',
          withdraws: `Kept a message of ${when}, which was edited later.`,
        },
      };
    case 'message.released':
      return {
        kind: 'note',
        what: `The message of ${when} was taken out of the timeline.`,
        group: {
          key,
          is: 'released',
          withdraws: `Kept a message of ${when}, which was taken out again.`,
        },
      };
  }
}
