import { z } from 'zod';

const absolutePath = z
  .string()
  .regex(/^\/[^\0\n]*$/, 'must be an absolute path')
  .refine((path) => !path.split('/').includes('..'), { error: 'must not go up with ..' });

/** Plain names only, short enough that what Backstop makes of them fits into PostgreSQL's 63 characters. */
export const DatabaseName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]{0,39}$/, 'must be a name of up to 40 letters, digits, _ and -');
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

const minutes = z
  .number()
  .positive()
  .max(7 * 24 * 60);

/** What every way to a PostgreSQL database has in common. */
export const restoreSettings = {
  backups: absolutePath.describe('The directory of backups, *.dump made with pg_dump -Fc.'),
  exports: absolutePath
    .optional()
    .describe('Where exports go; `exports` in the backups unless given.'),
  timestampColumns: z
    .array(z.string().min(1).max(63))
    .min(1)
    .default(['updated_at', 'created_at', 'updatedAt', 'createdAt'])
    .describe('Columns that tell when a row was written; what has none of them is unknown.'),
  ownership: z
    .enum(['keep', 'restoring-role'])
    .default('keep')
    .describe(
      'Whether restored objects get their owners and grants, or belong to the role that restores.',
    ),
  parallel: z.int().min(1).max(16).default(1).describe('Connections of one restore.'),
  listed: z
    .int()
    .min(1)
    .max(100)
    .default(20)
    .describe('How many of the newest backups are offered.'),
  backupMinutes: minutes
    .default(60)
    .describe('The longest a backup, or reading one to its end, may take.'),
  restoreMinutes: minutes.default(240),
};

/** One database, its backups in a directory of this machine, and the PostgreSQL tools there. */
export const PostgresqlSettings = z.strictObject({
  database: DatabaseName,
  server: PostgresServer,
  restoreAs: Login.optional().describe(
    'Another role for restores, with CREATEDB, that owns the database; `server` only reads then.',
  ),
  maintenanceDatabase: DatabaseName.default('postgres').describe(
    'Connected to while databases are made and renamed.',
  ),
  tools: absolutePath
    .default('/usr/bin')
    .describe('Directory of pg_dump, pg_restore and psql, at least as new as the server.'),
  ...restoreSettings,
});
export type PostgresqlSettings = z.infer<typeof PostgresqlSettings>;
export type RestoreSettings = Pick<
  PostgresqlSettings,
  keyof typeof restoreSettings | 'database' | 'maintenanceDatabase'
>;
