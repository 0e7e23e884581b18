/** A process of its own that works on a journal: `write FILE NAME COUNT`, `lock FILE` or `begin FILE STATEMENT`. It tells on stdout what is durable. */

import { writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { takeEngineLock } from '../../src/journal/lock.ts';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';

const [mode, file = '', name = '', count = '0'] = process.argv.slice(2);

if (mode === 'lock') {
  writeSync(1, takeEngineLock(file) ? 'locked\n' : 'refused\n');
  setInterval(() => undefined, 1_000);
} else if (mode === 'begin') {
  dieAt(Number(name));
  await openSqliteJournal({ file, now: Date.now }).close();
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

/** Kills this process right before it hands SQLite its n-th statement. */
function dieAt(statement: number): void {
  let count = 0;
  const passing = <T extends unknown[], R>(of: (this: Database.Database, ...given: T) => R) =>
    function passed(this: Database.Database, ...given: T): R {
      count += 1;
      if (count === statement) process.kill(process.pid, 'SIGKILL');
      return of.apply(this, given);
    };
  const { prototype } = Database;
  // oxlint-disable-next-line unbound-method -- always called on the database at hand
  prototype.prepare = passing(prototype.prepare) as typeof prototype.prepare;
  // oxlint-disable-next-line unbound-method -- as above
  prototype.exec = passing(prototype.exec);
}
