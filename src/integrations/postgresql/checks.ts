/** Whether the tools and the roles can do what a restore needs. */

import { z } from 'zod';
import type { Check } from '../../operation.ts';
import { checked, fail, pass, warn } from '../checks.ts';
import type { Place } from './exchange.ts';
import { isDone, literal, readRows, runTool } from './server.ts';

const Rights = z.object({
  super: z.boolean(),
  creates: z.boolean(),
  owns: z.boolean(),
  signals: z.boolean(),
});

/** Whether the restoring role may make databases, rename this one, and end sessions. */
export async function rightsCheck(
  { server, settings }: Place,
  signal: AbortSignal,
): Promise<Check> {
  const name = 'The role may restore';
  const select = `SELECT r.rolsuper AS super, r.rolcreatedb AS creates,
      pg_has_role(r.oid, d.datdba, 'USAGE') AS owns, pg_has_role(r.oid, 'pg_signal_backend', 'USAGE') AS signals
    FROM pg_roles r, pg_database d
    WHERE r.rolname = current_user AND d.datname = ${literal(settings.database)}`;
  return checked(name, true, async () => {
    const as = { ...server, reading: server.changing };
    const [rights] = await readRows(as, settings.maintenanceDatabase, select, Rights, signal);
    if (!rights) return fail(name, `There is no database ${settings.database}.`);
    if (rights.super) return pass(name, 'It is a superuser.');
    if (!rights.creates) return fail(name, 'It lacks CREATEDB.');
    if (!rights.owns)
      return fail(name, `It does not own ${settings.database}, which it has to rename.`);
    return rights.signals
      ? pass(name, 'It may make databases, rename this one, and end sessions.')
      : warn(
          name,
          'It lacks pg_signal_backend, so sessions of other roles would keep the databases from being switched.',
        );
  });
}

const Version = z.object({ version: z.coerce.number() });

/** pg_dump refuses a server that is newer than itself. */
export async function toolsCheck({ server, settings }: Place, signal: AbortSignal): Promise<Check> {
  const name = 'The tools are as new as the server';
  return checked(name, true, async () => {
    const select = "SELECT current_setting('server_version_num') AS version";
    const argv = [server.tool('pg_dump'), '--version'] as const;
    const [rows, ended] = await Promise.all([
      readRows(server, settings.maintenanceDatabase, select, Version, signal),
      runTool(server.reading, { argv, limitMs: 10_000, answerBytes: 200 }, signal),
    ]);
    const major = Math.trunc((rows[0]?.version ?? 0) / 10_000);
    const tools = Number(/ (\d+)/.exec(ended.answer)?.[1]);
    if (!isDone(ended) || Number.isNaN(tools))
      return fail(name, `${argv[0]} does not tell its version.`);
    return tools < major
      ? fail(
          name,
          `pg_dump ${tools} cannot take a backup of PostgreSQL ${major}; install its tools.`,
        )
      : pass(name, `pg_dump ${tools}, PostgreSQL ${major}.`);
  });
}
