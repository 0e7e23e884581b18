/** Slack's mrkdwn as Slack shows it (docs.slack.dev/messaging/formatting-message-text). */

import type { ComponentChild } from 'preact';
import { asObject, asText } from '../workspace/json.ts';
import { withEmoji } from '../workspace/render/emoji.ts';
import { type Reader, useReader } from './reader.ts';
import { decoded, Link, Token } from './token.tsx';

type Nodes = readonly ComponentChild[];

interface Source {
  readonly reader: Reader;
  /** An address is a link only where it is marked as one. */
  readonly isVerbatim: boolean;
}

interface MrkdwnProps {
  readonly text: string;
  readonly isVerbatim?: boolean;
}

/** Text with Slack's marks in it. */
export function Mrkdwn({ text, isVerbatim = false }: MrkdwnProps) {
  return <>{marked(text, { reader: useReader(), isVerbatim })}</>;
}

/** A text object: mrkdwn, or plain text with nothing but emoji in it. */
export function Text({ of }: { readonly of: unknown }) {
  const object = asObject(of);
  const text = asText(object?.['text']) ?? '';
  if (object?.['type'] !== 'mrkdwn') return <>{withEmoji(text)}</>;
  return <Mrkdwn text={text} isVerbatim={object['verbatim'] === true} />;
}

/** The words of a plain text object. */
export function wordsOf(object: unknown): string {
  return withEmoji(asText(asObject(object)?.['text']) ?? '');
}

/** Behind `>>>` at the beginning of a line all the rest is a quotation. */
function marked(text: string, source: Source): Nodes {
  const rest = /^(?:>>>|(?:&gt;){3}) ?/m.exec(text);
  if (!rest || isInFence(text, rest.index)) return fenced(text, source);
  return [
    ...fenced(text.slice(0, rest.index), source),
    <blockquote key="rest">{fenced(text.slice(rest.index + rest[0].length), source)}</blockquote>,
  ];
}

function isInFence(text: string, index: number): boolean {
  return text.slice(0, index).split('```').length % 2 === 0;
}

function fenced(text: string, source: Source): Nodes {
  return text.split(/```\n?([\s\S]*?)\n?```\n?/).flatMap((part, index): Nodes => {
    if (index % 2 === 0) return part === '' ? [] : quoted(part, source);
    return [
      <pre key={index} tabIndex={0}>
        {asCode(part, source)}
      </pre>,
    ];
  });
}

/** In code nothing is marked but links and mentions. */
function asCode(text: string, source: Source): Nodes {
  return text
    .split(TOKEN)
    .map((part, index) => (index % 2 === 0 ? decoded(part) : tokenOf(part, source, [])));
}

/** Lines behind `>` are quotations; neighbours stand in one. */
function quoted(text: string, source: Source): Nodes {
  const groups: { quote: boolean; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const quote = /^(>|&gt;) ?/.test(line);
    const words = quote ? line.replace(/^(>|&gt;) ?/, '') : line;
    const last = groups.at(-1);
    if (last?.quote === quote) last.lines.push(words);
    else groups.push({ quote, lines: [words] });
  }
  return groups.map(({ quote, lines }, index) => {
    const nodes = inline(lines.join('\n'), source);
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
const TOKEN = /<([^<>\n]+)>/g;
/** An address that stands in the text as it is, without what ends the sentence. */
const ADDRESS = /\bhttps?:\/\/[^\s<>|\uE000\uE001]*[^\s<>|\uE000\uE001.,:;!?)\]}'"*_~]/g;

/** Codes, links and mentions are held back first, so that no mark inside of them counts. */
function inline(text: string, source: Source): Nodes {
  const held: ComponentChild[] = [];
  const hold = (node: ComponentChild): string => `\uE000${held.push(node) - 1}\uE001`;
  const rest = text
    .replaceAll(/[\uE000\uE001]/g, '')
    .replaceAll(/`([^`\n]+)`/g, (_, code: string) => hold(<code>{asCode(code, source)}</code>))
    .replaceAll(TOKEN, (_, token: string) => hold(tokenOf(token, source, held)));
  const linked = source.isVerbatim
    ? rest
    : rest.replaceAll(ADDRESS, (address) => hold(<Link url={decoded(address)} />));
  return emphasised(linked, held);
}

/** `held`: what was held back of the text that it stands in. */
function tokenOf(token: string, { reader }: Source, held: Nodes): ComponentChild {
  const bar = token.indexOf('|');
  if (bar < 0) return <Token target={token} label={undefined} words={undefined} reader={reader} />;
  const label = token.slice(bar + 1);
  return (
    <Token
      target={token.slice(0, bar)}
      label={plain(label)}
      words={released(label, held)}
      reader={reader}
    />
  );
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
