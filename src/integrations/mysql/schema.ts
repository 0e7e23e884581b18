import { z } from 'zod';
import { absolutePath } from '../command/where.ts';
import { DatabaseName, restoreSettings } from '../database/schema.ts';

const Login = z.strictObject({
  user: z.string().regex(/^[\w.@-]{1,80}$/, 'must be the name of an account'),
  password: z.string().min(1).max(1_000).optional().meta({ secret: true }),
});

const MysqlServer = Login.extend({
  host: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$/, 'must be a host name or address'),
  port: z.int().min(1).max(65_535).default(3306),
  tls: z
    .enum(['disable', 'require', 'verify-full'])
    .default('verify-full')
    .describe('disable only for this machine or a network of your own.'),
  caFile: absolutePath.optional().describe('The certificate authority, for verify-full.'),
});

/** One MySQL or MariaDB database, its backups in a directory of this machine, and the client's tools there. */
export const MysqlSettings = z.strictObject({
  database: DatabaseName,
  server: MysqlServer,
  restoreAs: Login.optional().describe('Another account for restores; `server` only reads then.'),
  client: z
    .enum(['mariadb', 'mysql'])
    .default('mysql')
    .describe('Whose tools: mariadb and mariadb-dump, or mysql and mysqldump of MySQL.'),
  tools: absolutePath.default('/usr/bin').describe('Directory of the tools.'),
  ...restoreSettings,
});
export type MysqlSettings = z.infer<typeof MysqlSettings>;
