import type { Table } from './system.ts';

type Columns = Table['columns'];

/** The columns that tell when a row was written: named so by the team, and of a type that is a time. */
export function tellingColumns(
  columns: Columns,
  timestampColumns: readonly string[],
  isTime: RegExp,
): Columns {
  return columns.filter(({ name, type }) => timestampColumns.includes(name) && isTime.test(type));
}
