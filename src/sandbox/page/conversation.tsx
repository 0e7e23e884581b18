/** One channel: its head, its messages, and where one writes. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { CanvasInfo } from '../browser/protocol.ts';
import type { Message } from '../workspace/model.ts';
import { ChannelHead } from './channel-head.tsx';
import { Composer } from './composer.tsx';
import { dayOf } from './dates.ts';
import { MessageView } from './message.tsx';
import { useReader } from './reader.ts';
import { type Channel, mainMessages } from './state.ts';

const NEAR_END_PX = 80;
/** Messages of one author closer than this stand under one name. */
const CLOSE_S = 300;

/** The open channel. What is in sight counts as read. */
export function Conversation({ channel }: { readonly channel: Channel }) {
  const { store } = useReader();
  const { info } = channel;
  const messages = useMemo(() => mainMessages(channel), [channel.messages]);
  const newest = messages.at(-1)?.ts ?? '';
  const [isInCanvas, setInCanvas] = useState(false);
  const canvas = isInCanvas ? info.canvas : undefined;
  const [readBefore, setReadBefore] = useState(info.lastRead);
  useEffect(() => setReadBefore(info.lastRead), [info.id]);
  useEffect(() => {
    if (newest <= info.lastRead || !info.isMember || document.hidden) return;
    void store.act({ act: 'read', channel: info.id, ts: newest });
  }, [info.id, newest, info.lastRead]);

  return (
    <section class="conversation" aria-label={info.kind === 'im' ? info.name : `#${info.name}`}>
      <ChannelHead
        channel={channel}
        isInCanvas={canvas !== undefined}
        onCanvas={() => setInCanvas(!isInCanvas)}
      />
      {canvas ? (
        <CanvasPane canvas={canvas} />
      ) : (
        <Messages channel={channel} messages={messages} readBefore={readBefore} />
      )}
      <Foot channel={channel} />
    </section>
  );
}

/** Drawn by the server: the page itself knows no Markdown. */
function CanvasPane({ canvas }: { readonly canvas: CanvasInfo }) {
  const { store } = useReader();
  const { id, title, version } = canvas;
  return (
    <iframe
      key={version}
      class="canvas-frame"
      title={`Canvas: ${title}`}
      sandbox="allow-same-origin allow-popups"
      src={`/canvases/${id}?as=${store.person}`}
    />
  );
}

interface MessagesProps {
  readonly channel: Channel;
  readonly messages: readonly Message[];
  readonly readBefore: string;
}

/** Follows the newest message, unless somebody has scrolled up to read. */
function Messages({ channel, messages, readBefore }: MessagesProps) {
  const { me } = useReader();
  const { info } = channel;
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(true);
  useLayoutEffect(() => {
    isAtEnd.current = true;
  }, [info.id]);
  useLayoutEffect(() => {
    const follow = (): void => {
      const element = scroller.current;
      if (element && isAtEnd.current) element.scrollTop = element.scrollHeight;
    };
    // Messages get their true height only when they come into sight.
    const growth = new ResizeObserver(follow);
    if (list.current) growth.observe(list.current);
    follow();
    return () => growth.disconnect();
  }, [info.id, messages]);
  const pins = JSON.stringify(info.pins);
  const rows = useMemo(
    () => rowsOf(channel, messages, readBefore, me.id),
    [messages, pins, readBefore, me.id],
  );

  return (
    <div
      class="messages"
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label="Messages"
      onScroll={({ currentTarget }) => {
        const left =
          currentTarget.scrollHeight - currentTarget.scrollTop - currentTarget.clientHeight;
        isAtEnd.current = left < NEAR_END_PX;
      }}
    >
      <ol ref={list}>{rows}</ol>
      {messages.length === 0 && <p class="quiet empty">Nothing has been said here yet.</p>}
    </div>
  );
}

function rowsOf({ info }: Channel, messages: readonly Message[], readBefore: string, me: string) {
  const pinned = new Map(info.pins.map(({ ts, by }) => [ts, by]));
  const firstNew = messages.find(({ ts, user }) => ts > readBefore && user !== me)?.ts;
  return messages.map((message, index) => (
    <Row
      key={message.ts}
      message={message}
      before={messages[index - 1]}
      channel={info.id}
      pinnedBy={pinned.get(message.ts)}
      isFirstNew={message.ts === firstNew && index > 0}
    />
  ));
}

function Row(props: {
  readonly message: Message;
  readonly before: Message | undefined;
  readonly channel: string;
  readonly pinnedBy: string | undefined;
  readonly isFirstNew: boolean;
}) {
  const { me } = useReader();
  const { message, before, isFirstNew } = props;
  const day = ({ ts }: Message): string => dayOf(Number(ts) * 1000, me.tz);
  const isNewDay = useMemo(
    () => !before || day(before) !== day(message),
    [message.ts, before?.ts, me.tz],
  );
  const isContinued =
    !isNewDay &&
    before !== undefined &&
    before.user === message.user &&
    before.subtype === undefined &&
    before.is_ephemeral === message.is_ephemeral &&
    Number(message.ts) - Number(before.ts) < CLOSE_S;
  return (
    <>
      {isNewDay && <li class="line day">{day(message)}</li>}
      {isFirstNew && <li class="line new">New</li>}
      <MessageView
        message={message}
        channel={props.channel}
        pinnedBy={props.pinnedBy}
        isContinued={isContinued}
      />
    </>
  );
}

function Foot({ channel: { info } }: { readonly channel: Channel }) {
  const { store } = useReader();
  if (info.isArchived) return <p class="foot quiet">This channel is archived.</p>;
  const to = info.kind === 'im' ? info.name : `#${info.name}`;
  if (info.isMember) return <Composer channel={info.id} to={to} />;
  return (
    <p class="foot">
      You are looking at {to}.{' '}
      <button
        type="button"
        class="button filled primary"
        onClick={() => void store.act({ act: 'join', channel: info.id })}
      >
        Join
      </button>
    </p>
  );
}
