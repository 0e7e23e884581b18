/** pins.*, reactions.* and bookmarks.*. */
import type { Json } from '../json.ts';
import { where } from '../live.ts';
import { addPin, addReaction, pinItem, removePin, removeReaction } from '../marks.ts';
import { type Bookmark, type ChannelRecord, SlackError } from '../model.ts';
import type { Slack } from '../slack.ts';
import { seconds } from '../state.ts';
import { required, text } from './args.ts';
import { activeChannel, requireMember, theChannel } from './find.ts';
import type { Method, Methods } from './method.ts';

export const markMethods: Methods = {
  'pins.add': (slack, args) => {
    const channel = activeChannel(slack, args);
    addPin(slack, channel, slack.state.botUserId, required(args, 'timestamp', 'no_item_specified'));
    return {};
  },

  'pins.remove': (slack, args) => {
    const channel = activeChannel(slack, args);
    const ts = required(args, 'timestamp', 'no_item_specified');
    removePin(slack, channel, slack.state.botUserId, ts);
    return {};
  },

  'pins.list': (slack, args) => {
    const channel = theChannel(slack, args);
    requireMember(slack, channel);
    return { items: channel.pins.map((pin) => pinItem(slack, channel, pin)).reverse() };
  },

  'reactions.add': react(addReaction),
  'reactions.remove': react(removeReaction),

  'bookmarks.add': (slack, args) => {
    const channel = activeChannel(slack, args, 'channel_id');
    if (required(args, 'type') !== 'link') throw new SlackError('invalid_bookmark_type');
    const now = seconds(slack.state);
    const bookmark: Bookmark = {
      id: slack.state.newId('Bk'),
      channel_id: channel.id,
      title: required(args, 'title'),
      type: 'link',
      link: readLink(text(args, 'link')),
      emoji: text(args, 'emoji') ?? '',
      date_created: now,
      date_updated: now,
    };
    channel.bookmarks.push(bookmark);
    slack.tell({ kind: 'bookmark', how: 'added', channel: where(slack.state, channel), bookmark });
    return { bookmark };
  },

  'bookmarks.edit': (slack, args) => {
    const { channel, index, bookmark } = findBookmark(slack, args);
    const next: Bookmark = {
      ...bookmark,
      title: text(args, 'title') ?? bookmark.title,
      link: args['link'] === undefined ? bookmark.link : readLink(text(args, 'link')),
      emoji: text(args, 'emoji') ?? bookmark.emoji,
      date_updated: seconds(slack.state),
    };
    channel.bookmarks[index] = next;
    const scene = where(slack.state, channel);
    slack.tell({ kind: 'bookmark', how: 'edited', channel: scene, bookmark: next });
    return { bookmark: next };
  },

  'bookmarks.remove': (slack, args) => {
    const { channel, index, bookmark } = findBookmark(slack, args);
    channel.bookmarks.splice(index, 1);
    slack.tell({
      kind: 'bookmark',
      how: 'removed',
      channel: where(slack.state, channel),
      bookmark,
    });
    return {};
  },

  'bookmarks.list': (slack, args) => {
    const channel = theChannel(slack, args, 'channel_id');
    requireMember(slack, channel);
    return { bookmarks: [...channel.bookmarks] };
  },
};

function react(change: typeof addReaction): Method {
  return (slack, args) => {
    const channel = activeChannel(slack, args);
    const name = required(args, 'name', 'invalid_name');
    const ts = required(args, 'timestamp', 'no_item_specified');
    change(slack, channel, slack.state.botUserId, name, ts);
    return {};
  };
}

function readLink(link: string | undefined): string {
  if (link === undefined || !/^https?:\/\/\S+$/.test(link)) throw new SlackError('invalid_link');
  return link;
}

function findBookmark(
  slack: Slack,
  args: Json,
): { readonly channel: ChannelRecord; readonly index: number; readonly bookmark: Bookmark } {
  const channel = activeChannel(slack, args, 'channel_id');
  const id = required(args, 'bookmark_id');
  const index = channel.bookmarks.findIndex((entry) => entry.id === id);
  const bookmark = channel.bookmarks[index];
  if (!bookmark) throw new SlackError('not_found');
  return { channel, index, bookmark };
}
