/** Whether the tools and the accounts can do what a restore needs. */

import { z } from 'zod';
import type { Check } from '../../operation.ts';
import { checked, fail, pass, warn } from '../checks.ts';
import { findDatabases, readVersion } from './databases.ts';
import { referredBy, referringTables } from './exchange.ts';
import { isDone, literal, readRows, runTool, type Server } from './server.ts';

const NEEDED = [
  'SELECT',
  'INSERT',
  'CREATE',
  'DROP',
  'ALTER',
  'INDEX',
  'REFERENCES',
  'LOCK TABLES',
  'CREATE VIEW',
  'SHOW VIEW',
  'CREATE ROUTINE',
  'ALTER ROUTINE',
  'TRIGGER',
  'EVENT',
];

/** MySQL's and MariaDB's tools do not take each other's servers well, and say so only when it is too late. */
export async function toolsCheck(server: Server, signal: AbortSignal): Promise<Check> {
  const name = 'The tools are those of the server';
  return checked(name, true, async () => {
    const call = { tool: 'dump', args: ['--version'], limitMs: 10_000, answerBytes: 400 } as const;
    const [version, ended] = await Promise.all([
      readVersion(server, signal),
      runTool(server, 'reader', call, signal),
    ]);
    if (!isDone(ended)) return fail(name, `${server.tool('dump')} does not tell its version.`);
    const tools = /mariadb/i.test(ended.answer) ? 'MariaDB' : 'MySQL';
    const there = /mariadb/i.test(version) ? 'MariaDB' : 'MySQL';
    const words = `${server.tool('dump')} is of ${tools}, the server is ${there} ${version}.`;
    return tools === there ? pass(name, words) : warn(name, words);
  });
}

/** What the account lacks on the live database and those beside it; and whether others refer to it. */
export async function rightsCheck(server: Server, signal: AbortSignal): Promise<Check> {
  const name = 'The account may restore';
  return checked(name, true, async () => {
    const { database } = server.settings;
    const mine = "REPLACE(GRANTEE, '''', '') = CURRENT_USER()";
    const covers = [database, `${database}_new_1`].map(
      (each) => `${literal(each)} LIKE TABLE_SCHEMA`,
    );
    const row = "SELECT JSON_OBJECT('privilege', PRIVILEGE_TYPE)";
    const select = `${row} FROM information_schema.USER_PRIVILEGES WHERE ${mine} UNION ALL ${row} FROM information_schema.SCHEMA_PRIVILEGES WHERE ${mine} AND ${covers.join(' AND ')}`;
    const [rows, [live], referring] = await Promise.all([
      readRows(server, 'restorer', select, z.object({ privilege: z.string() }), signal),
      findDatabases(server, [database], signal),
      referringTables(server, signal),
    ]);
    if (!live) return fail(name, `There is no database ${database}.`);
    if (live.identity.length === 0)
      return fail(
        name,
        'No table of it is of InnoDB, so that nobody can tell it from a restored one.',
      );
    if (referring.length > 0) return fail(name, referredBy(referring));
    const has = new Set(rows.map(({ privilege }) => privilege));
    const lacks = NEEDED.filter((each) => !has.has(each));
    return lacks.length === 0
      ? pass(name, `It may do all that is needed on ${database} and databases beside it.`)
      : warn(name, `It is not seen to have ${lacks.join(', ')}; a role may give it that.`);
  });
}
