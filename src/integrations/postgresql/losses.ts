import { OutsideError } from '../../errors.ts';
import { countRows, readTables, tableName, writtenAfter } from './databases.ts';
import type { Restoring } from './restoring.ts';

/**
 * What the live database got since a moment, one sentence for each table. Tables without a column that tells, rows that
 * were deleted, and counts that take too long are said to be unknown.
 */
export async function lossesSince(
  { server, settings }: Restoring,
  capturedAt: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { database, timestampColumns } = settings;
  const since = new Date(capturedAt).toISOString();
  const tables = await readTables(server, database, signal);
  const condition = (table: (typeof tables)[number]) =>
    writtenAfter(table, timestampColumns, since);
  const known = tables.filter((table) => table.readable && condition(table) !== undefined);
  const unknown = tables.filter((table) => !known.includes(table));
  const at = since.replace('T', ' ').replace(/\..*$/, ' UTC');
  const sentences: string[] = [];
  try {
    const counts = await countRows(server, database, known, condition, signal);
    for (const [table, count] of counts) {
      if (count > 0)
        sentences.push(`${table}: ${count} ${count === 1 ? 'row' : 'rows'} written since ${at}.`);
    }
  } catch (error) {
    if (!(error instanceof OutsideError && error.detail.code === '57014')) throw error;
    sentences.push(`Unknown for ${known.map(tableName).join(', ')}: counting took too long.`);
  }
  if (unknown.length > 0) {
    const why = `no column such as ${timestampColumns.slice(0, 2).join(' or ')} that Backstop can read`;
    sentences.push(`Unknown for ${unknown.map(tableName).join(', ')}: ${why}.`);
  }
  if (tables.length > 0) {
    sentences.push(`Unknown how many rows were deleted since ${at}; they would come back.`);
  }
  return sentences;
}
