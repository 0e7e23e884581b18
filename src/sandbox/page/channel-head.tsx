/** What stands above the messages of a channel. */

import { Drop } from './drop.tsx';
import { Mrkdwn } from './mrkdwn.tsx';
import { useReader } from './reader.ts';
import { bringIntoSight } from './sight.ts';
import { spoken } from './spoken.ts';
import type { Channel } from './state.ts';

interface ChannelHeadProps {
  readonly channel: Channel;
  readonly isInCanvas: boolean;
  readonly onCanvas: () => void;
}

/** Its name and topic, its canvas, who is in it, and what is pinned. */
export function ChannelHead({ channel, isInCanvas, onCanvas }: ChannelHeadProps) {
  const reader = useReader();
  const { info, messages } = channel;
  const members = info.members.map((id) => reader.person(id)?.realName ?? id);
  return (
    <header class="channel-head">
      <h1>
        {info.kind === 'im' ? '' : '#'}
        {info.name}
      </h1>
      {info.topic !== '' && (
        <p class="topic">
          <Mrkdwn text={info.topic} />
        </p>
      )}
      {info.canvas && (
        <button type="button" class="drop" aria-pressed={isInCanvas} onClick={onCanvas}>
          📋 Canvas
        </button>
      )}
      <Drop label={`${members.length} ${members.length === 1 ? 'member' : 'members'}`}>
        {() => members.map((name) => <li key={name}>{name}</li>)}
      </Drop>
      {info.pins.length > 0 && (
        <Drop label={`📌 ${info.pins.length} pinned`}>
          {(close) =>
            info.pins.map(({ ts }) => (
              <li key={ts}>
                <button
                  type="button"
                  onClick={() => {
                    close();
                    bringIntoSight(ts);
                  }}
                >
                  {spoken(messages.find((message) => message.ts === ts)?.text ?? '', reader)}
                </button>
              </li>
            ))
          }
        </Drop>
      )}
    </header>
  );
}
