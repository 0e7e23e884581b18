/** Slack's mrkdwn as readable text: names for ids, links with their address, entities as characters. */
import { formatDate } from './dates.ts';
import { withEmoji } from './emoji.ts';
import type { Page } from './page.ts';

/** Bold and italic marks go, strikethrough and code keep theirs: those two carry meaning. */
export function readMrkdwn(source: string, page: Page): string {
  const kept: string[] = [];
  const keep = (text: string): string => {
    kept.push(text);
    return `\uE000${kept.length - 1}\uE001`;
  };
  const held = source
    .replaceAll('\uE000', '')
    .replaceAll(/\n?```\n?([\s\S]*?)\n?```\n?/g, (_, code: string) => keep(preformatted(code)))
    .replaceAll(/`([^`\n]+)`/g, (_, code: string) => keep(`\`${withoutEntities(code)}\``))
    .replaceAll(/<([^<>\n]+)>/g, (_, token: string) => keep(readToken(token, page)));
  const plain = withEmoji(withoutEntities(withoutEmphasis(held)));
  return restore(plain, kept).replaceAll(/^\n|\n$/g, '');
}

function restore(text: string, kept: readonly string[]): string {
  const restored = text.replaceAll(/\uE000(\d+)\uE001/g, (_, index) => kept[Number(index)] ?? '');
  return restored.includes('\uE000') ? restore(restored, kept) : restored;
}

function preformatted(code: string): string {
  const lines = withoutEntities(code).split('\n');
  return `\n${lines.map((line) => `    ${line}`).join('\n')}\n`;
}

const BEFORE = String.raw`(^|[\s([{"'“‘_~*>|—–/-])`;
const AFTER = String.raw`(?=$|[\s)\]}"'.,:;!?…”’_~*<|—–/-])`;
const BOLD = new RegExp(String.raw`${BEFORE}\*(?=\S)([^*\n]*?\S)\*${AFTER}`, 'gm');
const ITALIC = new RegExp(String.raw`${BEFORE}_(?=\S)([^_\n]*?\S)_${AFTER}`, 'gm');

function withoutEmphasis(text: string): string {
  return text.replaceAll(BOLD, '$1$2').replaceAll(ITALIC, '$1$2');
}

function readToken(token: string, page: Page): string {
  const bar = token.indexOf('|');
  const target = bar < 0 ? token : token.slice(0, bar);
  const label = bar < 0 ? undefined : withoutEntities(withEmoji(token.slice(bar + 1)));
  const id = target.slice(1);
  if (target.startsWith('@')) return `@${named(page.names.user(id), id, label)}`;
  if (target.startsWith('#')) return `#${named(page.names.channel(id), id, label)}`;
  if (target.startsWith('!')) return readSpecial(id, label, page);
  return linkText(
    label === undefined ? undefined : withoutEmphasis(label),
    withoutEntities(target),
  );
}

/** A link's words with its address behind them; the address alone when the words only repeat it. */
export function linkText(label: string | undefined, url: string): string {
  const address = url.replace(/^(mailto|tel):/, '');
  if (label === undefined || label === address || label === url) return address;
  return `${label} (${address})`;
}

function named(name: string, id: string, label: string | undefined): string {
  return name === id && label ? label.replace(/^[@#]/, '') : name;
}

function readSpecial(special: string, label: string | undefined, page: Page): string {
  const [kind = '', ...rest] = special.split('^');
  if (kind === 'subteam') {
    const id = rest[0] ?? '';
    return `@${named(page.names.group(id), id, label)}`;
  }
  if (kind === 'date') {
    const [at = '', format = '', link] = rest;
    const text = formatDate(Number(at), format, label ?? special, page.now);
    return link === undefined ? text : linkText(text, withoutEntities(link));
  }
  return `@${kind}`;
}

/** `&amp;`, `&lt;` and `&gt;` as the characters they stand for. */
function withoutEntities(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
