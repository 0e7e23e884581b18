import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import type { Story } from './an-incident.ts';

/** Writes the stories' events into a new journal file, each at its time. */
export async function writeJournal(file: string, stories: readonly Story[]): Promise<void> {
  let now = 0;
  const journal = openSqliteJournal({ file, now: () => now });
  for (const { events } of stories) {
    for (const { at, stream, type, actor, data } of events) {
      now = at;
      await journal.transact((tx) => tx.append([{ stream, type, actor, data }]));
    }
  }
  await journal.close();
}
