/** What must hold before anything is restored. */

import { z } from 'zod';
import type { Check } from '../../component.ts';
import { readabilityFault, safetyFault } from './backups.ts';
import type { Database } from './databases.ts';
import { checked, fail, pass, type Restoring, warn } from './restoring.ts';
import { literal, readRows } from './server.ts';

const PATIENCE_MS = 10_000;

/** Before its turn the safety backup is not there yet; one that is there but no good blocks already here. */
export async function safetyCheck(
  { backups, settings }: Pick<Restoring, 'backups' | 'settings'>,
  safety: string,
  live: Database,
  signal: AbortSignal,
): Promise<Check> {
  const name = 'A safety backup comes first';
  if (!(await backups.find(safety))) {
    return pass(
      name,
      `${safety} is to be taken by the step before; without it this step refuses to run.`,
    );
  }
  const fault =
    (await safetyFault(backups, safety, { database: settings.database, oid: live.oid })) ??
    readabilityFault(await backups.archives.check(backups.path(safety), PATIENCE_MS, signal));
  return fault === undefined
    ? pass(name, `${safety} was read to its end.`)
    : fail(name, `${safety}: ${fault}`);
}

/** Whether the backup that is to be put back is there, whole, and of this database. */
export async function pointCheck(
  { backups, settings }: Pick<Restoring, 'backups' | 'settings'>,
  point: string,
  signal: AbortSignal,
): Promise<Check> {
  const name = 'The backup can be read to its end';
  if (!(await backups.find(point))) return fail(name, `There is no backup ${point}.`);
  const readable = await backups.archives.check(backups.path(point), PATIENCE_MS, signal);
  if (readable.state === 'reading') {
    return {
      name,
      verdict: 'unknown',
      reason: `${point} is still being read; plan again in a while.`,
      blocking: true,
    };
  }
  if (readable.state === 'broken') return fail(name, `${point}: ${readable.reason}`);
  return readable.header.database === settings.database
    ? pass(name, `${point} was read to its end.`)
    : fail(name, `${point} is a backup of ${readable.header.database}.`);
}

const Rights = z.object({
  super: z.boolean(),
  creates: z.boolean(),
  owns: z.boolean(),
  signals: z.boolean(),
});

/** Whether the restoring role may make databases, rename this one, and end sessions. */
export async function rightsCheck(
  { server, settings }: Pick<Restoring, 'server' | 'settings'>,
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
