/** The page that text is laid out on: who reads it, how wide it is, and what time it is there. */
import type { InputValue } from '../view-record.ts';
import type { Names } from './names.ts';

export interface Page {
  readonly names: Names;
  /** Columns; Infinity never wraps and puts nothing side by side, which is what a search wants. */
  readonly width: number;
  /** Milliseconds, for dates such as "3 minutes ago". */
  readonly now?: number | undefined;
  /** What has been put into an input so far. */
  inputOf?(blockId: string, actionId: string): InputValue | undefined;
  /** Slack's complaint about the input of a block. */
  errorOf?(blockId: string): string | undefined;
}

export interface Layout {
  /** Columns in all, 100 when not given. */
  readonly width?: number;
  /** Spaces before every line, 2 when not given. */
  readonly indent?: number;
  readonly now?: number | undefined;
}

const WIDTH = 100;
const INDENT = 2;
const NARROWEST = 20;
const GAP = 4;

/** The page inside the layout's indentation. */
export function pageOf(names: Names, layout: Layout = {}): Page {
  const width = Math.max(NARROWEST, (layout.width ?? WIDTH) - (layout.indent ?? INDENT));
  return { names, width, now: layout.now };
}

/** The same page, narrower. */
export function narrower(page: Page, by: number): Page {
  return { ...page, width: Math.max(NARROWEST, page.width - by) };
}

/** The lines as one text, indented; blank lines stay empty. */
export function printed(lines: readonly string[], layout: Layout = {}): string {
  return prefixed(lines, ' '.repeat(layout.indent ?? INDENT)).join('\n');
}

/** Every line behind the prefix, with no spaces left at an end. */
export function prefixed(lines: readonly string[], prefix: string): readonly string[] {
  return lines.map((line) => `${prefix}${line}`.trimEnd());
}

/** Each character of it takes one column. */
const PLAIN = /^[ -~]*$/;

/** Columns that a terminal needs: emoji take two. */
export function cells(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let count = 0;
  for (const character of text) {
    if (/\p{Mn}|\uFE0F|\u200D/u.test(character)) continue;
    count += /\p{Emoji_Presentation}/u.test(character) ? 2 : 1;
  }
  return count;
}

/** Breaks text between words. A continued line is set in as far as its first line, behind a bullet or a quote mark. */
export function wrap(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrapLine(line.trimEnd(), width));
}

function wrapLine(line: string, width: number): readonly string[] {
  if (!Number.isFinite(width) || cells(line) <= width) return [line];
  const start = /^\s*(?:[•◦▪–-]\s+|\d+\.\s+|>\s?)?/u.exec(line)?.[0] ?? '';
  const hanging = start.includes('>') ? start : ' '.repeat(cells(start));
  const lines: string[] = [];
  let current = start;
  let isEmpty = true;
  const words = line.slice(start.length).split(' ');
  for (const word of words.flatMap((word) => pieces(word, width - cells(start)))) {
    if (!isEmpty && cells(current) + 1 + cells(word) > width) {
      lines.push(current.trimEnd());
      current = hanging;
      isEmpty = true;
    }
    current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, current.trimEnd()];
}

/** A word that is too long is cut, but never an address: it could not be followed any more. */
function pieces(word: string, width: number): readonly string[] {
  if (cells(word) <= width || word.includes('://')) return [word];
  const cut: string[] = [];
  const characters = Array.from(word);
  while (characters.length > 0) cut.push(characters.splice(0, width).join(''));
  return cut;
}

/** Items on one line while they fit, with two spaces between them. */
export function flow(items: readonly string[], page: Page): readonly string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && cells(last) + 2 + cells(item) <= page.width) {
      lines[lines.length - 1] = `${last}  ${item}`;
    } else lines.push(...wrap(item, page.width));
  }
  return lines;
}

/** Texts in two columns, as Slack shows the fields of a section; one below the other on an endless page. */
export function twoColumns(texts: readonly string[], page: Page): readonly string[] {
  if (!Number.isFinite(page.width)) return texts.flatMap((text) => text.split('\n'));
  const half = Math.floor((page.width - GAP) / 2);
  const blocks = texts.map((text) => wrap(text, half));
  const lefts = blocks.filter((_, index) => index % 2 === 0).flat();
  const left = Math.max(0, ...lefts.map(cells)) + GAP;
  const lines: string[] = [];
  for (let index = 0; index < blocks.length; index += 2) {
    const pair = [blocks[index] ?? [], blocks[index + 1] ?? []] as const;
    for (let row = 0; row < Math.max(pair[0].length, pair[1].length); row += 1) {
      const first = pair[0][row] ?? '';
      lines.push(`${first}${' '.repeat(left - cells(first))}${pair[1][row] ?? ''}`.trimEnd());
    }
  }
  return lines;
}
