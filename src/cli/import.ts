/** `backstop import`: an incident of another journal, from its JSON export, to be read here. */

import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import { messageOf, Refusal } from '../errors.ts';
import { marked, readExport } from '../journal/exports/read-export.ts';
import { openSqliteJournal } from '../journal/sqlite.ts';
import { configIfAny, type GlobalOptions } from './context.ts';
import { EXIT } from './exit-codes.ts';

/**
 * Appends the incident's events in one commit, each at the time it happened, chained as every entry is. It is marked as
 * imported, so that nothing acts on it.
 * @throws Refusal when the file does not fit, or the journal has an incident of that id.
 */
export async function importIncident(file: string, options: GlobalOptions): Promise<number> {
  const { incident, events, names, lastSeq, hash } = readExport(textOf(file), file);
  const config = configIfAny(options);
  const imported = {
    at: Date.now(),
    by: userInfo().username,
    lastSeq,
    ...(hash === undefined ? {} : { hash }),
    names,
  };
  let now = imported.at;
  const journal = openSqliteJournal({
    file: options.db ? resolve(options.db) : (config?.journal.file ?? ''),
    now: () => now,
  });
  try {
    await journal.transact((tx) => {
      if (journal.entriesOf(incident.stream).length > 0) {
        throw new Refusal(
          'already-done',
          `There is an ${incident.id} in this journal. Import it into one that has none, such as a new file: --db imported.db.`,
        );
      }
      for (const event of events) {
        const { stream, type, actor, at, data } = marked(event, imported);
        now = at;
        tx.append([{ stream, type, actor, data }]);
      }
      now = imported.at;
    });
  } finally {
    await journal.close();
  }
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
