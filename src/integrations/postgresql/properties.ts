/** What a database has besides its contents: encoding, locale, owner, grants and settings. A dump of one database leaves them out. */

import { z } from 'zod';
import type { PostgresqlRestoreSettings } from './schema.ts';
import { ident, literal, readRows, type Server } from './server.ts';

const Row = z.object({
  owner: z.string(),
  encoding: z.string(),
  row: z.looseObject({
    datcollate: z.string(),
    datctype: z.string(),
    /** c or i; since PostgreSQL 15. */
    datlocprovider: z.string().nullish(),
    /** PostgreSQL 15 and 16. */
    daticulocale: z.string().nullish(),
    /** Since PostgreSQL 17. */
    datlocale: z.string().nullish(),
    datconnlimit: z.number(),
  }),
  grants: z
    .array(
      z.object({ grantee: z.string().nullable(), privilege: z.string(), grantable: z.boolean() }),
    )
    .nullable(),
  settings: z.array(z.object({ role: z.string().nullable(), setting: z.string() })).nullable(),
});

export interface Properties {
  /** What follows CREATE DATABASE name. */
  readonly create: string;
  readonly row: z.infer<typeof Row>;
}

/** The live database's properties. */
export async function propertiesOf(
  server: Server,
  {
    database,
    maintenanceDatabase,
  }: Pick<PostgresqlRestoreSettings, 'database' | 'maintenanceDatabase'>,
  signal: AbortSignal,
): Promise<Properties> {
  const select = `SELECT pg_get_userbyid(d.datdba) AS owner, pg_encoding_to_char(d.encoding) AS encoding,
      to_jsonb(d) - 'datacl' AS row,
      CASE WHEN d.datacl IS NOT NULL THEN coalesce((SELECT json_agg(json_build_object('grantee', g.rolname,
        'privilege', a.privilege_type, 'grantable', a.is_grantable))
        FROM aclexplode(d.datacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee WHERE a.grantee <> d.datdba), '[]') END AS grants,
      (SELECT json_agg(json_build_object('role', r.rolname, 'setting', s.one))
        FROM pg_db_role_setting c CROSS JOIN unnest(c.setconfig) AS s(one) LEFT JOIN pg_roles r ON r.oid = c.setrole
        WHERE c.setdatabase = d.oid) AS settings
    FROM pg_database d WHERE d.datname = ${literal(database)}`;
  const [row] = await readRows(server, maintenanceDatabase, select, Row, signal);
  if (!row) throw new Error(`${database} went away while its properties were read`);
  return { row, create: createClause(row) };
}

function createClause({ owner, encoding, row }: z.infer<typeof Row>): string {
  const icu = row.datlocprovider === 'i' ? (row.datlocale ?? row.daticulocale) : undefined;
  return [
    'TEMPLATE template0',
    `OWNER ${ident(owner)}`,
    `ENCODING ${literal(encoding)}`,
    `LC_COLLATE ${literal(row.datcollate)}`,
    `LC_CTYPE ${literal(row.datctype)}`,
    ...(icu ? [`LOCALE_PROVIDER icu ICU_LOCALE ${literal(icu)}`] : []),
  ].join(' ');
}

/** The statements that give another database the grants and settings of the live one. */
export function likeLive({ row }: Properties, name: string): readonly string[] {
  const on = `DATABASE ${ident(name)}`;
  const grants =
    row.grants === null
      ? []
      : [
          // Whoever is not granted it on the live one has it not on the other either.
          `REVOKE ALL ON ${on} FROM PUBLIC`,
          ...row.grants.map(({ grantee, privilege, grantable }) => {
            const to = grantee === null ? 'PUBLIC' : ident(grantee);
            return `GRANT ${privilege} ON ${on} TO ${to}${grantable ? ' WITH GRANT OPTION' : ''}`;
          }),
        ];
  const settings = (row.settings ?? []).flatMap(({ role, setting }) => {
    const [parameter = '', ...rest] = setting.split('=');
    const whose = role === null ? `ALTER ${on}` : `ALTER ROLE ${ident(role)} IN ${on}`;
    const quoted = parameter.split('.').map(ident).join('.');
    // By way of this session, because a list such as search_path is not written as it is stored.
    return [
      `DO ${literal(`BEGIN PERFORM set_config(${literal(parameter)}, ${literal(rest.join('='))}, false); END`)}`,
      `${whose} SET ${quoted} FROM CURRENT`,
      `RESET ${quoted}`,
    ];
  });
  const limit =
    row.row.datconnlimit === -1 ? [] : [`ALTER ${on} CONNECTION LIMIT ${row.row.datconnlimit}`];
  return [...grants, ...settings, ...limit];
}
