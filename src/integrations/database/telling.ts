import type { Table, Tells } from './system.ts';

type Columns = Table['columns'];

/** The columns that tell when a row was written: named so by the team, and of a type that is a time. */
export function tellingColumns(
  columns: Columns,
  timestampColumns: readonly string[],
  isTime: RegExp,
): Columns {
  return columns.filter(({ name, type }) => timestampColumns.includes(name) && isTime.test(type));
}

/** What a table tells by these columns of it: one that is set when a row is made says nothing of later changes. */
export function tellsBy(telling: readonly string[]): Tells {
  if (telling.length === 0) return 'nothing';
  return telling.every(isOfCreation) ? 'added' : 'written';
}

/** Whether a column is set once, when the row is made, by what it is called: `created_at`, `insertedAt`, `date_added`. */
function isOfCreation(column: string): boolean {
  return /creat|insert|added/i.test(column);
}
