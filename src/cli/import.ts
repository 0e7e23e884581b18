/** `backstop import`: an incident of another journal, from its JSON export, to be read here. */

import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { messageOf, Refusal } from '../errors.ts';
import { importExport } from '../journal/exports/import-export.ts';
import { readExport } from '../journal/exports/read-export.ts';
import { openSqliteJournal } from '../journal/sqlite.ts';
import { configIfAny, type GlobalOptions } from './context.ts';
import { EXIT } from './exit-codes.ts';

/**
 * Imports an incident or a release that has ended.
 * @throws Refusal when the file does not fit, or the journal has an incident of that id.
 */
export async function importIncident(file: string, options: GlobalOptions): Promise<number> {
  const exported = readExport(textOf(file), file);
  const config = configIfAny(options);
  const imported = { at: Date.now(), by: userInfo().username };
  let now = imported.at;
  const journal = openSqliteJournal({
    file: options.db ? resolve(options.db) : (config?.journal.file ?? ''),
    now: () => now,
  });
  try {
    await importExport(journal, exported, imported, (at) => {
      now = at;
    });
  } finally {
    await journal.close();
  }
  const { incident, events } = exported;
  process.stdout.write(`${incident.id} is imported: ${events.length} events.\n`);
  return EXIT.ok;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Refusal('invalid-input', `${file} cannot be read (${messageOf(error)}).`);
  }
}
