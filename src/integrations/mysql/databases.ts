/** What databases and tables there are on the server. Reads only. */

import { z } from 'zod';
import type { As, Database, Table } from '../database/system.ts';
import { tellingColumns, tellsBy } from '../database/telling.ts';
import { ident, literal, readRows, type Server } from './server.ts';

/** In a database beside the live one: what Backstop fills it from. Not in a live one. */
export const MARKER = 'backstop_restore';

const TIME = /^(timestamp|datetime|date)\b/;

const Row = z.object({
  name: z.string(),
  charset: z.string(),
  collation: z.string(),
  ids: z.string().nullable(),
  bytes: z.coerce.number().nullable(),
  tables: z.number(),
  marked: z.number(),
});
const Marker = z.object({ from: z.string(), whole: z.number() });

export interface MysqlDatabase extends Database {
  readonly tables: number;
  /** The charset clauses of CREATE DATABASE. */
  readonly charset: string;
}

/**
 * Those of the named databases that exist. InnoDB's numbers of its tables are their identity: they survive a rename, and no
 * restored table gets an old one. A database without a single table is the same as another one without.
 */
export async function findDatabases(
  server: Server,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly MysqlDatabase[]> {
  const ids = await idsView(server, signal);
  const own = `TABLE_SCHEMA = s.SCHEMA_NAME AND TABLE_NAME <> ${literal(MARKER)} AND TABLE_TYPE <> 'VIEW'`;
  // On disk, and in InnoDB's names, a - is written @002d.
  const onDisk = "REPLACE(s.SCHEMA_NAME, '-', '@002d')";
  const select = `SELECT JSON_OBJECT('name', s.SCHEMA_NAME, 'charset', s.DEFAULT_CHARACTER_SET_NAME, 'collation', s.DEFAULT_COLLATION_NAME,
    'ids', (SELECT GROUP_CONCAT(TABLE_ID ORDER BY TABLE_ID) FROM information_schema.${ids} i
      WHERE SUBSTRING_INDEX(i.NAME, '/', 1) = ${onDisk} AND SUBSTRING_INDEX(i.NAME, '/', -1) <> ${literal(MARKER)}),
    'bytes', (SELECT SUM(DATA_LENGTH + INDEX_LENGTH) FROM information_schema.TABLES WHERE ${own}),
    'tables', (SELECT COUNT(*) FROM information_schema.TABLES WHERE ${own}),
    'marked', (SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = s.SCHEMA_NAME AND TABLE_NAME = ${literal(MARKER)}))
    FROM information_schema.SCHEMATA s WHERE s.SCHEMA_NAME IN (${names.map(literal).join(', ')})`;
  const rows = await readRows(server, 'reader', select, Row, signal);
  return Promise.all(
    rows.map(async ({ name, charset, collation, ids: numbers, bytes, tables, marked }) => {
      const filled = marked > 0 ? await markerOf(server, name, signal) : undefined;
      return {
        name,
        charset: `CHARACTER SET ${charset} COLLATE ${collation}`,
        identity: tables === 0 ? ['no table'] : (numbers?.split(',') ?? []),
        bytes,
        tables,
        ...(filled && { filled }),
      };
    }),
  );
}

async function markerOf(server: Server, name: string, signal: AbortSignal) {
  const select = `SELECT JSON_OBJECT('from', point, 'whole', whole) FROM ${ident(name)}.${ident(MARKER)}`;
  const [row] = await readRows(server, 'restorer', select, Marker, signal);
  return row && { from: row.from, whole: row.whole === 1 };
}

/** The statements that say of a database what it is filled from. */
export function markAs(name: string, from: string, whole: boolean): string {
  const table = `${ident(name)}.${ident(MARKER)}`;
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (point VARCHAR(200) NOT NULL, whole TINYINT NOT NULL);`,
    `DELETE FROM ${table};`,
    `INSERT INTO ${table} VALUES (${literal(from)}, ${whole ? 1 : 0});`,
  ].join('\n');
}

const views = new WeakMap<Server, Promise<string>>();

/** MariaDB and MySQL name it differently. */
function idsView(server: Server, signal: AbortSignal): Promise<string> {
  const known = views.get(server);
  if (known) return known;
  const found = readVersion(server, signal).then((version) =>
    /mariadb/i.test(version) ? 'INNODB_SYS_TABLES' : 'INNODB_TABLES',
  );
  views.set(server, found);
  found.catch(() => views.delete(server));
  return found;
}

export async function readVersion(server: Server, signal: AbortSignal): Promise<string> {
  const shape = z.object({ version: z.string() });
  const select = "SELECT JSON_OBJECT('version', VERSION())";
  const [row] = await readRows(server, 'reader', select, shape, signal);
  return row?.version ?? '';
}

const Column = z.object({ table: z.string(), column: z.string(), type: z.string() });

/** The tables of a database with their columns, by name. */
export async function readTables(
  server: Server,
  database: string,
  as: As,
  signal: AbortSignal,
): Promise<readonly Table[]> {
  const select = `SELECT JSON_OBJECT('table', c.TABLE_NAME, 'column', c.COLUMN_NAME, 'type', c.COLUMN_TYPE)
    FROM information_schema.COLUMNS c JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME
    WHERE c.TABLE_SCHEMA = ${literal(database)} AND t.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') AND t.TABLE_NAME <> ${literal(MARKER)}
    ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION`;
  const rows = await readRows(server, as, select, Column, signal);
  const names = [...new Set(rows.map(({ table }) => table))];
  return names.map((name) => {
    const columns = rows
      .filter(({ table }) => table === name)
      .map(({ column, type }) => ({ name: column, type }));
    const telling = tellingColumns(columns, server.settings.timestampColumns, TIME);
    return {
      name,
      // What may not be read is not in the list at all.
      readable: true,
      relation: `${ident(database)}.${ident(name)}`,
      columns,
      tells: tellsBy(telling.map(({ name }) => name)),
    };
  });
}

const Count = z.object({ table: z.string(), count: z.number() });

/** @throws OutsideError, code 1969 or 3024 when counting took too long. */
export async function countRows(
  server: Server,
  as: As,
  tables: readonly Table[],
  conditionOf: (table: Table) => string | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const parts = tables.flatMap((table) => {
    const condition = conditionOf(table);
    if (condition === undefined) return [];
    const count = `(SELECT COUNT(*) FROM ${table.relation} WHERE ${condition})`;
    return [`SELECT JSON_OBJECT('table', ${literal(table.name)}, 'count', ${count})`];
  });
  if (parts.length === 0) return new Map();
  const rows = await readRows(server, as, parts.join(' UNION ALL '), Count, signal);
  return new Map(rows.map(({ table, count }) => [table, count]));
}

/** The condition that a row was written after a moment, by the columns that tell; undefined where no column does. */
export function writtenAfter(
  table: Table,
  timestampColumns: readonly string[],
  since: string,
): string | undefined {
  const telling = tellingColumns(table.columns, timestampColumns, TIME);
  if (telling.length === 0) return undefined;
  const moment = literal(new Date(since).toISOString().replace('T', ' ').replace('Z', ''));
  return telling.map(({ name }) => `${ident(name)} > ${moment}`).join(' OR ');
}

/** How many sessions work in a database. */
export async function sessionsIn(
  server: Server,
  database: string,
  signal: AbortSignal,
): Promise<number> {
  const select = `SELECT JSON_OBJECT('count', COUNT(*)) FROM information_schema.PROCESSLIST WHERE DB = ${literal(database)}`;
  const [row] = await readRows(server, 'reader', select, z.object({ count: z.number() }), signal);
  return row?.count ?? 0;
}
