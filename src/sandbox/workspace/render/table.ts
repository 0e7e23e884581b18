/** table and data_table blocks as columns. */
import { asList, asObject, asText, type Json } from '../json.ts';
import { cells, type Page, wrap } from './page.ts';
import { richTextLines } from './rich-text.ts';

const GAP = 2;

/** One line for each row, columns as wide as their widest cell; a table too wide for the page is wrapped. */
export function tableLines(block: Json, page: Page): readonly string[] {
  const rows = asList(block['rows']).map((row) => asList(row).map((cell) => cellText(cell, page)));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, cells(cell));
    }
  }
  return rows.flatMap((row) => wrap(rowText(row, widths), page.width));
}

function rowText(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - cells(cell) + GAP))
    .join('')
    .trimEnd();
}

function cellText(source: unknown, page: Page): string {
  const cell = asObject(source) ?? {};
  if (cell['type'] === 'rich_text') return richTextLines(cell, page).join(' ');
  return asText(cell['text']) ?? '';
}
