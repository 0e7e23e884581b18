/** A process of its own that works on a journal: `write FILE NAME COUNT` or `lock FILE`. It tells on stdout what is durable. */

import { writeSync } from 'node:fs';
import { takeEngineLock } from '../../src/journal/lock.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';

const [mode, file = '', name = '', count = '0'] = process.argv.slice(2);

if (mode === 'lock') {
  writeSync(1, takeEngineLock(file) ? 'locked\n' : 'refused\n');
  setInterval(() => undefined, 1_000);
} else {
  const journal = openSqliteJournal({ file, now: Date.now });
  const padding = 'x'.repeat(2_000);
  try {
    for (let number = 1; number <= Number(count); number += 1) {
      await journal.transact((tx) =>
        tx.append([
          {
            stream: name,
            type: 'note.added',
            actor: { kind: 'backstop' },
            data: { number, padding },
          },
        ]),
      );
      writeSync(1, `${number}\n`);
    }
    await journal.close();
  } catch (error) {
    writeSync(1, `${String(error)}\n`);
    process.exit(1);
  }
}
