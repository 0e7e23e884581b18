/**
 * Two databases exchange their contents. MySQL cannot rename a database: all tables move in one RENAME TABLE, which is atomic.
 * Tables with triggers cannot move, and views, routines and events cannot move at all: they are dropped and made again from what
 * the dump tool says of them, in the same session. Found out by trying on MariaDB 10.11; see the README.
 */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, OutsideError } from '../../errors.ts';
import type { Exchange, Standing } from '../database/system.ts';
import { findDatabases, MARKER, markAs } from './databases.ts';
import { type Code, readCode } from './dump.ts';
import { eventsFile } from './restore.ts';
import { execute, ident, literal, readRows, type Server } from './server.ts';

/** What the marker says of a database that was live. */
const KEPT = 'was live';
const NEVER = new AbortController().signal;

/** An exchange is seen by where the tables are, and whether its last statement was carried out. */
export async function standing(
  server: Server,
  { incoming, outgoing }: Exchange,
  signal: AbortSignal,
): Promise<Standing> {
  const { database } = server.settings;
  const found = await findDatabases(server, [database, incoming, outgoing], signal);
  const [live, arriving, left] = [database, incoming, outgoing].map((name) =>
    found.find((one) => one.name === name),
  );
  const arrivingTables = arriving?.tables ?? 0;
  const isKept = left?.filled?.from === KEPT;
  if (live && isKept && left.filled?.whole && arrivingTables === 0)
    return { state: 'switched', note: `${database} switched, with ${outgoing} kept`, live };
  if (live && (!left || (left.tables === 0 && (!isKept || !left.filled?.whole))))
    return { state: 'not switched', note: `${database} not switched`, live };
  const note = isKept
    ? `tables exchanged, but not all views, triggers, routines and events made again: run ${completion(server, outgoing)}`
    : `a database ${outgoing} that Backstop did not make`;
  return { state: 'something else', note, live };
}

const Thing = z.object({
  kind: z.enum(['table', 'view', 'trigger', 'PROCEDURE', 'FUNCTION', 'event']),
  name: z.string(),
});
type Things = readonly z.infer<typeof Thing>[];

async function thingsIn(server: Server, database: string, signal: AbortSignal): Promise<Things> {
  const is = (column: string) => `WHERE ${column} = ${literal(database)}`;
  const row = (kind: string, name: string) =>
    `SELECT JSON_OBJECT('kind', ${kind}, 'name', ${name})`;
  const select = [
    `${row("IF(TABLE_TYPE = 'VIEW', 'view', 'table')", 'TABLE_NAME')} FROM information_schema.TABLES ${is('TABLE_SCHEMA')} AND TABLE_NAME <> ${literal(MARKER)} AND TABLE_TYPE <> 'TEMPORARY'`,
    `${row("'trigger'", 'TRIGGER_NAME')} FROM information_schema.TRIGGERS ${is('TRIGGER_SCHEMA')}`,
    `${row('ROUTINE_TYPE', 'ROUTINE_NAME')} FROM information_schema.ROUTINES ${is('ROUTINE_SCHEMA')} AND ROUTINE_TYPE IN ('PROCEDURE', 'FUNCTION')`,
    `${row("'event'", 'EVENT_NAME')} FROM information_schema.EVENTS ${is('EVENT_SCHEMA')}`,
  ].join(' UNION ALL ');
  return readRows(server, 'restorer', select, Thing, signal);
}

/**
 * Tables of other databases that refer to this one: their foreign keys would follow the tables that go aside.
 * Names, as `other.orders`.
 */
export async function referringTables(
  server: Server,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const own = literal(server.settings.database);
  const select = `SELECT DISTINCT JSON_OBJECT('name', CONCAT(TABLE_SCHEMA, '.', TABLE_NAME)) FROM information_schema.KEY_COLUMN_USAGE
    WHERE REFERENCED_TABLE_SCHEMA = ${own} AND TABLE_SCHEMA <> ${own} AND TABLE_SCHEMA NOT LIKE ${literal(`${server.settings.database}\\_new\\_%`)}`;
  const rows = await readRows(server, 'restorer', select, z.object({ name: z.string() }), signal);
  return rows.map(({ name }) => name);
}

/** One session. When the tables could not be moved, the live ones get their triggers back. */
export async function exchange(
  server: Server,
  wanted: Exchange,
  signal: AbortSignal,
): Promise<void> {
  const { incoming, outgoing } = wanted;
  const { database } = server.settings;
  const referring = await referringTables(server, signal);
  if (referring.length > 0) throw refused(database, referredBy(referring));
  const directory = await mkdtemp(join(tmpdir(), 'backstop-mysql-'));
  try {
    const [live] = await findDatabases(server, [database], signal);
    const [now, next] = await Promise.all([
      thingsIn(server, database, signal),
      thingsIn(server, incoming, signal),
    ]);
    const viewsOf = (things: Things) => named(things, 'view');
    const nowCode = await readCode(server, database, viewsOf(now), directory);
    const nextCode = await readCode(server, incoming, viewsOf(next), directory);
    const nextEvents = await readFile(eventsFile(server, incoming), 'utf8').catch(() => undefined);
    if (nextEvents === undefined)
      throw refused(
        database,
        `The events of ${incoming} are not in ${eventsFile(server, incoming)}.`,
      );
    await writeFile(eventsFile(server, outgoing), nowCode.events, { mode: 0o600 });
    const after = afterwards(database, wanted, now, next, nowCode, nextCode, nextEvents);
    const file = completion(server, outgoing);
    await writeFile(file, after, { mode: 0o600 });
    const script = [
      `CREATE DATABASE IF NOT EXISTS ${ident(outgoing)} ${live?.charset ?? ''};`,
      markAs(outgoing, KEPT, false),
      ...move(database, wanted, now, next),
      after,
    ].join('\n');
    try {
      await execute(server, 'switch the databases', script, signal);
    } catch (error) {
      await putTriggersBack(server, wanted, now, nowCode, nextCode, error);
      throw error;
    }
    await rm(file, { force: true });
    await rm(eventsFile(server, incoming), { force: true });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Where the statements after the exchange of tables are while it is under way. They may be repeated. */
function completion({ settings }: Server, outgoing: string): string {
  return join(settings.backups, `complete-${outgoing}.sql`);
}

function named(things: Things, kind: Things[number]['kind']): readonly string[] {
  return things.filter((thing) => thing.kind === kind).map(({ name }) => name);
}

function drops(database: string, things: Things, kinds: readonly Things[number]['kind'][]) {
  return things
    .filter(({ kind }) => kinds.includes(kind))
    .map(
      ({ kind, name }) => `DROP ${kind.toUpperCase()} IF EXISTS ${ident(database)}.${ident(name)};`,
    );
}

/** Triggers off, then all tables at once. */
function move(
  database: string,
  { incoming, outgoing }: Exchange,
  now: Things,
  next: Things,
): readonly string[] {
  const renames = [
    ...named(now, 'table').map(
      (name) => `${ident(database)}.${ident(name)} TO ${ident(outgoing)}.${ident(name)}`,
    ),
    ...named(next, 'table').map(
      (name) => `${ident(incoming)}.${ident(name)} TO ${ident(database)}.${ident(name)}`,
    ),
  ];
  return [
    ...drops(database, now, ['trigger']),
    ...drops(incoming, next, ['trigger']),
    ...(renames.length === 0 ? [] : [`RENAME TABLE ${renames.join(', ')};`]),
  ];
}

/** What cannot move is made again, in the live database first. May be repeated. */
function afterwards(
  database: string,
  { incoming, outgoing }: Exchange,
  now: Things,
  next: Things,
  nowCode: Code,
  nextCode: Code,
  nextEvents: string,
): string {
  const code = ['view', 'PROCEDURE', 'FUNCTION', 'event'] as const;
  return [
    `USE ${ident(database)};`,
    ...drops(database, now, code),
    nextCode.routines,
    nextCode.views,
    nextEvents,
    `USE ${ident(outgoing)};`,
    nowCode.routines,
    nowCode.views,
    `USE ${ident(database)};`,
    ...drops(incoming, next, code),
    `DROP TABLE IF EXISTS ${ident(incoming)}.${ident(MARKER)};`,
    markAs(outgoing, KEPT, true),
  ].join('\n');
}

/** Whatever failed, and whoever gave up waiting: a live database without its triggers writes wrong data. */
async function putTriggersBack(
  server: Server,
  wanted: Exchange,
  now: Things,
  nowCode: Code,
  nextCode: Code,
  error: unknown,
): Promise<void> {
  const { database } = server.settings;
  try {
    const { state } = await standing(server, wanted, NEVER);
    if (state !== 'not switched') return;
    const left = named(await thingsIn(server, database, NEVER), 'trigger');
    // A table in use lets nobody drop its triggers, nor make them again.
    if (named(now, 'trigger').every((trigger) => left.includes(trigger))) return;
    const statements = [
      `USE ${ident(database)};`,
      nowCode.routines,
      `USE ${ident(wanted.incoming)};`,
      nextCode.routines,
    ];
    await execute(server, 'put the triggers back', statements.join('\n'), NEVER);
  } catch (cause) {
    throw new OutsideError({
      kind: 'ambiguous',
      system: 'MySQL',
      attempted: 'switch the databases',
      on: database,
      answer: messageOf(error),
      next: `See whether the tables of ${database} have their triggers; if not, they are in the safety backup and in ${completion(server, wanted.outgoing)}.`,
      cause,
    });
  }
}

export function referredBy(tables: readonly string[]): string {
  return `Tables of other databases refer to it (${tables.slice(0, 5).join(', ')}), and would follow the tables that go aside.`;
}

function refused(database: string, answer: string): OutsideError {
  return new OutsideError({
    kind: 'rejected',
    system: 'MySQL',
    attempted: 'switch the databases',
    on: database,
    answer,
    next: 'Nothing was changed.',
  });
}

/** The same by hand. */
export function manualExchange(
  server: Server,
  { incoming, outgoing }: Exchange,
): readonly string[] {
  const { database } = server.settings;
  const [live, next, kept] = [database, incoming, outgoing].map(ident);
  return [
    `On ${server.place}, with what writes stopped, in ${server.tool('client')}:`,
    `If ${completion(server, outgoing)} is there, the tables are exchanged already where SHOW TABLES FROM ${kept} lists them: then only run that file, and it is done.`,
    `Keep triggers, views, routines and events of both: ${server.tool('dump')} --no-data --routines --triggers --events ${database} > live.sql, and the same of ${incoming}.`,
    `CREATE DATABASE ${kept}; then DROP TRIGGER for every trigger of ${database} and ${incoming}.`,
    `RENAME TABLE ${live}.t1 TO ${kept}.t1, …, ${next}.t1 TO ${live}.t1, …; all tables of both in one statement.`,
    `Make the triggers, views and routines of ${incoming} again in ${database}, and its events from ${eventsFile(server, incoming)}.`,
  ];
}
