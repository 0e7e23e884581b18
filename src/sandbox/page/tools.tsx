/** What hangs on a message: its thread, and what can be done to it. */

import type { Act, ShortcutInfo } from '../browser/protocol.ts';
import type { Message } from '../workspace/model.ts';
import { withEmoji } from '../workspace/render/emoji.ts';
import { Menu } from './menu.tsx';
import type { Reader } from './reader.ts';

const PIN = 'pin';
const REACTION = 'react:';
const SHORTCUT = 'shortcut:';

/** What people do to a message of somebody else. */
const MARKS = [
  { value: PIN, label: '📌 Pin or unpin' },
  ...['pushpin', 'eyes', 'thumbsup', 'white_check_mark'].map((emoji) => ({
    value: `${REACTION}${emoji}`,
    label: `${withEmoji(`:${emoji}:`)} React with :${emoji}:`,
  })),
];

function shortcutItem({ callbackId, name }: ShortcutInfo) {
  return { value: `${SHORTCUT}${callbackId}`, label: `⚡ ${name}` };
}

function markOf(value: string, channel: string, ts: string): Act {
  if (value === PIN) return { act: 'pin', channel, ts };
  if (value.startsWith(REACTION)) {
    return { act: 'react', channel, ts, emoji: value.slice(REACTION.length) };
  }
  return { act: 'message-shortcut', callbackId: value.slice(SHORTCUT.length), channel, ts };
}

/** Its thread, and what appears when one points at it. */
export function Tools(props: {
  readonly message: Message;
  readonly channel: string;
  readonly reader: Reader;
}) {
  const { message, channel, reader } = props;
  const count = message.reply_count ?? 0;
  const open = (): void => reader.openThread(channel, message.ts);
  const shortcuts = reader.setting.shortcuts.filter(({ type }) => type === 'message');
  return (
    <>
      {count > 0 && (
        <button type="button" class="thread-link" onClick={open}>
          {count} {count === 1 ? 'reply' : 'replies'}
        </button>
      )}
      <div class="tools">
        <button type="button" class="button" onClick={open}>
          Reply in thread
        </button>
        <Menu
          label="More for this message"
          items={[...MARKS, ...shortcuts.map(shortcutItem)]}
          onPick={(value) => void reader.store.act(markOf(value, channel, message.ts))}
        />
      </div>
    </>
  );
}
