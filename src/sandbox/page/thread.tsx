/** A thread beside its channel. */

import { useEffect, useRef } from 'preact/hooks';
import { Composer } from './composer.tsx';
import { borrowFocus, focusField } from './focus.ts';
import { MessageView } from './message.tsx';
import { useReader } from './reader.ts';
import { type Channel, repliesOf } from './state.ts';

interface ThreadProps {
  readonly channel: Channel;
  readonly ts: string;
  readonly onClose: () => void;
}

/** The message and its replies. What is in sight counts as read. */
export function ThreadPane({ channel, ts, onClose }: ThreadProps) {
  const parent = channel.messages.find((message) => message.ts === ts);
  const { store } = useReader();
  const { id, name, isMember, isArchived, lastRead } = channel.info;
  const replies = repliesOf(channel, ts);
  const newest = replies.at(-1)?.ts ?? '';
  useEffect(() => {
    if (newest > lastRead && isMember && !document.hidden) {
      void store.act({ act: 'read', channel: id, ts: newest });
    }
  }, [id, newest, lastRead]);
  const pane = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const giveBack = borrowFocus(pane.current);
    focusField(pane.current);
    return giveBack;
  }, [ts]);
  return (
    <div class="thread" ref={pane}>
      <header class="channel-head">
        <h2>Thread</h2>
        <p class="topic">#{name}</p>
        <button type="button" class="icon" aria-label="Close the thread" onClick={onClose}>
          <span aria-hidden="true">×</span>
        </button>
      </header>
      <div class="messages" tabIndex={0} role="region" aria-label="Replies">
        <ol>
          {(parent ? [parent, ...replies] : []).map((message) => (
            <MessageView key={message.ts} message={message} channel={id} isInThread />
          ))}
        </ol>
      </div>
      {isMember && !isArchived && parent && <Composer channel={id} to={`#${name}`} thread={ts} />}
    </div>
  );
}
