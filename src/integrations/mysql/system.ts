import { OutsideError } from '../../errors.ts';
import type { Change } from '../../operation.ts';
import { HERE } from '../command/place.ts';
import { isAlive, KEY_VARIABLE } from '../command/processes.ts';
import { renamedChanges } from '../database/restoring.ts';
import {
  type DatabaseSystem,
  type Exchange,
  type Exported,
  SQL_WORDS,
} from '../database/system.ts';
import { readDump } from './archive.ts';
import { rightsCheck, toolsCheck } from './checks.ts';
import { countRows, findDatabases, readTables, sessionsIn, writtenAfter } from './databases.ts';
import { takeDump } from './dump.ts';
import { exchange, manualExchange, standing } from './exchange.ts';
import { failed } from './failures.ts';
import { fill } from './restore.ts';
import { CLIENT, ident, isDone, literal, readingScript, runTool, type Server } from './server.ts';

/** MySQL or MariaDB by its own client and dump tool. */
export function createMysqlSystem(server: Server): DatabaseSystem {
  const { database, timestampColumns } = server.settings;
  const tells = (table: Exported['table'], since: string) =>
    writtenAfter(table, timestampColumns, since);

  return {
    name: 'MySQL',
    words: SQL_WORDS,
    place: server.place,
    extension: '.sql.gz',
    exportExtension: 'csv',
    switching: { renames: true, changes: switchChanges },
    liveName: async () => database,
    isOwn: (name) => name === database,

    find: (names, signal) => findDatabases(server, names, signal),
    // A tool that outlived Backstop is seen by its process here, or by its session in the database that it fills.
    isBusyWith: async (name, signal) =>
      (await isAlive(name, undefined)) || (await sessionsIn(server, name, signal)) > 0,
    tables: (name, as, signal) => readTables(server, name, as, signal),

    async count(_name, tables, { since, as }, signal) {
      const condition = (table: (typeof tables)[number]) =>
        since === undefined ? 'TRUE' : tells(table, since);
      try {
        return await countRows(server, as, tables, condition, signal);
      } catch (error) {
        const code = error instanceof OutsideError ? error.detail.code : undefined;
        if (code === '1969' || code === '3024') return undefined;
        throw error;
      }
    },

    read: readDump,
    dump: (to, name, limitMs, signal) => takeDump(server, to, name, limitMs, signal),
    restore: (given, signal) => fill(server, given, signal),
    toolsAt: (name) => ({ mark: `${KEY_VARIABLE}=${name}`, surroundings: HERE }),

    async exportRows({ table, since, to, limitMs }, signal) {
      const inputText = csvScript(table, tells(table, since) ?? 'FALSE', limitMs);
      const call = {
        tool: 'client',
        args: [...CLIENT, '--quick'],
        limitMs,
        inputText,
        output: to,
      } as const;
      const ended = await runTool(server, 'reader', call, signal);
      if (!isDone(ended))
        throw failed(ended, { server, attempted: `export ${table.name}`, asked: 'read' });
    },

    standing: (wanted, signal) => standing(server, wanted, signal),
    exchange: (wanted, signal) => exchange(server, wanted, signal),
    toolsCheck: (signal) => toolsCheck(server, signal),
    rightsCheck: (signal) => rightsCheck(server, signal),

    manual: {
      backup: (path) => [
        `${server.tool('dump')} --single-transaction --routines --triggers --events ${database} | gzip > ${path}`,
      ],
      read: (path) =>
        `gunzip -c ${path} | tail -n 1 must end without an error and say "-- Dump completed".`,
      restore: (_point, path, beside) => [
        `Make the database: CREATE DATABASE ${ident(beside)} (with the character set of ${database}).`,
        `gunzip -c ${path} | ${server.tool('client')} --binary-mode ${beside} (take its events out first, or the server carries them out: the part below "-- Dumping events")`,
      ],
      exchange: (wanted) => manualExchange(server, wanted),
      exportRows: (kept, since) => [
        `Write the rows that ${kept} got after ${since} to files, for each table with a column such as ${timestampColumns.join(' or ')}:`,
        `${server.tool('client')} --batch -e "SELECT * FROM orders WHERE updated_at > '${since}'" ${kept} > orders.tsv`,
      ],
    },
  };
}

function switchChanges(live: string, wanted: Exchange, back: boolean): readonly Change[] {
  const renamed = renamedChanges(live, wanted, back);
  if (back) return renamed;
  return [
    ...renamed,
    {
      what: `triggers, views, routines and events of ${live}`,
      from: 'as they are now',
      to: 'those of the backup, made again after the tables have moved together',
    },
    {
      what: `events of ${wanted.outgoing}`,
      from: 'on the server',
      to: 'in a file beside the backups',
    },
  ];
}

const BINARY = /^(tinyblob|blob|mediumblob|longblob|binary|varbinary|bit|geometry)\b/;

/** Rows as CSV: texts in quotes, NULL as nothing at all, what is no text as 0x…. */
function csvScript({ relation, columns }: Exported['table'], condition: string, limitMs: number) {
  const quotedColumns = columns.map(({ name, type }) => {
    const column = ident(name);
    const value = BINARY.test(type)
      ? `CONCAT('0x', HEX(${column}))`
      : `CONCAT('"', REPLACE(${column}, '"', '""'), '"')`;
    return `IFNULL(${value}, '')`;
  });
  const header = columns.map(({ name }) => `"${name.replaceAll('"', '""')}"`).join(',');
  const rows = `SELECT CONCAT_WS(',', ${quotedColumns.join(', ')}) FROM ${relation} WHERE ${condition}`;
  return readingScript(`SELECT ${literal(header)};\n${rows}`, limitMs);
}
