/** What stands between `<` and `>` in a text of Slack: links, mentions, channels and dates. */

import type { ComponentChild } from 'preact';
import { formatDate } from './dates.ts';
import type { Reader } from './reader.ts';

type Nodes = readonly ComponentChild[];

interface TokenProps {
  /** Before the bar. */
  readonly target: string;
  /** Behind the bar, as plain text. */
  readonly label: string | undefined;
  /** Behind the bar, as it is shown. */
  readonly words: Nodes | undefined;
  readonly reader: Reader;
}

/** A link, a mention, a channel or a date. */
export function Token({ target, label, words, reader }: TokenProps) {
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
  return isAddress(url) ? <Link url={url} words={words} /> : <>{words ?? url}</>;
}

/** Whether it leads somewhere; everything else that a browser would follow, such as a script, is only shown. */
function isAddress(url: string): boolean {
  return /^(https?|mailto|tel):/.test(url);
}

/** Opens in another window; its address unless it has words. */
export function Link({ url, words }: { readonly url: string; readonly words?: Nodes | undefined }) {
  return (
    <a href={url} target="_blank" rel="noreferrer">
      {words ?? url.replace(/^(mailto|tel):/, '')}
    </a>
  );
}

/** `&amp;`, `&lt;` and `&gt;` as the characters they stand for. */
export function decoded(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
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
  const url = decoded(link ?? '');
  return isAddress(url) ? <Link url={url} words={[time]} /> : time;
}
