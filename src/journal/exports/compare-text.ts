/** Where the text of an export differs from what the journal makes of it. */

import { diffLines } from 'diff';

/** More than these nobody reads. */
const MOST = 20;

/** The lines that are not as they were written, each with its number. */
export function changedLines(text: string, anew: string): readonly string[] {
  if (text === anew) return [];
  return changesIn(text, anew)
    .flatMap(({ line, said, kept }) =>
      several(said, kept).map(([is, was], index) => inWords(line + index, is, was)),
    )
    .slice(0, MOST);
}

/**
 * Markdown is a draft that people finish. What the journal tells has to stand in it as it was written; prompts may be
 * answered, boxes ticked, the table of follow-ups filled in, and lines added.
 */
export function filledIn(
  text: string,
  anew: string,
): { readonly wrong: readonly string[]; readonly remarks: readonly string[] } {
  if (text === anew) return { wrong: [], remarks: [] };
  const wrong: string[] = [];
  let filled = 0;
  let first: number | undefined;
  for (const { line, said, kept } of changesIn(text, anew)) {
    const lost = kept.filter((was) => !isForPeople(was) && !said.some((is) => keeps(is, was)));
    for (const was of lost) {
      const index = kept.indexOf(was);
      wrong.push(inWords(line + index, said[index], was));
    }
    filled += said.length;
    first ??= line;
  }
  const lines = filled === 1 ? '1 line was' : `${filled} lines were`;
  const remark = `${lines} filled in or added by people, from line ${first} on; Backstop does not vouch for what people wrote.`;
  return {
    wrong: wrong.slice(0, MOST),
    remarks: wrong.length === 0 && first !== undefined ? [remark] : [],
  };
}

interface Change {
  /** Where it begins in the document, from 1. */
  readonly line: number;
  readonly said: readonly string[];
  readonly kept: readonly string[];
}

function changesIn(text: string, anew: string): readonly Change[] {
  const changes: Change[] = [];
  let line = 1;
  let kept: readonly string[] = [];
  for (const { value, added, removed } of diffLines(anew, text.replaceAll('\r\n', '\n'))) {
    const lines = value.replace(/\n$/, '').split('\n');
    if (removed) {
      kept = lines;
      continue;
    }
    if (added || kept.length > 0) changes.push({ line, said: added ? lines : [], kept });
    kept = [];
    line += lines.length;
  }
  if (kept.length > 0) changes.push({ line, said: [], kept });
  return changes;
}

/** The lines of a change side by side: each as it is, and as it was written. */
function several(
  said: readonly string[],
  kept: readonly string[],
): readonly (readonly [is: string | undefined, was: string | undefined])[] {
  const rows = Math.max(said.length, kept.length);
  return Array.from({ length: rows }, (_, index) => [said[index], kept[index]] as const);
}

function inWords(line: number, is: string | undefined, was: string | undefined): string {
  if (is === undefined) return `Line ${line}: this is missing: ${shown(was ?? '')}`;
  if (was === undefined) return `Line ${line}: this was added: ${shown(is)}`;
  const from = Math.max(0, firstDifference(is, was) - BEFORE);
  return `Line ${line} says ${shown(is, from)}, the journal ${shown(was, from)}`;
}

/** A prompt, an empty line, or an empty row of the follow-ups' table. */
function isForPeople(line: string): boolean {
  return line.includes('_To fill in._') || /^[\s|]*$/.test(line);
}

/** Whether a line still says what was written: at most ticked, or filled in where a cell was empty. */
function keeps(is: string, was: string): boolean {
  if (is.replace(/^- \[[xX]\] /, '- [ ] ') === was) return true;
  const cells = cellsOf(is);
  const before = cellsOf(was);
  return (
    before.length > 2 &&
    cells.length === before.length &&
    before.every((cell, index) => cell === '' || cell === cells[index])
  );
}

function cellsOf(line: string): readonly string[] {
  return line.startsWith('|') ? line.split(/(?<!\\)\|/).map((cell) => cell.trim()) : [];
}

/** As much of a line as tells which it is, from near where it differs. */
function shown(line: string, from = 0): string {
  const until = from + SHOWN;
  return `“${from > 0 ? '…' : ''}${line.slice(from, until)}${line.length > until ? '…' : ''}”`;
}

/** Characters that are shown of a line, and before the place where it differs. */
const SHOWN = 200;
const BEFORE = 40;

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
}

/** What the first row of a CSV says of where it comes from, and of which part it is: JSON, or empty. */
export function readCsvOrigin(text: string):
  | {
      readonly lastSeq: number;
      readonly hash: string;
      readonly zone: string;
      readonly narrowed: string;
    }
  | undefined {
  const zone = /^[^\r\n]*\r\n\d*,[^,"]*,[^,"]*,([^,"]*),/.exec(text)?.[1];
  const [, part = '', seq, hash] = /,("(?:[^"]|"")*")?,(\d+):([0-9a-f]{64})\r\n/.exec(text) ?? [];
  if (zone === undefined || hash === undefined) return undefined;
  const narrowed = part.slice(1, -1).replaceAll('""', '"');
  return { lastSeq: Number(seq), hash, zone, narrowed };
}

/** The first row that is not one of `anew` in its order; and how many of those the text leaves out. */
export function unknownRow(
  text: string,
  anew: string,
): { readonly wrong: string | undefined; readonly leftOut: number } {
  let at = 0;
  let leftOut = 0;
  for (const row of rowsOf(anew)) {
    if (text.startsWith(row, at)) at += row.length;
    else leftOut += 1;
  }
  if (at === text.length) return { wrong: undefined, leftOut };
  const line = text.slice(0, at).split('\n').length;
  const [row = ''] = text.slice(at).split('\r\n');
  return { wrong: `Line ${line} is no row that the journal makes: ${shown(row)}`, leftOut };
}

/** Each row ends with the journal's hash, which no text in quotes can be taken for: the end of a line within it. */
function rowsOf(csv: string): readonly string[] {
  return csv.match(/(?:"(?:[^"]|"")*"|[^"\r])*\r\n/g) ?? [];
}
