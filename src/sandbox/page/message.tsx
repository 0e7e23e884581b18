/** One message: who, when, what, and what hangs on it. */

import { useMemo } from 'preact/hooks';
import { asText, type Json } from '../workspace/json.ts';
import type { Message } from '../workspace/model.ts';
import { withEmoji } from '../workspace/render/emoji.ts';
import { Blocks } from './blocks.tsx';
import { timeOfDay } from './dates.ts';
import { BotSign } from './icons.tsx';
import { Mrkdwn } from './mrkdwn.tsx';
import { type Reader, useReader } from './reader.ts';
import { Tools } from './tools.tsx';

export interface MessageProps {
  readonly message: Message;
  readonly channel: string;
  /** Who pinned it, if it is pinned. */
  readonly pinnedBy?: string | undefined;
  /** True in a thread, where no thread can be opened. */
  readonly isInThread?: boolean;
  /** True when the message before is by the same author, a moment ago. */
  readonly isContinued?: boolean;
}

/** Rendered anew only when the message itself is another one: hundreds of them stay cheap. */
export function MessageView(props: MessageProps) {
  const reader = useReader();
  const { message, channel, pinnedBy, isInThread = false, isContinued = false } = props;
  return useMemo(
    () =>
      message.subtype !== undefined && message.blocks === undefined && !message.bot_id ? (
        <Note message={message} reader={reader} />
      ) : (
        <Full {...{ message, channel, pinnedBy, isInThread, isContinued, reader }} />
      ),
    [message, pinnedBy, isInThread, isContinued, reader],
  );
}

/** Somebody joined, a topic was set: what Slack says itself. */
function Note({ message, reader }: { readonly message: Message; readonly reader: Reader }) {
  return (
    <li class="message note" data-ts={message.ts}>
      <span class="avatar-space" />
      <p>
        <Time message={message} reader={reader} /> <Mrkdwn text={message.text} />
      </p>
    </li>
  );
}

function Full(
  props: Required<Omit<MessageProps, 'pinnedBy'>> & {
    readonly pinnedBy: string | undefined;
    readonly reader: Reader;
  },
) {
  const { message, channel, pinnedBy, isInThread, isContinued, reader } = props;
  const author = reader.person(message.user ?? reader.setting.botId);
  const name = author?.realName ?? 'Somebody';
  const isPlain = isContinued && pinnedBy === undefined;
  return (
    <li
      class={`message${message.is_ephemeral ? ' ephemeral' : ''}${pinnedBy ? ' pinned' : ''}`}
      data-ts={message.ts}
    >
      {isPlain ? (
        <span class="avatar-space" />
      ) : (
        <Avatar name={name} isBot={author?.isBot ?? false} />
      )}
      <article aria-label={`${name}: ${message.text.slice(0, 80)}`}>
        {pinnedBy && <p class="mark">📌 Pinned by {reader.person(pinnedBy)?.realName}</p>}
        {message.is_ephemeral && <p class="mark">👁 Only visible to you</p>}
        {!isPlain && (
          <p class="byline">
            <strong>{name}</strong>
            {author?.isBot && <span class="badge">APP</span>}
            <Time message={message} reader={reader} />
          </p>
        )}
        <Body message={message} channel={channel} />
        {message.files?.map((file) => (
          <File key={asText(file['id'])} file={file} reader={reader} />
        ))}
        <Reactions message={message} channel={channel} reader={reader} />
        {!isInThread && !message.is_ephemeral && (
          <Tools message={message} channel={channel} reader={reader} />
        )}
      </article>
    </li>
  );
}

function Body({ message, channel }: { readonly message: Message; readonly channel: string }) {
  const { blocks = [], text, ts, edited } = message;
  if (blocks.length > 0) return <Blocks blocks={blocks} place={{ channel, ts }} />;
  if (text === '') return null;
  return (
    <p class="text">
      <Mrkdwn text={text} />
      {edited && <small class="quiet"> (edited)</small>}
    </p>
  );
}

function Time({ message, reader }: { readonly message: Message; readonly reader: Reader }) {
  const ms = Math.floor(Number(message.ts) * 1000);
  return (
    <time class="quiet" dateTime={new Date(ms).toISOString()}>
      {timeOfDay(ms, reader.me.tz)}
    </time>
  );
}

/** A square with the first letter. */
export function Avatar({ name, isBot }: { readonly name: string; readonly isBot: boolean }) {
  return (
    <span class={`avatar ${isBot ? 'bot' : `hue-${name.charCodeAt(0) % 4}`}`} aria-hidden="true">
      {isBot ? <BotSign /> : name.charAt(0)}
    </span>
  );
}

function File({ file, reader }: { readonly file: Json; readonly reader: Reader }) {
  const name = asText(file['name']) ?? 'file';
  const size = Math.max(1, Math.round(Number(file['size'] ?? 0) / 1024));
  return (
    <a class="file" href={`/files/${asText(file['id'])}?as=${reader.store.person}`} download={name}>
      <span aria-hidden="true">📄</span>
      <span>
        <strong>
          <span class="hidden">Download </span>
          {asText(file['title']) ?? name}
        </strong>
        <small>
          {name}, {size} kB
        </small>
      </span>
      <span aria-hidden="true">⬇</span>
    </a>
  );
}

/** Who has reacted with what; a press adds one's own, or takes it back. */
function Reactions(props: {
  readonly message: Message;
  readonly channel: string;
  readonly reader: Reader;
}) {
  const { message, channel, reader } = props;
  if (!message.reactions?.length) return null;
  return (
    <p class="reactions">
      {message.reactions.map(({ name, users, count }) => {
        const names = users.map((id) => reader.person(id)?.realName ?? id).join(', ');
        return (
          <button
            type="button"
            key={name}
            title={names}
            aria-label={`${name.replaceAll('_', ' ')}, ${count}: ${names}`}
            aria-pressed={users.includes(reader.me.id)}
            onClick={() =>
              void reader.store.act({ act: 'react', channel, ts: message.ts, emoji: name })
            }
          >
            {withEmoji(`:${name}:`)} {count}
          </button>
        );
      })}
    </p>
  );
}
