/** A thread beside its channel. */

import { Composer } from './composer.tsx';
import { MessageView } from './message.tsx';
import { type Channel, repliesOf } from './state.ts';

interface ThreadProps {
  readonly channel: Channel;
  readonly ts: string;
  readonly onClose: () => void;
}

/** The message and its replies. */
export function ThreadPane({ channel, ts, onClose }: ThreadProps) {
  const parent = channel.messages.find((message) => message.ts === ts);
  const { id, name, isMember, isArchived } = channel.info;
  return (
    <section class="thread" aria-label="Thread">
      <header class="channel-head">
        <h2>Thread</h2>
        <p class="topic">#{name}</p>
        <button type="button" class="icon" aria-label="Close the thread" onClick={onClose}>
          <span aria-hidden="true">×</span>
        </button>
      </header>
      <div class="messages" tabIndex={0} role="region" aria-label="Replies">
        <ol>
          {(parent ? [parent, ...repliesOf(channel, ts)] : []).map((message) => (
            <MessageView key={message.ts} message={message} channel={id} isInThread />
          ))}
        </ol>
      </div>
      {isMember && !isArchived && parent && <Composer channel={id} to={`#${name}`} thread={ts} />}
    </section>
  );
}
