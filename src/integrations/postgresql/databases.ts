/** What databases and tables there are on the server. Reads only. */

import { z } from 'zod';
import type { Table } from '../database/system.ts';
import { tellingColumns, tellsBy } from '../database/telling.ts';
import type { PostgresqlRestoreSettings } from './schema.ts';
import { ident, literal, readRows, type Server } from './server.ts';

const PostgresDatabase = z.object({
  name: z.string(),
  /** PostgreSQL's own number of it; a name can come to mean another database, a number cannot. */
  oid: z.number(),
  comment: z.string().nullable(),
  open: z.boolean(),
  bytes: z.number().nullable(),
});
export type PostgresDatabase = z.infer<typeof PostgresDatabase>;

const TIME = /^(timestamp|date)/;

type Where = Pick<PostgresqlRestoreSettings, 'maintenanceDatabase'>;

/** Those of the named databases that exist. */
export async function findDatabases(
  server: Server,
  { maintenanceDatabase }: Where,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly PostgresDatabase[]> {
  const select = `SELECT datname AS name, oid::bigint AS oid, datallowconn AS open,
    shobj_description(oid, 'pg_database') AS comment,
    CASE WHEN datallowconn AND has_database_privilege(oid, 'CONNECT') THEN pg_database_size(oid) END AS bytes
    FROM pg_database WHERE datname IN (${names.map(literal).join(', ')})`;
  return readRows(server, maintenanceDatabase, select, PostgresDatabase, signal);
}

/** How many sessions of ours with this mark are connected: a tool that outlived Backstop is seen by it. */
export async function sessionsMarked(
  server: Server,
  { maintenanceDatabase }: Where,
  mark: string,
  signal: AbortSignal,
): Promise<number> {
  const select = `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = ${literal(mark)}`;
  const [row] = await readRows(
    server,
    maintenanceDatabase,
    select,
    z.object({ count: z.number() }),
    signal,
  );
  return row?.count ?? 0;
}

const Row = z.object({
  schema: z.string(),
  name: z.string(),
  readable: z.boolean(),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
});

/** The tables of a database with their columns, by schema and name. */
export async function readTables(
  server: Server,
  database: string,
  timestampColumns: readonly string[],
  signal: AbortSignal,
): Promise<readonly Table[]> {
  const select = `SELECT n.nspname AS schema, c.relname AS name,
      has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE') AS readable,
      coalesce((SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    ORDER BY 1, 2`;
  const rows = await readRows(server, database, select, Row, signal);
  return rows.map((row) => ({
    ...row,
    name: tableName(row),
    relation: relationOf(row),
    tells: tellsBy(tellingColumns(row.columns, timestampColumns, TIME).map(({ name }) => name)),
  }));
}

/** The table's name as people know it: without the schema where that is `public`. */
function tableName({ schema, name }: z.infer<typeof Row>): string {
  return schema === 'public' ? name : `${schema}.${name}`;
}

function relationOf({ schema, name }: z.infer<typeof Row>): string {
  return `${ident(schema)}.${ident(name)}`;
}

const Count = z.object({ table: z.string(), count: z.number() });

/**
 * How many rows of each table fulfil a condition, by its name. `conditionOf` gives an SQL condition, or undefined for
 * tables that are left out.
 * @throws OutsideError, code 57014 when counting took too long.
 */
export async function countRows(
  server: Server,
  database: string,
  tables: readonly Table[],
  conditionOf: (table: Table) => string | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const parts = tables.flatMap((table) => {
    const condition = table.readable ? conditionOf(table) : undefined;
    if (condition === undefined) return [];
    return [
      `SELECT ${literal(table.name)} AS "table", count(*)::bigint AS count FROM ${table.relation} WHERE ${condition}`,
    ];
  });
  if (parts.length === 0) return new Map();
  const rows = await readRows(server, database, parts.join(' UNION ALL '), Count, signal);
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
  return telling.map(({ name }) => `${ident(name)} > ${literal(since)}::timestamptz`).join(' OR ');
}
