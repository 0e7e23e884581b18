/** `backstop backup` and `backstop restore`: the journal, copied while it is in use and put back. */

import { resolve } from 'node:path';
import { backUp, putBack } from '../journal/backup.ts';
import { configIfAny, type GlobalOptions } from './context.ts';
import { EXIT } from './exit-codes.ts';

export interface BackupOptions extends GlobalOptions {
  readonly replace?: boolean;
}

/** Copies the journal and says what the copy holds. @throws JournalError, ConfigError */
export async function backup(file: string, options: BackupOptions): Promise<number> {
  const { entries, head } = backUp(journalOf(options), resolve(file), options.replace === true);
  process.stdout.write(
    `${file} is written and checked: ${entries} entries, head ${head.slice(0, 16)}.\n`,
  );
  return EXIT.ok;
}

/** Puts a backup in the journal's place and says what became of the one that was there. @throws JournalError, ConfigError */
export async function restore(file: string, options: GlobalOptions): Promise<number> {
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const { entries, head, setAside } = putBack(resolve(file), journalOf(options), stamp);
  process.stdout.write(
    [
      `The journal is ${file} again: ${entries} entries, head ${head.slice(0, 16)}.`,
      ...(setAside === undefined ? [] : [`What was there is now ${setAside}.`]),
      'Start Backstop: runs that were open look at what is there before they do anything, and ask where they cannot tell.\n',
    ].join('\n'),
  );
  return EXIT.ok;
}

function journalOf(options: GlobalOptions): string {
  if (options.db) return resolve(options.db);
  return configIfAny(options)?.journal.file ?? '';
}
