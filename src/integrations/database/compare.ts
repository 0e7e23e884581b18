/** The live database and the restored one side by side, for those who approve the switch. */

import type { Change, Check } from '../../operation.ts';
import { warn } from '../checks.ts';
import type { DatabaseSystem, Table, Words } from './system.ts';

export interface Comparison {
  /** Tables whose number of rows differs, with both numbers. */
  readonly changes: readonly Change[];
  readonly schema: Check;
}

const MOST_TABLES = 20;
/** How the check is called that compares both. */
export function sameness({ tables }: Words): string {
  return `The ${tables} are the same`;
}

/** Counts every row and compares every column. What takes too long to count is said to be unknown. */
export async function compare(
  system: DatabaseSystem,
  live: string,
  beside: string,
  signal: AbortSignal,
): Promise<Comparison> {
  const [now, then] = await Promise.all([
    system.tables(live, 'restorer', signal),
    system.tables(beside, 'restorer', signal),
  ]);
  return {
    changes: await rowChanges(system, live, beside, now, then, signal),
    schema: schemaCheck(system.words, now, then),
  };
}

/** What is said before there is anything to compare. */
export function notYetCompared(words: Words): Comparison {
  return {
    changes: [
      {
        what: `${words.rows} and ${words.tables}`,
        from: 'those of the live database',
        to: 'those of the backup; compared once it is restored, and shown before a second person is asked',
      },
    ],
    schema: warn(
      sameness(words),
      'They are compared once the backup is restored beside the live database.',
    ),
  };
}

async function rowChanges(
  system: DatabaseSystem,
  live: string,
  beside: string,
  now: readonly Table[],
  then: readonly Table[],
  signal: AbortSignal,
): Promise<readonly Change[]> {
  const { words } = system;
  const [nowCounts, thenCounts] = await Promise.all([
    countAll(system, live, now, signal),
    countAll(system, beside, then, signal),
  ]);
  const names = [...new Set([...now, ...then].map(({ name }) => name))].sort();
  if (typeof nowCounts === 'string' || typeof thenCounts === 'string') {
    return [{ what: words.rows, from: said(nowCounts), to: said(thenCounts) }];
  }
  const rows = (
    counts: ReadonlyMap<string, number>,
    tables: readonly Table[],
    name: string,
  ): string => {
    if (!tables.some((table) => table.name === name)) return `no such ${words.table}`;
    const count = counts.get(name);
    if (count === undefined) return `${words.rows} that cannot be read`;
    return `${count} ${count === 1 ? words.row : words.rows}`;
  };
  const all = names.map((name) => ({
    what: `${words.table} ${name}`,
    from: rows(nowCounts, now, name),
    to: rows(thenCounts, then, name),
  }));
  const different = all.filter(({ from, to }) => from !== to);
  const shown = different.slice(0, MOST_TABLES);
  const rest = different.length - shown.length;
  const same = all.length - different.length;
  const named = (count: number): string => (count === 1 ? words.table : words.tables);
  return [
    ...shown,
    ...(rest > 0
      ? [
          {
            what: `${rest} more ${named(rest)}`,
            from: `one number of ${words.rows}`,
            to: 'another',
          },
        ]
      : []),
    ...(same > 0
      ? [
          {
            what: `${same} other ${named(same)}`,
            from: `${same === 1 ? 'its' : 'their'} number of ${words.rows}`,
            to: 'the same number',
          },
        ]
      : []),
  ];
}

async function countAll(
  system: DatabaseSystem,
  database: string,
  tables: readonly Table[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number> | string> {
  const counts = await system.count(database, tables, { as: 'restorer' }, signal);
  return counts ?? 'unknown: counting took too long';
}

function said(counts: ReadonlyMap<string, number> | string): string {
  return typeof counts === 'string' ? counts : 'counted';
}

function schemaCheck(words: Words, now: readonly Table[], then: readonly Table[]): Check {
  const name = sameness(words);
  const here = columnsOf(now);
  const there = columnsOf(then);
  const lost = [...here].filter((column) => !there.has(column));
  const back = [...there].filter((column) => !here.has(column));
  if (lost.length === 0 && back.length === 0) {
    return {
      name,
      verdict: 'pass',
      reason: `Every ${words.parts} is the same.`,
      blocking: false,
    };
  }
  const parts = [
    lost.length > 0 && `the backup does not have ${list(lost)}`,
    back.length > 0 && `the backup also has ${list(back)}`,
  ].filter((part) => part !== false);
  return warn(name, `${parts.join('; ')}. See that the code that will run can work with that.`);
}

function columnsOf(tables: readonly Table[]): ReadonlySet<string> {
  return new Set(
    tables.flatMap((table) =>
      table.columns.map(({ name, type }) => `${table.name}.${name} (${type})`),
    ),
  );
}

function list(all: readonly string[]): string {
  const shown = all.slice(0, 8).join(', ');
  return all.length > 8 ? `${shown} and ${all.length - 8} more` : shown;
}
