import { inUtc, type Restoring } from './restoring.ts';
import type { Table, Words } from './system.ts';

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
  const { words } = system;
  const since = new Date(capturedAt).toISOString();
  const database = await system.liveName(signal);
  const tables = await system.tables(database, 'reader', signal);
  const known = tables.filter((table) => table.readable && table.tells !== 'nothing');
  const unknown = tables.filter((table) => !known.includes(table));
  const at = inUtc(since);
  const sentences: string[] = [];
  const counts = await system.count(database, known, { since, as: 'reader' }, signal);
  for (const [table, count] of counts ?? []) {
    const isAdded = known.some(({ name, tells }) => name === table && tells === 'added');
    const rest = isAdded ? '; how many were changed is not known' : '';
    if (count > 0 || isAdded) {
      const rows = count === 1 ? words.row : words.rows;
      const written = isAdded ? 'added' : 'written';
      sentences.push(`${count} ${rows} of ${table}, ${written} since ${at}${rest}.`);
    }
  }
  if (!counts) sentences.push(notKnown(words, known, 'counting took too long'));
  if (unknown.length > 0) {
    const why = `no ${words.telling} such as ${timestampColumns.slice(0, 2).join(' or ')} that Backstop can read`;
    sentences.push(notKnown(words, unknown, why));
  }
  if (tables.length > 0) {
    sentences.push(`How many ${words.rows} were deleted since ${at} is not known; they come back.`);
  }
  return sentences;
}

function notKnown({ rows }: Words, tables: readonly Table[], why: string): string {
  const names = tables.map(({ name }) => name).join(', ');
  return `How many ${rows} of ${names} were written is not known: ${why}.`;
}
