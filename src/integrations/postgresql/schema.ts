import { z } from 'zod';
import { absolutePath } from '../command/where.ts';
import { DatabaseName, restoreSettings } from '../database/schema.ts';

export const RoleName = z.string().regex(/^[A-Za-z_][\w.@-]{0,62}$/, 'must be the name of a role');

const Login = z.strictObject({
  user: RoleName,
  password: z.string().min(1).max(1_000).optional().meta({ secret: true }),
});

const PostgresServer = Login.extend({
  host: z
    .string()
    .regex(
      /^([A-Za-z0-9][A-Za-z0-9.:-]{0,252}|\/[^\0\n,]*)$/,
      'must be a host or a socket directory',
    ),
  port: z.int().min(1).max(65_535).default(5432),
  tls: z
    .enum(['disable', 'require', 'verify-full'])
    .default('verify-full')
    .describe('disable only for this machine or a network of your own.'),
  caFile: absolutePath.optional().describe('The certificate authority, for verify-full.'),
});

/** What every way to a PostgreSQL database has in common. */
export const postgresqlRestoreSettings = {
  ...restoreSettings,
  maintenanceDatabase: DatabaseName.default('postgres').describe(
    'Connected to while databases are made and renamed.',
  ),
  ownership: z
    .enum(['keep', 'restoring-role'])
    .default('keep')
    .describe(
      'Whether restored objects get their owners and grants, or belong to the role that restores.',
    ),
  parallel: z.int().min(1).max(16).default(1).describe('Connections of one restore.'),
};

/** One database, its backups in a directory of this machine, and the PostgreSQL tools there. */
export const PostgresqlSettings = z.strictObject({
  database: DatabaseName,
  server: PostgresServer,
  restoreAs: Login.optional().describe(
    'Another role for restores, with CREATEDB, that owns the database; `server` only reads then.',
  ),
  tools: absolutePath
    .default('/usr/bin')
    .describe('Directory of pg_dump, pg_restore and psql, at least as new as the server.'),
  ...postgresqlRestoreSettings,
});
export type PostgresqlSettings = z.infer<typeof PostgresqlSettings>;
export type PostgresqlRestoreSettings = Pick<
  PostgresqlSettings,
  keyof typeof postgresqlRestoreSettings | 'database'
>;
