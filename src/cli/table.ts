/** Rows as aligned columns; the last column is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  return [...tableParts(rows)].join('');
}

/** The same, a line at a time: the rows are walked through twice and never held. */
export function* tableParts(rows: Iterable<readonly string[]>): Iterable<string> {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  for (const row of rows) {
    const last = row.length - 1;
    const cells = row.map((cell, column) =>
      column === last ? cell : cell.padEnd(widths[column] ?? 0),
    );
    yield `${cells.join('  ').trimEnd()}\n`;
  }
}
