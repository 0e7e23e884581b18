/** Slack's mrkdwn as Slack shows it (docs.slack.dev/messaging/formatting-message-text). */

import type { ComponentChild } from 'preact';
import { asObject, asText } from '../workspace/json.ts';
import { withEmoji } from '../workspace/render/emoji.ts';
import { formatDate } from './dates.ts';
import { type Reader, useReader } from './reader.ts';

type Nodes = readonly ComponentChild[];

/** Text with Slack's marks in it. */
export function Mrkdwn({ text }: { readonly text: string }) {
  const reader = useReader();
  return <>{fenced(text, reader)}</>;
}

/** A text object: mrkdwn, or plain text with nothing but emoji in it. */
export function Text({ of }: { readonly of: unknown }) {
  const object = asObject(of);
  const text = asText(object?.['text']) ?? '';
  return object?.['type'] === 'mrkdwn' ? <Mrkdwn text={text} /> : <>{withEmoji(text)}</>;
}

/** The words of a plain text object. */
export function wordsOf(object: unknown): string {
  return withEmoji(asText(asObject(object)?.['text']) ?? '');
}

function fenced(source: string, reader: Reader): Nodes {
  return source.split(/```\n?([\s\S]*?)\n?```\n?/).flatMap((part, index): Nodes => {
    if (index % 2 === 0) return part === '' ? [] : quoted(part, reader);
    return [
      <pre key={index} tabIndex={0}>
        {decoded(part)}
      </pre>,
    ];
  });
}

/** Lines behind `>` are quotations; neighbours stand in one. */
function quoted(source: string, reader: Reader): Nodes {
  const groups: { quote: boolean; lines: string[] }[] = [];
  for (const line of source.split('\n')) {
    const quote = /^(>|&gt;) ?/.test(line);
    const text = quote ? line.replace(/^(>|&gt;) ?/, '') : line;
    const last = groups.at(-1);
    if (last?.quote === quote) last.lines.push(text);
    else groups.push({ quote, lines: [text] });
  }
  return groups.map(({ quote, lines }, index) => {
    const nodes = inline(lines.join('\n'), reader);
    return quote ? <blockquote key={index}>{nodes}</blockquote> : <span key={index}>{nodes}</span>;
  });
}

const BEFORE = String.raw`(?<=^|[\s([{"'“‘_~*>|—–/-])`;
const AFTER = String.raw`(?=$|[\s)\]}"'.,:;!?…”’_~*<|—–/-])`;
const EMPHASIS = new RegExp(
  String.raw`${BEFORE}(?:\*(?=\S)([^*\n]*?\S)\*|_(?=\S)([^_\n]*?\S)_|~(?=\S)([^~\n]*?\S)~)${AFTER}`,
  'm',
);
const HELD = /\uE000(\d+)\uE001/;

/** Codes, links and mentions are held back first, so that no mark inside of them counts. */
function inline(source: string, reader: Reader): Nodes {
  const held: ComponentChild[] = [];
  const hold = (node: ComponentChild): string => `\uE000${held.push(node) - 1}\uE001`;
  const text = source
    .replaceAll(/[\uE000\uE001]/g, '')
    .replaceAll(/`([^`\n]+)`/g, (_, code: string) => hold(<code>{decoded(code)}</code>))
    .replaceAll(/<([^<>\n]+)>/g, (_, token: string) =>
      hold(<Token token={token} reader={reader} />),
    );
  return emphasised(text, held);
}

function emphasised(text: string, held: Nodes): Nodes {
  const match = EMPHASIS.exec(text);
  if (!match) return released(text, held);
  const [whole, bold, italic, struck] = match;
  const inside = emphasised(bold ?? italic ?? struck ?? '', held);
  const node =
    bold !== undefined ? (
      <strong>{inside}</strong>
    ) : italic !== undefined ? (
      <em>{inside}</em>
    ) : (
      <s>{inside}</s>
    );
  return [
    ...released(text.slice(0, match.index), held),
    node,
    ...emphasised(text.slice(match.index + whole.length), held),
  ];
}

function released(text: string, held: Nodes): Nodes {
  return text
    .split(HELD)
    .map((part, index) => (index % 2 === 0 ? plain(part) : held[Number(part)]));
}

function plain(text: string): string {
  return withEmoji(decoded(text));
}

function decoded(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** What stands between `<` and `>`: a link, a mention, a channel or a date. */
function Token({ token, reader }: { readonly token: string; readonly reader: Reader }) {
  const bar = token.indexOf('|');
  const target = bar < 0 ? token : token.slice(0, bar);
  const label = bar < 0 ? undefined : plain(token.slice(bar + 1));
  const id = target.slice(1);
  if (target.startsWith('@')) {
    const name = reader.person(id)?.realName ?? label ?? id;
    return <Mention text={`@${name}`} isMe={id === reader.me.id} />;
  }
  if (target.startsWith('#')) {
    const name = reader.channelName(id);
    if (name === undefined) return <span class="mention">#{label ?? 'private channel'}</span>;
    return (
      <button type="button" class="mention" onClick={() => reader.openChannel(id)}>
        #{name}
      </button>
    );
  }
  if (target.startsWith('!')) return <Special special={id} label={label} reader={reader} />;
  const url = decoded(target);
  return /^(https?|mailto|tel):/.test(url) ? (
    <a href={url} target="_blank" rel="noreferrer">
      {label ?? url.replace(/^(mailto|tel):/, '')}
    </a>
  ) : (
    <>{label ?? url}</>
  );
}

function Mention({ text, isMe }: { readonly text: string; readonly isMe: boolean }) {
  return <span class={isMe ? 'mention me' : 'mention'}>{text}</span>;
}

function Special(props: {
  readonly special: string;
  readonly label: string | undefined;
  readonly reader: Reader;
}) {
  const { special, label, reader } = props;
  const [kind = '', ...rest] = special.split('^');
  if (kind === 'subteam') {
    const [group = ''] = rest;
    return <Mention text={`@${reader.groupHandle(group)}`} isMe={reader.isIn(group)} />;
  }
  if (kind !== 'date') return <Mention text={`@${kind}`} isMe />;
  const [at = '', format = '', link] = rest;
  const words = formatDate(Number(at), format, label ?? special, reader.me.tz);
  const when = new Date(Number(at) * 1000);
  const title = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'full',
    timeStyle: 'long',
    timeZone: reader.me.tz,
  });
  if (Number.isNaN(when.getTime())) return <>{words}</>;
  const time = (
    <time dateTime={when.toISOString()} title={title.format(when)}>
      {words}
    </time>
  );
  return link === undefined ? time : <a href={decoded(link)}>{time}</a>;
}
