/** The small grammar of the Markdown export. Everything that people or outside systems wrote goes through `esc`. */

import type { Pen } from './pen.ts';

/** What could mean something to a Markdown reader; most texts have none of it. */
const CAREFUL = /[\\`*[\]<>|~$_&#]|[^\S ]| {2}|^[ +=\d-]| $|:\/\/|\b(mailto|xmpp):|\bwww\./i;

/**
 * Text on one line that a Markdown reader shows as it is: no emphasis, link, HTML, heading or table cell comes of it, and
 * addresses are not made into links.
 */
export function esc(text: string): string {
  if (!CAREFUL.test(text)) return text;
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*[\]<>|~$]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/&(?=#?\w+;)/g, '\\&')
    .replace(
      /\b([a-z][a-z0-9+.-]{0,30}):(?=\/\/)|\b(mailto|xmpp):/gi,
      (_, scheme, mail) => `${scheme ?? mail}\\:`,
    )
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}\\.`)
    .replace(/^(?:#{1,6}|[+-])(?=\s|$)|^(?:--|=)/, '\\$&')
    .replace(/(?<=\s)#(?=#*$)/, '\\#')
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2');
}

/** Text of several lines as a quotation that keeps them. */
export function quote(text: string): string {
  const lines = text.split('\n').map(esc);
  return lines
    .map((line, index) => {
      if (line === '') return '>';
      const goesOn = index + 1 < lines.length && lines[index + 1] !== '';
      return `> ${line}${goesOn ? '\\' : ''}`;
    })
    .join('\n');
}

/** A name a machine gave, such as a commit or a branch, as a code span; anything unusual as ordinary text. */
export function code(text: string): string {
  return /^[\w./#@:+-]+$/.test(text) ? `\`${text}\`` : esc(text);
}

/** A link, when the address is one of the web; else only its text. `label` is raw text. */
export function link(label: string, address: string | undefined): string {
  if (address === undefined || !URL.canParse(address)) return esc(label);
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return esc(label);
  const safe = url.href.replace(/[()<>\\|`\s]/g, (char) => `%${hex(char)}`);
  return `[${esc(label)}](${safe})`;
}

/** A table; cells are Markdown, on one line each. Without rows there is no table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : [...tableParts(head, rows)].join('');
}

/** The same in parts, whether there are rows or not. */
export function* tableParts(
  head: readonly string[],
  rows: Iterable<readonly string[]>,
): Iterable<string> {
  yield `${line(head)}\n${line(head.map(() => '---'))}`;
  for (const row of rows) yield `\n${line(row)}`;
}

function line(cells: readonly string[]): string {
  const text = `| ${cells.join(' | ')} |`;
  return text.includes('  ') ? text.replace(/ {2,}/g, ' ') : text;
}

function bullets(items: readonly string[], mark = '-'): string {
  return items.map((item) => `${mark} ${item}`).join('\n');
}

function blocks(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Writes GitHub-flavoured Markdown. */
export const MARKDOWN: Pen = {
  text: esc,
  strong: (marked) => `**${marked}**`,
  emphasis: (marked) => `_${marked}_`,
  code,
  link,
  paragraph: (marked) => marked,
  quote,
  printed: (of) => `${of}; the HTML and JSON exports have it.`,
  bullets: (items) => bullets(items),
  ticks: (items) => bullets(items, '- [ ]'),
  table,
  section: (title, ...parts) => blocks(`## ${esc(title)}`, ...parts),
  subsection: (title, ...parts) => blocks(`### ${esc(title)}`, ...parts),
  blocks,
};

function hex(char: string): string {
  return (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0');
}
