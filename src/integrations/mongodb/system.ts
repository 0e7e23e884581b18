import { HERE } from '../command/place.ts';
import { isAlive, KEY_VARIABLE } from '../command/processes.ts';
import type { DatabaseSystem } from '../database/system.ts';
import { readArchive } from './archive.ts';
import { rightsCheck, toolsCheck } from './checks.ts';
import { findDatabases, MARKER, readCollections } from './databases.ts';
import { failedTool } from './failures.ts';
import { fill, restoreArgs } from './restore.ts';
import { isDone, runTool, type Server } from './server.ts';
import { exchange, manualSwitch, standing, switchChanges } from './switch.ts';
import { isOwnName, readUsed } from './used.ts';
import { countDocuments, exportDocuments } from './written.ts';

/** MongoDB by its driver and its own tools. Nothing is renamed: the application is told which database it uses. */
export function createMongodbSystem(server: Server): DatabaseSystem {
  const { settings } = server;
  const { database, timestampColumns } = settings;
  const isOwn = (name: string) => isOwnName(database, name);

  return {
    name: 'MongoDB',
    words: {
      row: 'document',
      rows: 'documents',
      table: 'collection',
      tables: 'collections',
      telling: 'date',
      parts: 'collection, index and option',
    },
    place: server.place,
    extension: '.archive.gz',
    exportExtension: 'ndjson',
    switching: { renames: false, changes: switchChanges },

    liveName: (signal) => readUsed(settings, signal),
    isOwn,
    find: (names, signal) => findDatabases(server, 'reader', names, signal),
    // The tools run on this machine.
    isBusyWith: (name) => isAlive(name, undefined),
    tables: (name, as, signal) => readCollections(server, name, as, signal),
    count: (name, tables, which, signal) => countDocuments(server, name, tables, which, signal),

    read: (path) => readArchive(path, isOwn),

    async dump(to, name, limitMs, signal) {
      const used = await readUsed(settings, signal);
      const args = dumpArgs(used);
      const call = { tool: 'mongodump', args, name, limitMs, output: to } as const;
      const ended = await runTool(server, 'reader', call, signal);
      if (!isDone(ended))
        throw failedTool(ended, { server, attempted: 'take a backup', asked: 'read' });
    },
    restore: (given, signal) => fill(server, given, signal),
    exportRows: (what, signal) => exportDocuments(server, what, signal),
    toolsAt: (name) => ({ mark: `${KEY_VARIABLE}=${name}`, surroundings: HERE }),

    standing: (wanted, signal) => standing(server, wanted, signal),
    exchange: (wanted, signal) => exchange(server, wanted, signal),
    toolsCheck: (signal) => toolsCheck(server, signal),
    rightsCheck: (signal) => rightsCheck(server, signal),

    manual: {
      backup: (path) => [
        `${server.tool('mongodump')} --config=… ${dumpArgs(database).join(' ')} > ${path} (--db: the one that the application uses)`,
      ],
      read: (path) => `gunzip --test ${path} must end without an error.`,
      restore: (_point, path, beside) => [
        `${server.tool('mongorestore')} --config=… --gzip ${restoreArgs(database, beside).join(' ')} < ${path}`,
        `(In place of ${database}: the database that the backup is of.) Its last line must say that 0 documents failed.`,
      ],
      exchange: (wanted) => manualSwitch(server, wanted),
      exportRows: (kept, since) => [
        `Write the documents that ${kept} got after ${since} to files, for each collection with a date such as ${timestampColumns.join(' or ')}:`,
        `mongoexport --config=… --db=${kept} --collection=orders --query='{"updatedAt": {"$gt": {"$date": "${since}"}}}' --jsonFormat=canonical > orders.ndjson`,
      ],
    },
  };
}

/** What mongodump is given besides where to connect. */
function dumpArgs(database: string): readonly string[] {
  return [`--db=${database}`, '--archive', '--gzip', `--excludeCollection=${MARKER}`];
}
