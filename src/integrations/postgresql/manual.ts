import type { Manual } from '../database/system.ts';
import type { Place } from './exchange.ts';
import { ident } from './server.ts';

/** The steps of a restore for a person, apart from the exchange of names. */
export function manualSteps({ server, settings }: Place): Omit<Manual, 'exchange'> {
  const { database, maintenanceDatabase, timestampColumns } = settings;
  return {
    backup: (path) => [
      `${server.tool('pg_dump')} --format=custom --file=${path} --dbname=${database}`,
    ],
    read: (path) =>
      `${server.tool('pg_restore')} --file=/dev/null ${path} must end without a word. \`pg_restore --list\` is not enough: it passes a backup that was cut off.`,
    restore: (_point, path, beside) => [
      `psql -d ${maintenanceDatabase} -c 'CREATE DATABASE ${ident(beside)} TEMPLATE template0' (with encoding, locale and owner of ${database}: \\l shows them)`,
      `${server.tool('pg_restore')} --exit-on-error --dbname=${beside} ${path}`,
      `psql -d ${beside} -c ANALYZE`,
    ],
    exportRows: (kept, since) => [
      `Write the rows that ${kept} got after ${since} to files, for each table with a column such as ${timestampColumns.join(' or ')}:`,
      `psql -d ${kept} -c "COPY (SELECT * FROM orders WHERE updated_at > '${since}') TO STDOUT WITH (FORMAT csv, HEADER true)" > orders.csv`,
    ],
  };
}
