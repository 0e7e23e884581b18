/** The grammar of CSV exports: RFC 4180, in UTF-8 with its mark so that spreadsheets read it as such. */

/** What a spreadsheet takes for the beginning of a formula, in its full-width forms too. */
const FORMULA = /^[\s\0]*[=+\-@\t\r＝＋－＠]/;

/** A value in a table; numbers stay numbers. */
export type Cell = string | number;

/**
 * Rows as text. A text that a spreadsheet would take for a formula gets an apostrophe before it, which spreadsheets do
 * not show (OWASP, "CSV Injection").
 */
export function csv(head: readonly string[], rows: Iterable<readonly Cell[]>): string {
  return [...csvLines(head, rows)].join('');
}

/** The same text in parts. */
export function* csvLines(
  head: readonly string[],
  rows: Iterable<readonly Cell[]>,
): Iterable<string> {
  yield `\uFEFF${line(head)}`;
  for (const row of rows) yield line(row);
}

function line(cells: readonly Cell[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/** What needs neither quotes nor an apostrophe, as nearly every cell. */
const PLAIN = /^(?:[\p{L}\p{N}](?:[^",\r\n]*[^\s",])?)?$/u;

function cell(value: Cell): string {
  if (typeof value === 'number') return String(value);
  if (PLAIN.test(value)) return value;
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}
