/** Two databases exchange their names: one session, one transaction. */

import { messageOf, OutsideError } from '../../errors.ts';
import type { Exchange } from '../database/system.ts';
import { findDatabases, type PostgresDatabase } from './databases.ts';
import type { PostgresqlRestoreSettings } from './schema.ts';
import { CHANGE_LIMIT_MS, execute, ident, literal, type Server } from './server.ts';

/** The server and which database on it is live. */
export interface Place {
  readonly server: Server;
  readonly settings: PostgresqlRestoreSettings;
}

/** The databases of these names, in their order. */
export async function namesOf(
  { server, settings }: Place,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly (PostgresDatabase | undefined)[]> {
  const found = await findDatabases(server, settings, names, signal);
  return names.map((name) => found.find((one) => one.name === name));
}

/** One session: closes the live database, ends its sessions, and exchanges the names in one transaction. Opens it again when that fails. */
export async function exchange(
  place: Place,
  { incoming, outgoing }: Exchange,
  live: PostgresDatabase,
  signal: AbortSignal,
): Promise<void> {
  const { server, settings } = place;
  const { maintenanceDatabase, database } = settings;
  const attempted = 'switch the databases';
  const statements = [
    `ALTER DATABASE ${ident(database)} WITH ALLOW_CONNECTIONS false`,
    `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname IN (${literal(database)}, ${literal(incoming)})`,
    ...exchangeStatements(database, { incoming, outgoing }, live.comment),
  ];
  try {
    await execute(server, maintenanceDatabase, attempted, statements, signal);
  } catch (error) {
    // Whatever failed, and whoever gave up waiting: a live database that takes no connections is an outage.
    await reopen(place, live).catch((cause: unknown) => {
      throw leftClosed(database, messageOf(error), cause);
    });
    throw error;
  }
}

function exchangeStatements(
  database: string,
  { incoming, outgoing }: Exchange,
  comment: string | null,
): readonly string[] {
  const [now, next, kept] = [database, incoming, outgoing].map((name) => `DATABASE ${ident(name)}`);
  return [
    'BEGIN',
    `ALTER ${now} RENAME TO ${ident(outgoing)}`,
    `ALTER ${next} RENAME TO ${ident(database)}`,
    `ALTER ${now} RESET default_transaction_read_only`,
    `COMMENT ON ${now} IS ${comment === null ? 'NULL' : literal(comment)}`,
    `ALTER ${now} WITH ALLOW_CONNECTIONS true`,
    `ALTER ${kept} SET default_transaction_read_only = on`,
    `ALTER ${kept} WITH ALLOW_CONNECTIONS true`,
    'COMMIT',
  ];
}

async function reopen(place: Place, live: PostgresDatabase): Promise<void> {
  const { server, settings } = place;
  const signal = AbortSignal.timeout(CHANGE_LIMIT_MS);
  const name = settings.database;
  const [now] = await namesOf(place, [name], signal);
  if (now?.oid !== live.oid || now.open) return;
  const statement = `ALTER DATABASE ${ident(name)} WITH ALLOW_CONNECTIONS true`;
  await execute(
    server,
    settings.maintenanceDatabase,
    'open the database again',
    [statement],
    signal,
  );
}

/** The same by hand. */
export function manualExchange(
  { server, settings }: Place,
  { incoming, outgoing }: Exchange,
): readonly string[] {
  const { database, maintenanceDatabase } = settings;
  const lines = exchangeStatements(database, { incoming, outgoing }, null).filter(
    (line) => !line.startsWith('COMMENT'),
  );
  return [
    `On ${server.place}, with what writes stopped, in psql -d ${maintenanceDatabase} -v ON_ERROR_STOP=1:`,
    `If \\l shows ${outgoing} and no ${incoming}, stop: it is done.`,
    `ALTER DATABASE ${ident(database)} WITH ALLOW_CONNECTIONS false;`,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${literal(database)};`,
    ...lines.map((line) => `${line};`),
    `If it fails: ALTER DATABASE ${ident(database)} WITH ALLOW_CONNECTIONS true;`,
  ];
}

function leftClosed(database: string, answer: string, cause: unknown): OutsideError {
  return new OutsideError({
    kind: 'ambiguous',
    system: 'PostgreSQL',
    attempted: 'switch the databases',
    on: database,
    answer,
    next: `See whether ${database} takes connections; if not: ALTER DATABASE ${ident(database)} WITH ALLOW_CONNECTIONS true.`,
    cause,
  });
}
