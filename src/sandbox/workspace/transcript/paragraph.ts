/** One happening in words. */
import type { WorkspaceEvent } from '../live.ts';
import type { Message } from '../model.ts';
import { withEmoji } from '../render/emoji.ts';
import { renderMessage } from '../render/message.ts';
import type { Names } from '../render/names.ts';
import { wrap } from '../render/page.ts';
import { headOf, placeName } from './words.ts';

export interface Paragraph {
  readonly at: number;
  readonly lines: readonly string[];
}

/** Of what stands below a paragraph's first line. */
export const INDENT = 4;

/** Messages that Slack writes about what another happening tells already. */
const ECHO =
  /^(?:channel|group)_(?:join|leave|topic|purpose|name|archive|unarchive)$|^pinned_item$/;

/** Happenings that need nothing but themselves to be told. */
export type Told = Exclude<
  WorkspaceEvent,
  { readonly kind: 'edited' | 'member' | 'modal' | 'home' | 'person' | 'notice' }
>;

/** The lines of a happening, not wider than `width`; none when another one tells it. */
export function paragraphOf(event: Told, names: Names, width: number): readonly string[] {
  switch (event.kind) {
    case 'message':
    case 'dm':
    case 'ephemeral': {
      if (ECHO.test(event.message.subtype ?? '')) return [];
      const layout = { width, indent: INDENT, now: event.at };
      return [headOf(event, names), ...renderMessage(event.message, names, layout).split('\n')];
    }
    case 'deleted':
      return [`${headOf(event, names)}  (deleted)`];
    case 'file':
      return [];
    case 'bookmark':
    case 'channel':
    case 'pin':
    case 'purpose':
    case 'reaction':
    case 'topic':
      return wrap(`${placeName(event.channel, names)}  ${noteOf(event, names)}`, width);
  }
}

type Note = Exclude<Told, { readonly kind: 'message' | 'dm' | 'ephemeral' | 'deleted' | 'file' }>;

function noteOf(event: Note, names: Names): string {
  switch (event.kind) {
    case 'bookmark':
      return `Bookmark ${event.how}: ${event.bookmark.title} (${event.bookmark.link})`;
    case 'channel':
      return `${names.user(event.by.id)} ${event.how} the channel`;
    case 'pin': {
      const did = event.how === 'added' ? 'pinned' : 'unpinned';
      return `${names.user(event.by.id)} ${did}: ${firstLine(event.message, names)}`;
    }
    case 'purpose':
    case 'topic':
      return `${names.user(event.by.id)} set the ${event.kind}: ${event.text}`;
    case 'reaction': {
      const emoji = withEmoji(`:${event.emoji}:`);
      return `${names.user(event.by.id)} ${event.how === 'added' ? 'reacted' : 'took back'} ${emoji}`;
    }
  }
}

function firstLine(message: Message, names: Names): string {
  return renderMessage(message, names, { indent: 0 }).split('\n')[0] ?? '';
}
