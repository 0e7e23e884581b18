/** What Slack's client tells a person who is called while they look elsewhere. */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Message } from '../workspace/model.ts';
import { Avatar } from './message.tsx';
import { useReader } from './reader.ts';
import { spoken } from './spoken.ts';
import { type Channel, isReply, type PageState, unreadIn } from './state.ts';

interface Notification {
  readonly channel: Channel;
  readonly message: Message;
}

interface NotificationsProps {
  readonly state: PageState;
  /** The channel or the thread that is in sight, which needs none. */
  readonly open: string | undefined;
  readonly thread: string | undefined;
}

const SHOWN_MS = 8_000;
const AT_MOST = 3;

/** A card for each new message that calls the person, for a moment or until it is read; a press leads to it. */
export function Notifications({ state, open, thread }: NotificationsProps) {
  const reader = useReader();
  const [shown, setShown] = useState<readonly Notification[]>([]);
  const known = useRef<ReadonlyMap<string, string>>(undefined);
  const calls = callsIn(state);
  const gone = ({ message }: Notification): void =>
    setShown((before) => before.filter((entry) => entry.message.ts !== message.ts));

  useEffect(() => {
    const before = known.current;
    known.current = newestIn(state);
    // What was there when the page was opened is no news, and neither is an older message that was edited.
    const isNews = ({ channel, message }: Notification): boolean =>
      before !== undefined && message.ts > (before.get(channel.info.id) ?? '');
    const isInSight = ({ channel, message }: Notification): boolean =>
      !document.hidden &&
      (isReply(message) ? message.thread_ts === thread : channel.info.id === open);
    const news = calls.filter((call) => isNews(call) && !isInSight(call));
    if (news.length === 0) return;
    setShown((now) => [...now, ...news].slice(-AT_MOST));
    // Whoever wants things to stay where they are has all the time there is.
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    for (const notification of news) setTimeout(gone, SHOWN_MS, notification);
  }, [state.channels]);

  useEffect(() => {
    setShown((before) =>
      before.filter(({ message }) => !isReply(message) || message.thread_ts !== thread),
    );
  }, [thread]);

  /** What is read in the channel says nothing of its threads. */
  function isUnread({ channel, message }: Notification): boolean {
    if (isReply(message) && message.thread_ts !== thread) return true;
    return message.ts > (state.channels.get(channel.info.id)?.info.lastRead ?? '');
  }

  function follow(notification: Notification): void {
    const { channel, message } = notification;
    gone(notification);
    reader.openChannel(channel.info.id);
    if (message.thread_ts !== undefined && isReply(message)) {
      reader.openThread(channel.info.id, message.thread_ts);
    }
  }

  return (
    <div class="notifications" role="status">
      {shown.filter(isUnread).map((notification) => {
        const { channel, message } = notification;
        const { info } = channel;
        const author = reader.person(message.user ?? '');
        const where = info.kind === 'im' ? 'a direct message' : `#${info.name}`;
        return (
          <div class="notification" key={message.ts}>
            <button type="button" onClick={() => follow(notification)}>
              <Avatar name={author?.realName ?? 'Slack'} isBot={author?.isBot ?? false} />
              <span>
                <strong>
                  {author?.realName ?? 'Slack'} in {where}
                </strong>
                <span class="said">{spoken(message.text, reader)}</span>
              </span>
            </button>
            <button
              type="button"
              class="icon"
              aria-label="Dismiss"
              onClick={() => gone(notification)}
            >
              <span aria-hidden="true">×</span>
            </button>
          </div>
        );
      })}
    </div>
  );
}

/** The `ts` of the newest message of each channel. */
function newestIn({ channels }: PageState): ReadonlyMap<string, string> {
  return new Map([...channels].map(([id, { messages }]) => [id, messages.at(-1)?.ts ?? '']));
}

/** How many messages wait for the person, for the title of the window. */
export function callCount(state: PageState): number {
  return callsIn(state).length;
}

/** The unread messages that call the person, oldest first. */
function callsIn({ channels, setting }: PageState): readonly Notification[] {
  if (!setting) return [];
  return [...channels.values()]
    .filter(({ info }) => info.isMember)
    .flatMap((channel) =>
      unreadIn(channel, setting).calls.map((message): Notification => ({ channel, message })),
    );
}
