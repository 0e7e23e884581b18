import type { Restoring } from './restoring.ts';
import type { Table } from './system.ts';

/**
 * What the live database got since a moment, one sentence for each table. Tables without a column that tells, rows that
 * were deleted, and counts that take too long are said to be unknown.
 */
export async function lossesSince(
  { system, settings }: Pick<Restoring, 'system' | 'settings'>,
  capturedAt: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { timestampColumns } = settings;
  const since = new Date(capturedAt).toISOString();
  const database = await system.liveName(signal);
  const tables = await system.tables(database, 'reader', signal);
  const known = tables.filter((table) => table.readable && table.tells !== 'nothing');
  const unknown = tables.filter((table) => !known.includes(table));
  const at = since.replace('T', ' ').replace(/\..*$/, ' UTC');
  const sentences: string[] = [];
  const counts = await system.count(database, known, { since, as: 'reader' }, signal);
  for (const [table, count] of counts ?? []) {
    const isAdded = known.some(({ name, tells }) => name === table && tells === 'added');
    const rest = isAdded ? '; unknown how many were changed' : '';
    if (count > 0 || isAdded) {
      const rows = count === 1 ? 'row' : 'rows';
      const words = `${count} ${rows} ${isAdded ? 'added' : 'written'}`;
      sentences.push(`${table}: ${words} since ${at}${rest}.`);
    }
  }
  if (!counts) sentences.push(`Unknown for ${namesOf(known)}: counting took too long.`);
  if (unknown.length > 0) {
    const why = `no column such as ${timestampColumns.slice(0, 2).join(' or ')} that Backstop can read`;
    sentences.push(`Unknown for ${namesOf(unknown)}: ${why}.`);
  }
  if (tables.length > 0) {
    sentences.push(`Unknown how many rows were deleted since ${at}; they would come back.`);
  }
  return sentences;
}

function namesOf(tables: readonly Table[]): string {
  return tables.map(({ name }) => name).join(', ');
}
