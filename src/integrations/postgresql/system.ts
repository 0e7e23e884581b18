import { OutsideError } from '../../errors.ts';
import { renamedChanges } from '../database/restoring.ts';
import {
  type Database,
  type DatabaseSystem,
  type Exchange,
  type Restore,
  SQL_WORDS,
  type Standing,
} from '../database/system.ts';
import { readArchive } from './archive.ts';
import { rightsCheck, toolsCheck } from './checks.ts';
import {
  countRows,
  findDatabases,
  type PostgresDatabase,
  readTables,
  sessionsMarked,
  writtenAfter,
} from './databases.ts';
import { exchange, manualExchange, namesOf, type Place } from './exchange.ts';
import { failed, SYSTEM } from './failures.ts';
import { manualSteps } from './manual.ts';
import { likeLive, propertiesOf } from './properties.ts';
import type { PostgresqlRestoreSettings } from './schema.ts';
import {
  execute,
  ident,
  isDone,
  literal,
  marked,
  markFor,
  readingFile,
  runTool,
  type Server,
} from './server.ts';

const MINUTE_MS = 60_000;
const RESTORING = 'backstop restoring ';
const RESTORED = 'backstop restored ';

/** PostgreSQL by its own tools. The databases are renamed in one transaction; a restored one says so in its comment. */
export function createPostgresqlSystem(
  server: Server,
  settings: PostgresqlRestoreSettings,
): DatabaseSystem {
  const { database, maintenanceDatabase, timestampColumns, backupMinutes } = settings;
  const place: Place = { server, settings };
  const as = (who: 'reader' | 'restorer'): Server =>
    who === 'reader' ? server : { ...server, reading: server.changing };

  return {
    name: SYSTEM,
    words: SQL_WORDS,
    place: server.place,
    extension: '.dump',
    exportExtension: 'csv',
    switching: {
      renames: true,
      changes: (live, wanted, back) => [
        ...renamedChanges(live, wanted, back, ', read-only'),
        ...(back ? [] : [{ what: `sessions on ${live}`, from: 'open', to: 'ended once' }]),
      ],
    },
    liveName: async () => database,
    isOwn: (name) => name === database,

    find: async (names, signal) =>
      (await findDatabases(server, settings, names, signal)).map(databaseOf),
    isBusyWith: async (name, signal) =>
      (await sessionsMarked(server, settings, markFor(name), signal)) > 0,
    tables: (name, who, signal) => readTables(as(who), name, timestampColumns, signal),

    async count(name, tables, { since, as: who }, signal) {
      const condition = (table: (typeof tables)[number]) =>
        since === undefined ? 'true' : writtenAfter(table, timestampColumns, since);
      try {
        return await countRows(as(who), name, tables, condition, signal);
      } catch (error) {
        if (error instanceof OutsideError && error.detail.code === '57014') return undefined;
        throw error;
      }
    },

    read: (path) => readArchive(server, path, backupMinutes * MINUTE_MS),

    async dump(to, name, limitMs, signal) {
      const argv = [
        server.tool('pg_dump'),
        '--format=custom',
        '--no-password',
        '--lock-wait-timeout=30s',
        '--dbname',
        database,
      ] as const;
      const ended = await runTool(
        marked(server.reading, markFor(name)),
        { argv, limitMs, output: to },
        signal,
      );
      if (!isDone(ended))
        throw failed(ended, { server, attempted: 'take a backup', on: database, asked: 'read' });
    },

    async restore(given, signal) {
      const { point, beside, hasLeftover, limitMs } = given;
      const properties = await propertiesOf(server, settings, signal);
      const make = [
        ...(hasLeftover ? [`DROP DATABASE ${ident(beside)}`] : []),
        `CREATE DATABASE ${ident(beside)} ${properties.create}`,
        `COMMENT ON DATABASE ${ident(beside)} IS ${literal(`${RESTORING}${point}`)}`,
      ];
      const making = 'make a database beside the live one';
      await execute(server, maintenanceDatabase, making, make, signal, MINUTE_MS);
      await fill(server, settings, given, signal);
      // Without statistics the first queries after the switch would be slow.
      await execute(server, beside, 'gather statistics', ['ANALYZE'], signal, limitMs);
      const finish = [
        ...likeLive(properties, beside),
        `COMMENT ON DATABASE ${ident(beside)} IS ${literal(`${RESTORED}${point}`)}`,
      ];
      const finishing = 'give it the settings of the live one';
      await execute(server, maintenanceDatabase, finishing, finish, signal);
    },

    async exportRows({ database: from, table, since, to, limitMs }, signal) {
      const condition = writtenAfter(table, timestampColumns, since) ?? 'false';
      const select = `SELECT * FROM ${table.relation} WHERE ${condition}`;
      const inputText = `SET default_transaction_read_only = on;\nCOPY (${select}) TO STDOUT WITH (FORMAT csv, HEADER true);\n`;
      const options = ['-X', '-q', '-w', '-v', 'ON_ERROR_STOP=1', '-d', from, '-f', '-'];
      const argv = [server.tool('psql'), ...options] as const;
      const ended = await runTool(server.reading, { argv, limitMs, inputText, output: to }, signal);
      if (isDone(ended)) return;
      throw failed(ended, { server, attempted: `export ${table.name}`, on: from, asked: 'read' });
    },

    toolsAt: (name) => ({ mark: `PGAPPNAME=${markFor(name)}`, surroundings: server.changing }),

    standing: (wanted, signal) => standing(place, wanted, signal),

    async exchange(wanted, signal) {
      const [live] = await namesOf(place, [database], signal);
      if (!live) throw new Error(`${database} went away right before the switch`);
      await exchange(place, wanted, live, signal);
    },

    toolsCheck: (signal) => toolsCheck(place, signal),
    rightsCheck: (signal) => rightsCheck(place, signal),
    manual: { ...manualSteps(place), exchange: (wanted) => manualExchange(place, wanted) },
  };
}

function databaseOf({ name, oid, comment, bytes }: PostgresDatabase): Database {
  const state = [RESTORED, RESTORING].find((words) => comment?.startsWith(words));
  return {
    name,
    identity: [String(oid)],
    bytes,
    ...(state && {
      filled: { from: comment?.slice(state.length) ?? '', whole: state === RESTORED },
    }),
  };
}

/** An exchange is seen by which names there are. */
async function standing(
  place: Place,
  { incoming, outgoing }: Exchange,
  signal: AbortSignal,
): Promise<Standing> {
  const { database } = place.settings;
  const names = [database, incoming, outgoing];
  const [live, arriving, left] = await namesOf(place, names, signal);
  const at = (state: Standing['state'], words: string): Standing => {
    const closed = live && !live.open ? `; ${database} takes no connections` : '';
    return { state, note: `${words}${closed}`, live: live && databaseOf(live) };
  };
  if (live && left && !arriving)
    return at('switched', `${database} switched, with ${outgoing} kept`);
  if (live && !left) return at('not switched', `${database} not switched`);
  const there = [live, arriving, left].flatMap((one) => (one ? [one.name] : []));
  return at('something else', `the databases ${there.join(', ') || '(none)'}`);
}

async function fill(
  server: Server,
  { ownership, parallel }: PostgresqlRestoreSettings,
  { point, path, beside, limitMs }: Restore,
  signal: AbortSignal,
): Promise<void> {
  const { args, input } = readingFile(server, path);
  const argv = [
    server.tool('pg_restore'),
    '--exit-on-error',
    '--no-password',
    ...(ownership === 'keep' ? [] : ['--no-owner', '--no-privileges']),
    ...(parallel > 1 && server.seesFiles ? [`--jobs=${parallel}`] : []),
    `--dbname=${beside}`,
    ...args,
  ] as const;
  const as = marked(server.changing, markFor(beside));
  const ended = await runTool(as, { argv, limitMs, ...(input && { input }) }, signal);
  if (!isDone(ended))
    throw failed(ended, { server, attempted: `restore ${point}`, on: beside, asked: 'change' });
}
